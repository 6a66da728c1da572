"""The front door: a client for one API key, or none, at one base URL.

May live here: :class:`RealtimeClient`. It holds the HTTP session and no other state.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import Self, get_args

import aiohttp

from realtime_client.api import Api, ClientSecret, checked_base_url
from realtime_client.config import Timeouts, TranscriptionSession
from realtime_client.connector import Connector, TransportName
from realtime_client.errors import ConfigurationError
from realtime_client.inbox import Inbox
from realtime_client.keys import FetchKey, KeySource
from realtime_client.line import Line
from realtime_client.reconnect import Reconnect
from realtime_client.session import RealtimeSession
from realtime_client.timing import phase_limit

DEFAULT_BASE_URL = "https://api.openai.com/v1"


class RealtimeClient:
    """Mints client secrets and connects sessions.

    ``api_key``: from the environment variable ``OPENAI_API_KEY`` if not given; connecting with a client
    secret needs none. It may be a function, plain or async, that fetches the key each time one is needed.
    ``base_url``: from ``OPENAI_BASE_URL``, else OpenAI's. ``http``: an aiohttp session of yours, for proxies
    and the like, which stays yours; without it the client makes one and closes it. ``timeouts``: the limit of
    each phase.

    Raises: ConfigurationError for a base URL that is none.
    """

    def __init__(
        self,
        api_key: str | FetchKey | None = None,
        *,
        base_url: str | None = None,
        http: aiohttp.ClientSession | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._api_key = api_key or os.environ.get("OPENAI_API_KEY")
        self.base_url = checked_base_url(base_url or os.environ.get("OPENAI_BASE_URL") or DEFAULT_BASE_URL)
        self.timeouts = timeouts or Timeouts()
        self._given_http = http
        self._own_http: aiohttp.ClientSession | None = None
        self._api = Api(self.base_url, self._http)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the client's own HTTP session. Sessions that are connected go on."""
        if self._own_http is not None:
            await self._own_http.close()
            self._own_http = None

    async def mint(self, session: TranscriptionSession, *, ttl: int = 600) -> ClientSecret:
        """Make an ephemeral key for ``session``; ``ttl`` is how long it can start one, 10 to 7200 seconds.

        Raises: ConfigurationError without an API key, MintError, PhaseTimeout("mint"), and, where the API key
        is fetched, ConnectError("key").
        """
        key = await self._required_key().key(self.timeouts.key)
        async with phase_limit("mint", self.timeouts.mint):
            return await self._api.mint(key.value, session, ttl)

    def connect(
        self,
        session: TranscriptionSession | None = None,
        *,
        secret: ClientSecret | str | FetchKey | None = None,
        transport: TransportName = "webrtc",
        reconnect: Reconnect | None = None,
    ) -> AbstractAsyncContextManager[RealtimeSession]:
        """Connect; use it with ``async with``, which also closes the session at its end.

        With ``session`` the client's API key is used, with ``secret`` an ephemeral key and the session that
        it carries. Give exactly one. ``secret`` may be a function, plain or async, that fetches a key: it is
        asked for every connection, and once more when the server refuses the key, which may have expired.
        ``transport``: ``webrtc`` or ``websocket``. ``reconnect``: make another connection when one breaks;
        left out, a broken connection ends the session. The first connection is tried once in any case.

        Raises (on entering): SdpError, UpgradeError, ConnectError with PhaseTimeout and SessionRefused.
        Raises (at once): ConfigurationError.
        """
        if (session is None) == (secret is None):
            raise ConfigurationError(
                "connect() takes a session (with an API key) or a secret (which carries its own session); "
                "to change the session later, use session.update()"
            )
        if transport not in get_args(TransportName):
            raise ConfigurationError(f"transport is 'webrtc' or 'websocket', not {transport!r}")
        keys = self._required_key() if secret is None else KeySource.of(secret)
        return self._connected(Connector(self._api, keys, session, transport, self.timeouts), reconnect)

    @asynccontextmanager
    async def _connected(
        self, connector: Connector, reconnect: Reconnect | None
    ) -> AsyncIterator[RealtimeSession]:
        inbox = Inbox()
        line = Line(connector, inbox, reconnect)
        try:
            await line.start()
            yield RealtimeSession(line, inbox)
        finally:
            inbox.close()
            await line.close()

    def _required_key(self) -> KeySource:
        if not self._api_key:
            raise ConfigurationError("No API key: pass api_key, or set OPENAI_API_KEY")
        return KeySource.of(self._api_key)

    def _http(self) -> aiohttp.ClientSession:
        if self._given_http is not None:
            return self._given_http
        if self._own_http is None:
            # Each phase has its own limit; aiohttp's five minutes would only blur which one it was. And a
            # WebSocket holds its connection: with aiohttp's limit of 100 the next session would only wait.
            self._own_http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
            )
        return self._own_http

"""The ICE-lite agent (RFC 8445 section 2.5): it answers connectivity checks and sends none.

It has no candidates to pair, no timers to pace and nothing to gather. What it watches is consent
(RFC 7675): a client that is there sends checks all the time, browsers at least every 3 seconds,
aiortc and libdatachannel every 6.
"""

from __future__ import annotations

import asyncio
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass

from aioice import stun

from realtime_mock.transports.network import Path, UdpMux

_ALPHANUMERIC = string.ascii_letters + string.digits
_ROLE_CONFLICT = (487, "Role Conflict")
_INBOX_LIMIT = 4096  # datagrams that wait for a reader; the kernel's buffer holds about as many


def _token(length: int) -> str:
    return "".join(secrets.choice(_ALPHANUMERIC) for _ in range(length))


@dataclass(frozen=True, slots=True)
class IceCredentials:
    """The ufrag and the password of one call."""

    ufrag: str
    password: str

    @classmethod
    def generate(cls) -> IceCredentials:
        """New ones, in the API's form: ``xxxxxx/u0/xxxxxx`` and 32 alphanumerics (observed-verbatim)."""
        return cls(f"{_token(6)}/u0/{_token(6)}", _token(32))


class IceLiteAgent:
    """One call's agent.

    Args:
        mux: where the checks come in.
        credentials: of this side.
        consent_timeout: seconds without an authenticated check after which the client has gone.
        on_lost: is called once when consent is lost; the agent is closed then.
    """

    def __init__(
        self,
        mux: UdpMux,
        credentials: IceCredentials,
        *,
        consent_timeout: float,
        on_lost: Callable[[], None],
    ) -> None:
        self._mux = mux
        self._credentials = credentials
        self._key = credentials.password.encode()
        self._consent_timeout = consent_timeout
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._path: Path | None = None
        self._heard = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._connected = asyncio.Event()
        self._inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._closed = False
        mux.add(self)

    @property
    def ufrag(self) -> str:
        """The local ufrag, by which the mux finds this agent."""
        return self._credentials.ufrag

    async def connected(self) -> None:
        """Wait for the first authenticated check. Never ends on an agent that is closed before it."""
        await self._connected.wait()

    async def recv(self) -> bytes:
        """The next datagram. Raises ConnectionError when the agent is closed."""
        data = None if self._closed else await self._inbox.get()
        if data is None:
            raise ConnectionError("the ICE agent is closed")
        return data

    def send(self, data: bytes) -> None:
        """Send a datagram on the nominated path; without one it is lost."""
        if self._path and not self._closed:
            self._path.send(data)

    def close(self) -> None:
        """Leave the mux; whoever waits in :meth:`recv` gets a ConnectionError. Idempotent."""
        if self._closed:
            return
        self._closed = True
        if self._timer:
            self._timer.cancel()
        self._mux.remove(self)
        self._inbox.put_nowait(None)

    # -- what the mux calls ------------------------------------------------------------------------

    def on_request(self, request: stun.Message, path: Path) -> stun.Message | None:
        """Answer a check, if it has our password."""
        if not request.check_message_integrity(self._key):
            return None
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
        )
        if "ICE-CONTROLLED" in request.attributes:
            # RFC 8445 section 7.3.1.1; a lite agent is always controlled, the client has to change.
            response.message_class = stun.Class.ERROR
            response.attributes["ERROR-CODE"] = _ROLE_CONFLICT
        else:
            response.attributes["XOR-MAPPED-ADDRESS"] = path.address
            self._heard_from(path, nominated="USE-CANDIDATE" in request.attributes)
        response.add_message_integrity(self._key)
        return response

    def on_datagram(self, data: bytes) -> None:
        """DTLS, SRTP or SRTCP of the client."""
        if self._inbox.qsize() < _INBOX_LIMIT:
            self._inbox.put_nowait(data)

    # -- consent -----------------------------------------------------------------------------------

    def _heard_from(self, path: Path, *, nominated: bool) -> None:
        self._heard = self._loop.time()
        if self._path is None or nominated:
            # The first path that works is used at once; the client's choice replaces it.
            self._path = path
        if not self._connected.is_set():
            self._connected.set()
            self._arm()

    def _arm(self) -> None:
        self._timer = self._loop.call_at(self._heard + self._consent_timeout, self._check_consent)

    def _check_consent(self) -> None:
        if self._loop.time() < self._heard + self._consent_timeout:
            self._arm()
            return
        self.close()
        self._on_lost()

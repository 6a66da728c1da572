"""Where the key of a connection comes from.

May live here: the sorts of keys that ``connect()`` takes, and how one is fetched. No requests: fetching is
the application's.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from realtime_client.api import ClientSecret, checked_key
from realtime_client.errors import ConfigurationError, ConnectError, RealtimeError
from realtime_client.timing import phase_limit

FetchKey = Callable[[], "ClientSecret | str | Awaitable[ClientSecret | str]"]
"""A function, plain or async, that fetches a key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that can stand in a header, and the type of the session that it carries, if that is known."""

    value: str
    session_type: str | None = None

    def __repr__(self) -> str:
        return f"Key(<key>, {self.session_type!r})"

    @classmethod
    def of(cls, given: ClientSecret | str) -> Key:
        """Raises: ConfigurationError for something that cannot be a key."""
        if isinstance(given, ClientSecret):
            return cls(checked_key(given.value), given.session_type)
        if isinstance(given, str):
            return cls(checked_key(given))
        raise ConfigurationError(f"A key is a str or a ClientSecret, not {type(given).__name__}.")


@dataclass(frozen=True, slots=True)
class KeySource:
    """A key that is given once, or a function that is asked for each connection."""

    given: Key | FetchKey

    @classmethod
    def of(cls, given: ClientSecret | str | FetchKey) -> KeySource:
        """Raises: ConfigurationError for something that cannot be a key, where this can be seen already."""
        return cls(given if callable(given) else Key.of(given))

    @property
    def renewable(self) -> bool:
        """Whether asking again may give another key."""
        return not isinstance(self.given, Key)

    async def key(self, limit: float | None) -> Key:
        """The key for one connection, within ``limit`` seconds if it has to be fetched.

        Raises: PhaseTimeout("key"); ConnectError("key") for whatever the function raises, but errors of this
        package's tree pass through; ConfigurationError.
        """
        if isinstance(self.given, Key):
            return self.given
        async with phase_limit("key", limit):
            try:
                answer = self.given()
                return Key.of(await answer if inspect.isawaitable(answer) else answer)
            except RealtimeError:
                raise
            except Exception as error:
                reason = f"the function that fetches it raised {type(error).__name__}: {error}"
                raise ConnectError("key", reason) from error

"""What a session wants of a transport, and a transport of a session: the seam where another transport fits.

May live here: protocols. One object of either kind serves one connection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

FRAME_MS = 20
"""How much sound a frame has, on every transport."""


class SoundCarrier(Protocol):
    """What takes sound to the server."""

    @property
    def rate(self) -> int:
        """Samples per second of the frames that :meth:`put_frame` takes."""
        ...

    @property
    def live(self) -> bool:
        """Whether sound runs by itself, as a call does: frames go out in real time, and silence between them.

        A transport that is not live sends what it is given, as fast as it is given, and nothing else.
        """
        ...

    @property
    def position_ms(self) -> int:
        """Where the next frame will lie in the session's sound: milliseconds since its first sample."""
        ...

    async def put_frame(self, frame: bytes) -> None:
        """Take 20 ms of mono s16le at :attr:`rate`; waits while enough is under way (back-pressure).

        It does not pace: a caller who wants real time on a transport that is not live waits by itself.
        Raises: ConnectionLost.
        """
        ...

    async def audio_sent(self) -> None:
        """Wait until all sound so far was handed to the network. Raises: ConnectionLost."""
        ...


class Transport(SoundCarrier, Protocol):
    """A connection that carries events both ways, and sound to the server."""

    @property
    def call_id(self) -> str | None:
        """The server's id of the call, if it has one."""
        ...

    async def send(self, text: str) -> None:
        """Send one event, after all sound so far. Raises: ConnectionLost when the connection is gone."""
        ...

    async def closed_by_server(self) -> int | None:
        """After a refusal: wait shortly for the close code that follows; None where there is none."""
        ...

    async def close(self) -> None:
        """Free everything. May be called at any time, and again."""
        ...


class Receiver(Protocol):
    """Who is told what arrives. All are called from the event loop, and none waits or raises."""

    def received(self, frame: str | bytes) -> None:
        """One message of the event channel."""
        ...

    def sending(self, event_id: str, event: Mapping[str, Any]) -> None:
        """The transport sends an event of its own making (sound); what is given is the event without it."""
        ...

    def ended(self, reason: str, code: int | None = None) -> None:
        """The connection is gone, by the server's doing; ``code`` is the WebSocket's close code."""
        ...

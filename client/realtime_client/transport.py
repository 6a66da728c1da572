"""What a session wants of a transport, and a transport of a session: the seam where another transport fits.

May live here: protocols. WebRTC is the one transport of this version.
"""

from __future__ import annotations

from typing import Protocol


class Transport(Protocol):
    """A connection that carries events both ways, and sound to the server."""

    @property
    def call_id(self) -> str | None:
        """The server's id of the call, if it has one."""
        ...

    @property
    def rate(self) -> int:
        """How many samples a second the frames have that it takes."""
        ...

    @property
    def silence_flows(self) -> bool:
        """Whether silence is sent by itself while nothing is queued, as a muted microphone does."""
        ...

    @property
    def position_ms(self) -> int:
        """Where the next frame will lie in the session's sound: milliseconds since its first sample."""
        ...

    async def send(self, text: str) -> None:
        """Send one event. Raises: ConnectionLost when the connection is not open any more."""
        ...

    async def put_frame(self, frame: bytes) -> None:
        """Queue 20 ms of mono s16le at ``rate``; waits while enough is queued."""
        ...

    async def audio_sent(self) -> None:
        """Wait until all queued sound was sent."""
        ...

    async def close(self) -> None:
        """Free everything. May be called at any time, and again."""
        ...


class Receiver(Protocol):
    """Who is told what arrives. Both are called from the event loop, and neither waits or raises."""

    def received(self, frame: str | bytes) -> None:
        """One message of the event channel."""
        ...

    def ended(self, reason: str) -> None:
        """The connection is gone. Told once, unless it was closed on this side."""
        ...

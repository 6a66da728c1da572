"""The one contract: what a session is told, and what it answers. Data only; no behaviour lives here.

A session has three members. ``deadline`` says when it wants to be woken, ``feed`` tells it what
happened, ``wake`` tells it that time has passed. Whoever drives it (an asyncio driver, a test, a
property) knows only these three. All times are API time in integer milliseconds since the epoch, and
never go back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Millis = int
Event = dict[str, Any]


# -- inbound: what happened ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Traits:
    """How the transport differs, entered once, as data.

    ``audio_out``: ``track`` when sound leaves as RTP (WebRTC), ``inline`` when it leaves as
    base64 inside events (WebSocket).
    """

    audio_out: Literal["track", "inline"]


@dataclass(frozen=True, slots=True)
class Opened:
    """The event channel is open; nothing was said on it yet."""

    traits: Traits


@dataclass(frozen=True, slots=True)
class ClientEvent:
    """One message of the client, as it came: text, or bytes when the frame was binary."""

    frame: str | bytes


@dataclass(frozen=True, slots=True)
class AudioIn:
    """Sound arrived: ``samples`` at 24 kHz mono, and what the ear made of it.

    ``activity`` has one score from 0 (silence) to 1 (speech) for every 32 ms window (768 samples,
    on a grid that starts with the session's first sample) that these samples completed.
    """

    samples: int
    activity: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """The transport is gone. A session emits nothing after this."""

    reason: str


Inbound = Opened | ClientEvent | AudioIn | Closed


# -- effects: what shall follow ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Emit:
    """Send this server event."""

    event: Event


@dataclass(frozen=True, slots=True)
class Listen:
    """The client sent sound inside an event: s16le, 24 kHz, mono. Answer with :class:`AudioIn`."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """End the connection: a WebSocket closes with code and reason, a call hangs up."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something for the journal that the client is not told.

    ``error`` names an entry of the error catalogue when one is behind it.
    """

    text: str
    error: str | None = None


Effect = Emit | Listen | Close | Note


class Machine(Protocol):
    """The three members. A session has them, and so has everything that may stand around one."""

    @property
    def deadline(self) -> Millis | None: ...

    def feed(self, inbound: Inbound, now: Millis) -> list[Effect]: ...

    def wake(self, now: Millis) -> list[Effect]: ...

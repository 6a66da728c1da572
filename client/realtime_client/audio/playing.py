"""How sound goes to a transport: how fast, and how far it is.

May live here: the pace, and the loop that sends a source. Sources and transports are known by their
interfaces.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from realtime_client.audio.sources import Source
from realtime_client.transport import FRAME_MS, SoundCarrier

Pace: TypeAlias = Literal["realtime", "fast"]
"""As fast as it was spoken, or as fast as the transport takes it. WebRTC knows real time only."""

_BREATH = 25
"""Sent as fast as possible, after so many frames the event loop gets to do other things in any case."""

_LEAD_SECONDS = 0.4
"""In real time, how far ahead of the clock sound is handed over: a short hiccup is not heard then."""


@dataclass(frozen=True, slots=True)
class Progress:
    """``seconds`` of the source were handed to the transport, of ``total``; None when that is not known.

    ``start_ms`` is where the source begins in the session's sound, as in :class:`Span`.
    """

    seconds: float
    total: float | None = None
    start_ms: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """Where a source lies in the session's sound, in milliseconds since the session's first sample.

    A turn's ``start_ms`` less this ``start_ms`` is the turn's place in the source.
    """

    start_ms: int
    end_ms: int


class Pacer:
    """When sound is due, in real time. Sans-I/O: it is told what time it is, in seconds.

    Sound is due ``_LEAD_SECONDS`` before its time. After a hold-up longer than that the missed time is not
    made up for: later sound is never sent faster than it was spoken.
    """

    def __init__(self, now: float) -> None:
        self._start = now

    def wait(self, seconds: float, now: float) -> float:
        """How long to wait before what comes after ``seconds`` of sound may be sent."""
        self._start = max(self._start, now - seconds)
        return max(0.0, self._start + seconds - _LEAD_SECONDS - now)

    def end(self, seconds: float, now: float) -> float:
        """How long until ``seconds`` of sound are over."""
        return max(0.0, self._start + seconds - now)


async def play(
    source: Source,
    transport: SoundCarrier,
    *,
    pace: Pace = "realtime",
    silence: float = 0.0,
    progress: Callable[[Progress], None] | None = None,
) -> Span:
    """Send all of ``source``, then ``silence`` seconds of silence; returns when the last of it was sent.

    ``progress`` is called after each frame of the source. Raises: AudioError, ConnectionLost.
    """
    clock = asyncio.get_running_loop().time
    sent, start_ms, pacer = 0, transport.position_ms, Pacer(clock())

    async def put(frame: bytes) -> None:
        nonlocal sent, start_ms, pacer
        if sent == 0:  # reading the first frame took a while, in which silence may have been sent
            start_ms, pacer = transport.position_ms, Pacer(clock())
        wait = pacer.wait(_seconds(sent), clock()) if pace == "realtime" else 0
        if wait or sent % _BREATH == 0:
            await asyncio.sleep(wait)
        await transport.put_frame(frame)
        sent += 1

    async with source.opened(transport.rate) as sound:
        async for frame in sound.frames:
            await put(frame)
            if progress is not None:
                progress(Progress(_seconds(sent), sound.seconds, start_ms))
    end_ms = start_ms + sent * FRAME_MS
    for _ in range(round(silence * 1000 / FRAME_MS)):
        await put(bytes(transport.rate * FRAME_MS // 1000 * 2))
    await transport.audio_sent()
    if pace == "realtime":
        await asyncio.sleep(pacer.end(_seconds(sent), clock()))
    return Span(start_ms, end_ms)


def _seconds(frames: int) -> float:
    return frames * FRAME_MS / 1000

"""The sound that the doctor sends. May live here: its samples, computed with the standard library alone."""

from __future__ import annotations

import array
import math
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from realtime_client.audio.sources import Sound
from realtime_client.transport import FRAME_MS

BEEP_MS = 300
_HZ = 440
_PEAK = 8_000
"""A quarter of full scale: audible, and not loud."""


class Beep:
    """A source of sound (:class:`~realtime_client.audio.sources.Source`): a sine, without a file."""

    @asynccontextmanager
    async def opened(self, rate: int) -> AsyncIterator[Sound]:
        yield Sound(_frames(rate), BEEP_MS / 1000)


async def _frames(rate: int) -> AsyncIterator[bytes]:
    """Frames of ``FRAME_MS``, mono s16le."""
    size = rate * FRAME_MS // 1000
    for start in range(0, rate * BEEP_MS // 1000, size):
        wave = (_PEAK * math.sin(2 * math.pi * _HZ * n / rate) for n in range(start, start + size))
        pcm = array.array("h", map(round, wave))
        if sys.byteorder == "big":
            pcm.byteswap()
        yield pcm.tobytes()

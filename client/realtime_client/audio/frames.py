"""Sound of any rate cut into the frames that a transport takes. Imported at the first sound: it needs av.

May live here: resampling and cutting. The resampler is FFmpeg's (libswresample); it gives exactly as many
samples as the length of the sound demands, and mixes nothing: what comes in is mono.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import av

from realtime_client.audio.samples import Block
from realtime_client.transport import FRAME_MS


class Framer:
    """Feed it blocks; it gives the frames that are full. ``rate`` is that of the frames, in Hz.

    The rate of the blocks may change (it does in chained Ogg files): the sound goes on without a gap.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._frame_bytes = rate * FRAME_MS // 1000 * 2
        self._source_rate: int | None = None
        self._resampler: av.AudioResampler | None = None
        self._rest = bytearray()

    def feed(self, block: Block) -> Iterator[bytes]:
        """The frames that ``block`` completes."""
        if block.rate != self._source_rate:
            self._drain()
            self._resampler = av.AudioResampler(format="s16", layout="mono", rate=self._rate)
            self._source_rate = block.rate
        if len(block.samples):
            frame = av.AudioFrame.from_ndarray(block.samples.reshape(1, -1), format="flt", layout="mono")
            frame.sample_rate = block.rate
            self._resample(frame)
        yield from self._cut()

    def finish(self) -> Iterator[bytes]:
        """What is left; the last frame is filled up with silence."""
        self._drain()
        yield from self._cut()
        if self._rest:
            yield bytes(self._rest.ljust(self._frame_bytes, b"\0"))
            self._rest.clear()

    def _drain(self) -> None:
        if self._resampler is not None:
            self._resample(None)
            self._resampler = None

    def _resample(self, frame: av.AudioFrame | None) -> None:
        assert self._resampler is not None
        for done in self._resampler.resample(frame):
            self._rest += memoryview(done.planes[0])[: done.samples * 2]

    def _cut(self) -> Iterator[bytes]:
        while len(self._rest) >= self._frame_bytes:
            yield bytes(self._rest[: self._frame_bytes])
            del self._rest[: self._frame_bytes]


def framed(blocks: Iterable[Block], rate: int) -> Iterator[bytes]:
    """All of ``blocks`` as frames of ``rate``."""
    framer = Framer(rate)
    for block in blocks:
        yield from framer.feed(block)
    yield from framer.finish()

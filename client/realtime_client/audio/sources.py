"""Where sound comes from, as an application names it.

May live here: the sources, and what a source is. They are values: making one opens nothing, and the same
one can be streamed twice (an iterator excepted). This module is light; numpy and av come with the sound.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from realtime_client.audio.worker import worker
from realtime_client.errors import AudioError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ANY_RATE = 24_000
"""For opening a file that is not going to be decoded."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A source that is open: its frames, 20 ms of mono s16le each, and its length when that is known."""

    frames: AsyncIterator[bytes]
    seconds: float | None = None


@runtime_checkable
class Source(Protocol):
    """What :meth:`RealtimeSession.stream` takes. A class of yours with this one method is a source, too."""

    def opened(self, rate: int) -> AbstractAsyncContextManager[Sound]:
        """The sound, resampled to ``rate`` (in Hz). Leaving the context frees everything.

        Raises (on entering, or from the frames): AudioError.
        """
        ...


@dataclass(frozen=True, slots=True)
class AudioFile:
    """A file of any kind that FFmpeg reads: WAV, MP3, FLAC, Ogg, Opus, M4A, WebM, the sound of a video ...

    Any rate and any number of channels (mixed to one). It is decoded while it is sent, half a second at a
    time, in a thread. A plain path in the place of a source means this.
    """

    path: str | PathLike[str]

    async def length(self) -> float | None:
        """Its length in seconds, as its header has it; None if that does not say. Raises: AudioError."""
        async with self.opened(_ANY_RATE) as sound:
            return sound.seconds

    @asynccontextmanager
    async def opened(self, rate: int) -> AsyncIterator[Sound]:
        from realtime_client.audio.frames import framed
        from realtime_client.audio.reader import Reader

        reader = Reader(Path(self.path))
        async with worker(reader.close) as thread:
            seconds = await thread.do(reader.open)
            async with aclosing(thread.each(framed(reader.blocks(), rate))) as frames:
                yield Sound(frames, seconds)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """An array: ``(samples,)`` or ``(samples, channels)``, at ``rate`` Hz.

    Floats go from -1 to 1 (what is louder is clipped), integers of 8, 16 or 32 bits over their full scale.

    Raises: AudioError for a rate that cannot be; other mistakes when it is streamed.
    """

    data: NDArray[Any] = field(repr=False)
    rate: int

    def __post_init__(self) -> None:
        _check_rate(self.rate)

    @asynccontextmanager
    async def opened(self, rate: int) -> AsyncIterator[Sound]:
        import numpy as np

        from realtime_client.audio.frames import framed
        from realtime_client.audio.samples import blocks, channel_count, mono

        data = np.asarray(self.data)
        channel_count(data)
        mono(data[:0])  # a type that says no scale is told before anything is sent
        async with (
            worker() as thread,
            aclosing(thread.each(framed(blocks(data, self.rate), rate))) as frames,
        ):
            yield Sound(frames, len(data) / self.rate)


@dataclass(frozen=True, slots=True, eq=False)
class AudioStream:
    """An async iterator of sound that is being made: from a socket, another program, a synthesiser.

    ``chunks`` gives ``bytes`` (then ``dtype`` is what one sample is, as numpy writes it, and ``channels`` are
    interleaved; a chunk may end inside a sample) or arrays, which say that themselves. ``rate`` is in Hz.
    It is asked for the next chunk only when the last one was taken by the connection. What it raises passes
    through, and closing it is its owner's.

    Raises: AudioError for a rate, a type or a number of channels that cannot be.
    """

    chunks: AsyncIterable[bytes | NDArray[Any]] = field(repr=False)
    rate: int
    channels: int = 1
    dtype: str = "int16"

    def __post_init__(self) -> None:
        import numpy as np

        from realtime_client.audio.samples import mono

        _check_rate(self.rate)
        if self.channels < 1:
            raise AudioError(f"a stream has one channel or more, not {self.channels}")
        try:
            mono(np.empty((0, self.channels), dtype=self.dtype))
        except TypeError as error:
            raise AudioError(f"{self.dtype!r} is no numpy type; int16 is the usual one") from error

    @asynccontextmanager
    async def opened(self, rate: int) -> AsyncIterator[Sound]:
        async with aclosing(self._frames(rate)) as frames:
            yield Sound(frames)

    async def _frames(self, rate: int) -> AsyncGenerator[bytes, None]:
        from realtime_client.audio.frames import Framer
        from realtime_client.audio.samples import blocks

        framer, rest, number = Framer(rate), b"", 0
        async for chunk in self.chunks:
            number += 1
            try:
                samples, rest = self._samples(chunk, rest)
                for block in blocks(samples, self.rate):
                    for frame in framer.feed(block):
                        yield frame
            except AudioError as error:
                raise AudioError(f"chunk {number}: {error}") from error
        for frame in framer.finish():
            yield frame

    def _samples(self, chunk: bytes | NDArray[Any], rest: bytes) -> tuple[NDArray[Any], bytes]:
        """The whole samples of ``rest`` and ``chunk``, and the bytes of one that is not whole yet."""
        import numpy as np

        from realtime_client.audio.samples import channel_count

        if isinstance(chunk, np.ndarray):
            if rest:
                raise AudioError("an array comes while the last sample of the bytes before is not whole")
            channel_count(chunk)
            return chunk, b""
        if not isinstance(chunk, bytes | bytearray | memoryview):
            raise AudioError(f"bytes or an array are wanted, not {type(chunk).__name__}")
        kind = np.dtype(self.dtype)
        data = rest + bytes(chunk)
        whole = len(data) // (kind.itemsize * self.channels) * kind.itemsize * self.channels
        return np.frombuffer(data[:whole], dtype=kind).reshape(-1, self.channels), data[whole:]


AnySource: TypeAlias = Source | str | PathLike[str]
"""A source, or the path of a file."""


def as_source(source: AnySource) -> Source:
    """A path becomes an :class:`AudioFile`. Raises: AudioError for what is no source."""
    if isinstance(source, str | PathLike):
        return AudioFile(source)
    if isinstance(source, Source):
        return source
    name = type(source).__name__
    raise AudioError(
        f"{name} is no source of sound: give a path, or say its rate with Samples({name}, rate) "
        f"or AudioStream({name}, rate)"
    )


def _check_rate(rate: int) -> None:
    from realtime_client.audio.samples import HIGHEST_RATE, LOWEST_RATE

    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise AudioError(f"a rate is from {LOWEST_RATE} to {HIGHEST_RATE} samples a second, not {rate}")

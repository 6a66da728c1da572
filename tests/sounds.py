"""Sound for the tests of sound: tones, files of many kinds, and how to listen to what came out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from realtime_client.audio.sources import AnySource, as_source


def tone(hertz: float, seconds: float, rate: int, level: float = 0.5) -> NDArray[np.float64]:
    """A sine."""
    return level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


async def frames_of(source: AnySource, rate: int, into: list[bytes] | None = None) -> list[bytes]:
    """Every frame of a source; ``into`` also has those that came before a failure."""
    frames: list[bytes] = [] if into is None else into
    async with as_source(source).opened(rate) as sound:
        async for frame in sound.frames:
            frames.append(frame)
    return frames


async def heard(source: AnySource, rate: int) -> NDArray[np.float64]:
    """All of a source, from -1 to 1."""
    return np.frombuffer(b"".join(await frames_of(source, rate)), dtype="<i2") / 32768


def pitch(samples: NDArray[np.float64], rate: int) -> float:
    """The strongest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 8 * rate))
    return float(spectrum.argmax()) / 8


def level(samples: NDArray[np.float64]) -> float:
    """The amplitude of a sine with the power of the middle half of these samples."""
    middle = samples[len(samples) // 4 : 3 * len(samples) // 4]
    return float(np.sqrt(2 * np.mean(middle**2)))


def write(path: Path, samples: Any, rate: int, codec: str, layout: str, **tags: str) -> Path:
    """A sound file by FFmpeg; its container goes by the name. Every channel has the same samples."""
    with av.open(str(path), "w") as container:
        container.metadata.update(tags)
        stream = container.add_stream(codec, rate=rate, layout=layout)
        channels = stream.codec_context.layout.nb_channels
        frame = av.AudioFrame.from_ndarray(
            np.tile(samples.astype(np.float32), (channels, 1)), format="fltp", layout=layout
        )
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=stream.codec_context.format.name,
            layout=layout,
            rate=rate,
            frame_size=stream.codec_context.frame_size or 1024,
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            piece.time_base = Fraction(1, rate)
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path

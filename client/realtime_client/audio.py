"""Sound from a file, cut into the frames that the track wants.

May live here: reading and resampling. numpy and av are imported when the first file is opened.
Unit: a *frame* is 20 ms of 48 kHz mono s16le, 1920 bytes; RTP carries one Opus packet for each.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from realtime_client.errors import AudioError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE = 48_000
FRAME_MS = 20
FRAME_SAMPLES = SAMPLE_RATE * FRAME_MS // 1000
FRAME_BYTES = FRAME_SAMPLES * 2

_BLOCK_SECONDS = 0.5
"""How much of the file is read and resampled at a time."""


def wav_frames(path: str | PathLike[str]) -> Iterator[bytes]:
    """Read a PCM WAV file: 8, 16, 24 or 32 bits, any rate, any number of channels (mixed to one).

    The last frame is filled up with silence. Raises: AudioError.
    """
    try:
        with Path(path).open("rb") as file, wave.open(file, "rb") as wav:
            yield from _resampled(_blocks(wav), wav.getframerate())
    except (OSError, EOFError, wave.Error) as error:
        raise AudioError(f"{path}: {str(error) or 'the file ends too early'}") from error


def _blocks(wav: wave.Wave_read) -> Iterator[NDArray[np.float32]]:
    """The file as mono float32 from -1 to 1."""
    if wav.getframerate() <= 0 or wav.getnchannels() <= 0:
        raise wave.Error("no sample rate, or no channel")
    wanted = max(1, int(wav.getframerate() * _BLOCK_SECONDS))
    step = wav.getsampwidth() * wav.getnchannels()
    while data := wav.readframes(wanted):
        whole = data[: len(data) // step * step]
        channels = _as_float(whole, wav.getsampwidth()).reshape(-1, wav.getnchannels())
        yield channels.mean(axis=1, dtype=channels.dtype)


def _as_float(data: bytes, width: int) -> NDArray[np.float32]:
    """Samples of ``width`` bytes as floats. WAV has 8 bits unsigned, wider samples signed, little-endian."""
    import numpy as np

    if width == 1:
        return (np.frombuffer(data, dtype=np.uint8).astype(np.float32) - np.float32(128)) / np.float32(128)
    if width == 3:
        # Put each sample into the three high bytes of four, so that its sign is in the right place.
        wide = np.zeros((len(data) // 3, 4), dtype=np.uint8)
        wide[:, 1:] = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3)
        return wide.reshape(-1).view("<i4").astype(np.float32) / np.float32(2**31)
    if width in (2, 4):
        return np.frombuffer(data, dtype=f"<i{width}").astype(np.float32) / np.float32(2 ** (8 * width - 1))
    raise wave.Error(f"samples of {8 * width} bits are not supported")


def _resampled(blocks: Iterator[NDArray[np.float32]], rate: int) -> Iterator[bytes]:
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE, frame_size=FRAME_SAMPLES)
    for block in blocks:
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate = rate
        for out in resampler.resample(frame):
            yield bytes(out.planes[0])[: out.samples * 2]
    for out in resampler.resample(None):
        yield bytes(out.planes[0])[: out.samples * 2].ljust(FRAME_BYTES, b"\0")

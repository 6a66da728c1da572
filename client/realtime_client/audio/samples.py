"""Any array of samples as mono floats from -1 to 1. Pure numpy; imported at the first sound.

May live here: what the numbers of an array mean, and which arrays are refused because they could mean two
things. A wrong guess would be sent, heard as noise, and come back as a transcript of nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from realtime_client.errors import AudioError

LOWEST_RATE, HIGHEST_RATE = 1_000, 768_000
"""Samples a second that a source may have. Outside, it is a mistake and no sound."""

_MOST_CHANNELS = 64
_LOUDEST = 16.0
"""24 dB over full scale: no loudness, but integers in an array of floats."""

_BLOCK_SECONDS = 0.5
"""How much of an array is scaled and resampled at a time."""


class Block(NamedTuple):
    """Some sound: mono float32 samples, shape ``(n,)``, full scale 1; and their rate in Hz."""

    samples: NDArray[np.float32]
    rate: int


def channel_count(samples: NDArray[Any]) -> int:
    """How many channels an array has, by its shape. Raises: AudioError for a shape that is no sound."""
    if samples.ndim not in (1, 2):
        raise AudioError(f"an array is (samples,) or (samples, channels), not of shape {samples.shape}")
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    if not 1 <= channels <= _MOST_CHANNELS:
        raise AudioError(
            f"shape {samples.shape} would be {channels} channels; "
            "if it is (channels, samples), give its transpose"
        )
    return channels


def mono(samples: NDArray[Any]) -> NDArray[np.float32]:
    """``(n,)`` or ``(n, channels)`` of floats, or of integers up to 32 bits, as ``(n,)`` of float32.

    Integers are scaled by their full scale, unsigned ones around their middle. Channels are mixed with equal
    weight, so that none is left out. Raises: AudioError; the caller adds the place.
    """
    channels = channel_count(samples)
    scaled = _scaled(samples.reshape(-1, channels))
    mixed: NDArray[np.float32] = scaled[:, 0] if channels == 1 else scaled.mean(axis=1)
    return np.ascontiguousarray(mixed)


def blocks(samples: NDArray[Any], rate: int) -> Iterator[Block]:
    """An array piece by piece. Raises: AudioError, naming the second where the trouble is."""
    step = max(1, int(rate * _BLOCK_SECONDS))
    for start in range(0, len(samples), step):
        try:
            yield Block(mono(samples[start : start + step]), rate)
        except AudioError as error:
            raise AudioError(f"at {start / rate:.1f} s: {error}") from error


def _scaled(samples: NDArray[Any]) -> NDArray[np.float32]:
    kind = samples.dtype
    if kind.kind == "f":
        floats = samples.astype(np.float32)
        loudest = np.abs(floats).max(initial=0.0)
        if not np.isfinite(loudest):
            raise AudioError("there is a sample that is no finite number")
        if loudest > _LOUDEST:
            raise AudioError(
                f"floats go from -1 to 1, and there is one of {loudest:g}; divide by the full scale"
            )
        return floats
    if kind.kind in "iu" and kind.itemsize <= 4:
        full = np.float32(2 ** (8 * kind.itemsize - 1))
        floats = samples.astype(np.float32 if kind.itemsize < 4 else np.float64)
        return ((floats - full if kind.kind == "u" else floats) / full).astype(np.float32)
    raise AudioError(f"{kind} does not say how loud full scale is; use int16, int32 or float32")

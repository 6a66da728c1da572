"""Sound as numbers: G.711 to linear, and sampling rates in whole-number ratios. Blocks in, blocks out."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono samples in the range of s16."""

_TAPS_PER_PHASE = 24
_BLOCK = 16  # a filter of many short products is slow in numpy, and one product of small matrices is not


class Resampler:
    """Changes the rate by ``up / down`` with a windowed-sinc filter, and keeps its tail between blocks.

    A block of ``n`` samples gives exactly ``n * up / down``; ``n * up`` must be divisible by ``down``.
    The delay is half the filter: 0.5 ms from 48 kHz to 24 kHz, 1.5 ms from 8 kHz.
    """

    def __init__(self, *, up: int = 1, down: int = 1) -> None:
        self._up, self._down = up, down
        self._matrix = _matrix(up, down)
        self._tail: Samples = np.zeros(len(self._matrix) - _BLOCK * down, np.float32)

    def feed(self, samples: Samples) -> Samples:
        """The next block."""
        if self._up == self._down:
            return samples
        outputs = len(samples) * self._up // self._down
        blocks, hop, history = -(-outputs // (_BLOCK * self._up)), _BLOCK * self._down, len(self._tail)
        line = np.zeros(history + blocks * hop, np.float32)
        line[:history] = self._tail
        line[history : history + len(samples)] = samples
        self._tail = line[len(samples) : len(samples) + history].copy()
        windows: Samples = np.ndarray((blocks, history + hop), np.float32, line, strides=(4 * hop, 4))
        filtered: Samples = (windows @ self._matrix).reshape(-1)[:outputs]
        return filtered


def _matrix(up: int, down: int) -> Samples:
    """The filter for a run of ``_BLOCK * down`` samples and those before it: a column for each output.

    Output ``k`` is at ``k * down`` on a grid that has the inputs at the multiples of ``up``.
    """
    kernel = _low_pass(up, down)
    history = -(-(len(kernel) - 1) // up)
    inputs = np.arange(history + _BLOCK * down)[:, None] - history
    outputs = np.arange(_BLOCK * up)[None, :]
    taps = inputs * up - outputs * down + len(kernel) - 1
    inside = (taps >= 0) & (taps < len(kernel))
    return np.where(inside, kernel[taps.clip(0, len(kernel) - 1)], 0).astype(np.float32)


def _low_pass(up: int, down: int) -> Samples:
    """A sinc at nine tenths of the lower Nyquist frequency under a Blackman window, gain ``up``."""
    widest = max(up, down)
    taps = _TAPS_PER_PHASE * widest + 1
    times = np.arange(taps) - taps // 2
    kernel = np.sinc(times * 0.9 / widest) * np.blackman(taps)
    kernel *= up / kernel.sum()
    return kernel.astype(np.float32)


def _expand_pcmu(code: int) -> int:
    """ITU-T G.711, µ-law: inverted bits, a sign, three bits of exponent, four of mantissa."""
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return -magnitude if code & 0x80 else magnitude


def _expand_pcma(code: int) -> int:
    """ITU-T G.711, A-law: even bits inverted; the sign bit means positive."""
    code ^= 0x55
    exponent, mantissa = code >> 4 & 7, (code & 0x0F) << 4
    magnitude = mantissa + 8 if exponent == 0 else mantissa + 0x108 << exponent - 1
    return magnitude if code & 0x80 else -magnitude


_G711 = {
    "PCMU": np.array([_expand_pcmu(code) for code in range(256)], np.float32),
    "PCMA": np.array([_expand_pcma(code) for code in range(256)], np.float32),
}


def from_g711(payload: bytes, law: Literal["PCMU", "PCMA"]) -> Samples:
    """One sample for each byte."""
    expanded: Samples = _G711[law][np.frombuffer(payload, np.uint8)]
    return expanded


def to_s16le(samples: Samples) -> bytes:
    """Rounded, clipped, little-endian."""
    return np.minimum(np.maximum(np.rint(samples), -32768), 32767).astype("<i2").tobytes()

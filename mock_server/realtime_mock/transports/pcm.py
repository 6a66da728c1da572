"""Sound as numbers: G.711 to linear, and sampling rates in whole-number ratios. Blocks in, blocks out."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono samples in the range of s16."""

_TAPS_PER_PHASE = 24


class Resampler:
    """Changes the rate by ``up / down`` with a windowed-sinc filter, and keeps its tail between blocks.

    A block of ``n`` samples gives exactly ``n * up / down``; ``n * up`` must be divisible by ``down``.
    The delay is half the filter: 0.5 ms from 48 kHz to 24 kHz, 1.5 ms from 8 kHz.
    """

    def __init__(self, *, up: int = 1, down: int = 1) -> None:
        self._up, self._down = up, down
        self._filter = _low_pass(up, down)
        self._tail: Samples = np.zeros(len(self._filter) - 1, np.float32)

    def feed(self, samples: Samples) -> Samples:
        """The next block."""
        if self._up == self._down:
            return samples
        stuffed = np.zeros(len(samples) * self._up, np.float32)
        stuffed[:: self._up] = samples
        line = np.concatenate([self._tail, stuffed])
        self._tail = line[len(stuffed) :]
        windows = np.lib.stride_tricks.sliding_window_view(line, len(self._filter))
        filtered: Samples = windows[:: self._down] @ self._filter
        return filtered


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
    return np.clip(np.rint(samples), -32768, 32767).astype("<i2").tobytes()

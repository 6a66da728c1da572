"""Is somebody speaking? One score for every 32 ms of sound, for the server's voice activity detection.

The model, in four steps for each window of 768 samples. A window is 32 ms at 24 kHz, which is 512 samples at
16 kHz: the grid that the offsets of the real service lie on (observed-verbatim in 32 of 32 offsets).

1. *Level*: the power between 187 Hz and 8 kHz, in dB of full scale. Below lie DC and mains hum with its first
   harmonics, above lies what a 16 kHz service cannot hear.
2. *Tonality*: how well the window repeats itself with a period between 2.5 and 12.5 ms, from 0 to 1. The
   spectrum is first tilted upwards (a factor of f), because the noise of rooms and fans falls with frequency.
   White, pink and brown noise stay below 0.5, vowels lie around 0.8, tones at 1.
3. *Floor*: the lowest of the last 20 levels without tonality, and never below -70 dB. Speech, even whispered,
   dips within such a stretch (640 ms); a hiss does not, and so becomes the floor. A tone never does, however
   long it lasts, because it has tonality.
4. *Score*: 0.5 when the level is 9 dB above the floor for a tonal window, and 19 dB for one that is mere
   noise (the s of a word is loud, comfort noise is not); 6.6 dB more give 0.9. A higher threshold wants
   louder speech.

So, where it is quiet otherwise, activity begins at -61 dB for tones and vowels, and at -51 dB for noise.

Limits, all by choice: music, a loud hum with overtones and a whining machine are activity. Noise that
begins suddenly is activity for 640 ms, a click for a window; noise from the first sample on never is. A pure
tone must lie between 190 Hz and 8 kHz. Noise that swells like speech does (babble, wind) is not told from
speech, and speech less than 15 dB above a hiss breaks into pieces. How the real service judges such sounds is
unknown (inferred).
"""

from __future__ import annotations

from collections import deque
from math import exp

import numpy as np
from numpy.typing import NDArray

RATE = 24_000
"""samples per second"""
WINDOW = 768
"""samples of a window, 32 ms"""

_WINDOW_BYTES = 2 * WINDOW
_BATCH = 64  # windows measured at once: bounds the memory that a block of any length needs

_LOWEST_BIN, _HIGHEST_BIN = 6, 256  # of 31.25 Hz: 187 Hz to 8 kHz
_SHORTEST_LAG, _LONGEST_LAG = 60, 300  # samples: 2.5 to 12.5 ms, the pitch of a voice from 400 down to 80 Hz

_LOWEST_DB = -120.0  # stands for silence, whose logarithm does not exist
_LOWEST_FLOOR_DB = -70.0
_FLOOR_WINDOWS = 20
_TONAL = 0.5
_TONAL_FROM, _TONAL_TO = 0.35, 0.65  # tonality counts in full above, not at all below, in part between
_TONAL_MARGIN_DB, _NOISY_MARGIN_DB = 9.0, 19.0
_SLOPE_DB = 3.0

_HANN = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
_BAND = slice(_LOWEST_BIN, _HIGHEST_BIN + 1)
_LAGS = slice(_SHORTEST_LAG, _LONGEST_LAG + 1)
_FULL_SCALE = 32768.0**2 * WINDOW * float((_HANN**2).sum()) / 2  # of the one-sided power spectrum
_TILT = np.arange(_LOWEST_BIN, _HIGHEST_BIN + 1, dtype=np.float64)
_HANN_CORRELATION = np.fft.irfft(np.abs(np.fft.rfft(_HANN)) ** 2)
_FADING = _HANN_CORRELATION[_LAGS] / _HANN_CORRELATION[0]  # how the window itself weakens a repetition


class ActivityDetector:
    """The ear of one session. What it hears depends on the samples alone, never on how they were cut."""

    __slots__ = ("_quiet", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._quiet: deque[float] = deque(maxlen=_FLOOR_WINDOWS)

    def feed(self, pcm: bytes) -> tuple[float, ...]:
        """A score from 0 (silence) to 1 (speech) for each window that ``pcm`` completes.

        ``pcm``: s16le, 24 kHz, mono, of any length, even half a sample. The windows lie on a grid that begins
        with the first sample ever fed. Scores have three decimals; at the default threshold, 0.5 and more is
        speech.
        """
        buffered = self._rest + pcm
        windows = len(buffered) // _WINDOW_BYTES
        self._rest = buffered[windows * _WINDOW_BYTES :]
        samples = np.frombuffer(buffered, "<i2", windows * WINDOW).reshape(windows, WINDOW)
        scores: list[float] = []
        for first in range(0, windows, _BATCH):
            levels, tonalities = _measure(samples[first : first + _BATCH])
            scores.extend(map(self._score, levels.tolist(), tonalities.tolist()))
        return tuple(scores)

    def _score(self, level: float, tonality: float) -> float:
        if tonality < _TONAL:
            self._quiet.append(level)
        floor = max(_LOWEST_FLOOR_DB, min(self._quiet, default=_LOWEST_FLOOR_DB))
        tonal = min(1.0, max(0.0, (tonality - _TONAL_FROM) / (_TONAL_TO - _TONAL_FROM)))
        margin = _NOISY_MARGIN_DB + tonal * (_TONAL_MARGIN_DB - _NOISY_MARGIN_DB)
        return round(1 / (1 + exp((margin - (level - floor)) / _SLOPE_DB)), 3)


def _measure(windows: NDArray[np.int16]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Level (dB of full scale) and tonality (0 to 1) of each row of 768 samples."""
    centred = windows - windows.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred * _HANN)
    power = spectrum.real**2 + spectrum.imag**2
    heard = power[:, _BAND].sum(axis=1) / _FULL_SCALE
    levels = 10 * np.log10(np.maximum(heard, 10 ** (_LOWEST_DB / 10)))

    tilted = np.zeros_like(power)
    tilted[:, _BAND] = power[:, _BAND] * _TILT
    correlation = np.fft.irfft(tilted)
    whole = np.maximum(correlation[:, :1], np.finfo(np.float64).tiny)
    tonalities = (correlation[:, _LAGS] / whole / _FADING).max(axis=1)
    return levels, np.clip(tonalities, 0.0, 1.0)

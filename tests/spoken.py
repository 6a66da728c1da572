"""The spoken fixtures as a WebSocket client sends them."""

from __future__ import annotations

import wave
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import numpy as np

from realtime_mock.scenario.library import fixtures

RATE = 24_000
"""samples per second of an append"""
CHUNK_BYTES = RATE // 10 * 2
"""a tenth of a second, as many clients send"""


def pcm(name: str) -> bytes:
    """A fixture of 48 kHz as s16le at 24 kHz: of two samples their mean."""
    with wave.open(str(fixtures("audio") / f"{name}.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (2 * RATE, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return samples[: len(samples) // 2 * 2].reshape(-1, 2).mean(axis=1).astype("<i2").tobytes()


def chunks(sound: bytes) -> Iterator[str]:
    """The sound in base64, a tenth of a second at a time."""
    for start in range(0, len(sound), CHUNK_BYTES):
        yield b64encode(sound[start : start + CHUNK_BYTES]).decode()


def appends(sound: bytes) -> Iterator[dict[str, Any]]:
    """The sound as client events."""
    for audio in chunks(sound):
        yield {"type": "input_audio_buffer.append", "audio": audio}

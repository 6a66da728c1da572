"""Reading WAV files: every width and rate ends as 48 kHz mono, with its loudness and length."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from realtime_client import AudioError
from realtime_client.audio import FRAME_BYTES, wav_frames


def write(path: Path, samples: list[float], *, rate: int, width: int, channels: int) -> Path:
    """Write samples from -1 to 1; with two channels the second is silent."""
    full = 2 ** (8 * width - 1)
    data = b""
    for sample in samples:
        value = round(sample * (full - 1))
        encoded = bytes([value + 128]) if width == 1 else value.to_bytes(width, "little", signed=True)
        silence = b"\x80" if width == 1 else bytes(width)
        data += encoded + silence * (channels - 1)
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(channels)
        wav.setsampwidth(width)
        wav.setframerate(rate)
        wav.writeframes(data)
    return path


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [8_000, 24_000, 44_100, 48_000])
def test_a_steady_level_stays(tmp_path: Path, width: int, channels: int, rate: int) -> None:
    """A quarter of a second at half of full scale: 12 to 13 frames, at that level, mixed to one channel."""
    path = write(tmp_path / "level.wav", [0.5] * (rate // 4), rate=rate, width=width, channels=channels)
    frames = list(wav_frames(path))
    assert {len(frame) for frame in frames} == {FRAME_BYTES}
    assert len(frames) in (12, 13)
    middle = np.frombuffer(b"".join(frames[3:9]), dtype="<i2").astype(float) / 32768
    assert middle == pytest.approx(0.5 / channels, abs=0.01)


def test_both_signs_of_24_bits(tmp_path: Path) -> None:
    """Negative samples of three bytes stay negative."""
    path = write(tmp_path / "sign.wav", [-0.25] * 4800, rate=48_000, width=3, channels=1)
    samples = np.frombuffer(list(wav_frames(path))[2], dtype="<i2").astype(float) / 32768
    assert samples == pytest.approx(-0.25, abs=0.001)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file ends too early"),
        (b"RIFF\x00\x00\x00\x00WAVE", "not a WAVE file"),
        (b"OggS" + bytes(40), "file does not start with RIFF id"),
        (
            b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"
            + struct.pack("<HHIIHH", 3, 1, 48_000, 192_000, 4, 32)
            + b"data\x00\x00\x00\x00",
            "unknown format: 3",
        ),
    ],
)
def test_other_files_are_refused_with_a_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    """What is no PCM WAV is an AudioError with the file's name and the reason."""
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    with pytest.raises(AudioError) as caught:
        list(wav_frames(path))
    assert str(caught.value) == f"{path}: {reason}"


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that is not there is an AudioError, too."""
    with pytest.raises(AudioError, match="No such file"):
        list(wav_frames(tmp_path / "nowhere.wav"))

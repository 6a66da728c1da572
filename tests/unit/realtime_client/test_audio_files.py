"""Sound files: what FFmpeg reads becomes frames, lazily; what it cannot read becomes one sentence."""

from __future__ import annotations

import asyncio
import os
import wave
from pathlib import Path

import numpy as np
import pytest

from realtime_client import AudioError
from realtime_client.audio.sources import AudioFile
from sounds import frames_of, heard, level, pitch, tone, write

linux = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(), reason="open files are seen in /proc, of Linux"
)

KINDS = [
    ("tone.wav", "pcm_u8", 8_000, "mono"),
    ("tone.wav", "pcm_s16le", 44_100, "stereo"),
    ("tone.wav", "pcm_s24le", 96_000, "mono"),
    ("tone.wav", "pcm_s32le", 48_000, "5.1"),
    ("tone.wav", "pcm_f32le", 22_050, "stereo"),
    ("tone.wav", "pcm_mulaw", 8_000, "mono"),
    ("tone.w64", "pcm_s16le", 16_000, "mono"),
    ("tone.flac", "flac", 96_000, "stereo"),
    ("tone.mp3", "libmp3lame", 44_100, "stereo"),
    ("tone.ogg", "libopus", 48_000, "stereo"),
    ("tone.opus", "libopus", 24_000, "mono"),
    ("tone.m4a", "aac", 44_100, "stereo"),
    ("tone.webm", "libopus", 48_000, "stereo"),
]


@pytest.mark.parametrize(("name", "codec", "rate", "layout"), KINDS, ids=lambda value: str(value))
async def test_every_kind_of_file(tmp_path: Path, name: str, codec: str, rate: int, layout: str) -> None:
    """A second of 1 kHz stays a second of 1 kHz at its level; AAC may have up to two blocks more."""
    path = write(tmp_path / name, tone(1000, 1.0, rate), rate, codec, layout)
    for to in (24_000, 48_000):
        sound = await heard(AudioFile(path), to)
        longer = 2 * 1024 / rate if codec == "aac" else 0
        assert 0.98 <= len(sound) / to <= 1.02 + longer
        assert pitch(sound, to) == pytest.approx(1000, rel=0.005)
        assert level(sound) == pytest.approx(0.5, rel=0.08)


async def test_a_path_means_a_file_and_its_length_is_known(tmp_path: Path) -> None:
    """As text or as a Path; the header's length comes with it."""
    path = write(tmp_path / "tone.flac", tone(440, 0.5, 48_000), 48_000, "flac", "mono")
    assert len(await frames_of(path, 48_000)) == len(await frames_of(str(path), 48_000)) == 25
    assert await AudioFile(path).length() == 0.5


async def test_tags_that_are_no_utf8_do_not_matter(tmp_path: Path) -> None:
    """Old files have their titles in Latin-1."""
    path = write(tmp_path / "tone.wav", tone(440, 0.5, 8000), 8000, "pcm_s16le", "mono", title="Cafe au lait")
    path.write_bytes(path.read_bytes().replace(b"Cafe", b"Caf\xe9"))
    assert len(await frames_of(path, 8000)) == 25


async def test_six_channels_are_mixed_with_equal_weight(tmp_path: Path) -> None:
    """The sixth of 5.1 is for the bass alone, so AAC takes the tone away there: five sixths are left."""
    path = write(tmp_path / "tone.m4a", tone(1000, 1.0, 48_000), 48_000, "aac", "5.1")
    assert level(await heard(path, 24_000)) == pytest.approx(0.5 * 5 / 6, rel=0.05)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.wav", b"", "no sound file that FFmpeg can read (Invalid data found when processing input)"),
        ("text.mp3", b"Dear diary, " * 99, "no sound file that FFmpeg can read (Invalid data found"),
        ("head.wav", b"RIFF\x00\x00\x00\x00WAVE", "no sound file that FFmpeg can read (Invalid data found"),
        ("short.ogg", b"OggS" + bytes(40), "no sound file that FFmpeg can read (End of file)"),
        (
            "picture.ppm",
            b"P6 2 2 255\n" + bytes(12),
            "there is no sound in this file",
        ),
    ],
)
async def test_what_is_no_sound_is_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    """One sentence, with the file's name."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(AudioError) as caught:
        await frames_of(path, 24_000)
    assert str(caught.value).startswith(f"{path}: {reason}")


async def test_missing_files_and_folders(tmp_path: Path) -> None:
    """The system's reason, with the path once."""
    for path, reason in (
        (tmp_path / "nowhere.wav", "No such file or directory"),
        (tmp_path, "Is a directory"),
    ):
        with pytest.raises(AudioError) as caught:
            await frames_of(path, 24_000)
        assert str(caught.value) == f"{path}: {reason}"


async def test_a_file_with_a_header_and_no_sample(tmp_path: Path) -> None:
    """A recording that was stopped before it began."""
    path = tmp_path / "none.wav"
    with wave.open(str(path), "wb") as wav:
        wav.setparams((1, 2, 8000, 0, "NONE", ""))
    with pytest.raises(AudioError, match="there is not one sample in this file"):
        await frames_of(path, 24_000)


async def test_a_broken_file_says_where(tmp_path: Path) -> None:
    """What was good before is sent; then comes the second at which it broke."""
    path = write(tmp_path / "tone.flac", tone(440, 4.0, 8000, 0.9), 8000, "flac", "mono")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    frames: list[bytes] = []
    with pytest.raises(AudioError) as caught:
        await frames_of(path, 8000, frames)
    assert str(caught.value).startswith(f"{path}: at ")
    assert str(caught.value).endswith(" s: Invalid data found when processing input")
    assert frames != []


@pytest.mark.parametrize(
    ("name", "playlist"),
    [
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.0,\n{other}\n#EXT-X-ENDLIST\n"),
        ("list.ffconcat", "ffconcat version 1.0\nfile '{other}'\n"),
    ],
)
async def test_a_playlist_opens_nothing_else(tmp_path: Path, name: str, playlist: str) -> None:
    """FFmpeg would follow a playlist to other files and over the network; here it may not."""
    other = write(tmp_path / "other.mp3", tone(440, 1.0, 44_100), 44_100, "libmp3lame", "mono")
    path = tmp_path / name
    path.write_text(playlist.format(other=other.as_uri().replace("file://", "file:")))
    with pytest.raises(AudioError, match="no sound file that FFmpeg can read"):
        await frames_of(path, 24_000)


@linux
async def test_a_long_file_is_decoded_while_it_is_sent(tmp_path: Path) -> None:
    """After the first frame of ten minutes little of the file was read, and leaving closes it."""
    silence = np.zeros(600 * 8000)
    path = write(tmp_path / "long.wav", silence, 8000, "pcm_s16le", "mono")
    async with AudioFile(path).opened(24_000) as sound:
        first = await anext(sound.frames)
        assert first == bytes(960)
        assert 0 < max(_positions(path)) < path.stat().st_size / 10
    assert _positions(path) == []


@linux
async def test_a_cancelled_stream_closes_its_file(tmp_path: Path) -> None:
    """Also while the thread is at work on it."""
    path = write(tmp_path / "long.wav", np.zeros(60 * 8000), 8000, "pcm_s16le", "mono")
    begun = asyncio.Event()

    async def read() -> None:
        async with AudioFile(path).opened(24_000) as sound:
            async for _ in sound.frames:
                begun.set()

    reading = asyncio.create_task(read())
    async with asyncio.timeout(10):
        await begun.wait()
        assert _positions(path) != []
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    assert _positions(path) == []


def _positions(path: Path) -> list[int]:
    """How far this process has read in its open descriptors of a file."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            if link.readlink() == path:
                found.append(os.lseek(int(link.name), 0, os.SEEK_CUR))
        except OSError:
            continue  # the descriptor of this listing itself
    return found

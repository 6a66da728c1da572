"""Sound files of every kind that FFmpeg reads, piece by piece. Imported at the first file: it needs av.

May live here: opening and decoding. Everything here blocks; it is called from a worker's thread.

One reader for all files, WAV too: Python's ``wave`` module knows neither floats nor WAVE_FORMAT_EXTENSIBLE
before 3.12, and two readers would give two accounts of the same broken file. FFmpeg also reads playlists that
name other files and URLs, so it is handed the open file and may open nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import av
from av.container import InputContainer

from realtime_client.audio.samples import Block, mono
from realtime_client.errors import AudioError

_NOTHING_ELSE = {"protocol_whitelist": "none"}
"""No protocol has this name: whatever a playlist points at is not opened."""


class Reader:
    """One file: :meth:`open`, then :meth:`blocks`; :meth:`close` at any time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._container: InputContainer | None = None

    def open(self) -> float | None:
        """Open the file. Answers its length in seconds, as its header has it; None if it does not say.

        Raises: AudioError.
        """
        try:
            self._file = self._path.open("rb")
            container = av.open(self._file, "r", options=_NOTHING_ELSE, metadata_errors="ignore")
        except av.FFmpegError as error:
            raise AudioError(
                f"{self._path}: no sound file that FFmpeg can read ({error.strerror})"
            ) from error
        except OSError as error:
            raise AudioError(f"{self._path}: {error.strerror}") from error
        self._container = container
        if not container.streams.audio:
            raise AudioError(f"{self._path}: there is no sound in this file")
        duration = container.duration
        return None if duration is None or duration <= 0 else duration / av.time_base

    def blocks(self) -> Iterator[Block]:
        """The sound, as long as it lasts. Raises: AudioError, naming the second where it went wrong."""
        assert self._container is not None
        stream = self._container.streams.best("audio")
        assert isinstance(stream, av.AudioStream)
        seconds = 0.0
        try:
            for frame in self._container.decode(stream):
                yield Block(mono(_channels(frame)), frame.sample_rate)
                seconds += frame.samples / frame.sample_rate
        except (av.FFmpegError, AudioError, ValueError, OSError) as error:
            reason = getattr(error, "strerror", None) or error
            raise AudioError(f"{self._path}: at {seconds:.1f} s: {reason}") from error
        if seconds == 0:
            raise AudioError(f"{self._path}: there is not one sample in this file")

    def close(self) -> None:
        """Let the file go."""
        if self._container is not None:
            self._container.close()
        if self._file is not None:
            self._file.close()


def _channels(frame: av.AudioFrame) -> Any:
    """The samples as ``(samples, channels)``; FFmpeg keeps them by channel (planar) or by sample (packed)."""
    samples = frame.to_ndarray()
    return samples.T if frame.format.is_planar else samples.reshape(-1, frame.layout.nb_channels)

"""Where the program writes: its output, its complaints, and one line of progress on a terminal.

May live here: writing. Whether there is a terminal is decided once, when the console is made.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import unicodedata
from pathlib import Path
from typing import TextIO

PROGRAM = "realtime-client"

_CLEAR = "\r\x1b[K"


class Console:
    """Output goes to standard output or a file, the rest to standard error.

    The line of progress is rewritten in place, and is gone whenever something else is written.
    """

    def __init__(self) -> None:
        self._progress = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._shown = ""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a letter that the terminal lacks stops nothing

    @property
    def has_progress(self) -> bool:
        """Whether anybody sees the line of progress."""
        return self._progress

    def progress(self, text: str) -> None:
        """Show ``text`` as the line of progress, cut to the width of the terminal."""
        if not self._progress:
            return
        line = fitting(text, shutil.get_terminal_size().columns - 1)
        if line != self._shown:
            sys.stderr.write(f"{_CLEAR}{line}")
            sys.stderr.flush()
            self._shown = line

    def clear(self) -> None:
        """Take the line of progress away."""
        if self._shown:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
            self._shown = ""

    def complain(self, text: str) -> None:
        """Say what went wrong."""
        self.clear()
        print(f"{PROGRAM}: {text}", file=sys.stderr, flush=True)

    def write(self, text: str, stream: TextIO) -> None:
        """Output, at once."""
        self.clear()
        stream.write(text)
        stream.flush()


class Output:
    """Standard output, or a file, which is made when there is something to write into it."""

    def __init__(self, console: Console, path: Path | None) -> None:
        self._console = console
        self._path = path
        self._file: TextIO | None = None

    def write(self, text: str) -> None:
        """Write, so that a reader sees it at once; nothing for nothing. Raises: OSError."""
        if not text:
            return
        if self._path is not None and self._file is None:
            self._file = self._path.open("w", encoding="utf-8")
        self._console.write(text, self._file or sys.stdout)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def fitting(text: str, columns: int) -> str:
    """``text`` cut to so many columns of a terminal; some characters take two, some none."""
    used = 0
    for place, character in enumerate(text):
        used += _columns(character)
        if used > columns:
            return text[:place]
    return text


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

"""One file, from the connection to its last transcript.

May live here: the job. What it writes is the form's matter, and where, the console's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from realtime_client.assembler import Transcript
from realtime_client.audio.playing import Pace, Progress
from realtime_client.audio.sources import AudioFile
from realtime_client.client import RealtimeClient
from realtime_client.config import TranscriptionSession
from realtime_client.connector import TransportName
from realtime_client.errors import RealtimeError
from realtime_client.events import ErrorEvent
from realtime_client.session import RealtimeSession
from realtime_client.transcribe.console import Console, Output
from realtime_client.transcribe.forms import Form, in_file, one_line


class TooLate(RealtimeError):
    """The last transcripts did not come in time."""


@dataclass(frozen=True, slots=True)
class Way:
    """How every file is done. ``patience``: seconds to wait for transcripts after the end of the sound."""

    session: TranscriptionSession
    transport: TransportName
    pace: Pace
    commit: bool
    patience: float
    form: Form


class Job:
    """One file; :meth:`run` does it. ``flaws`` counts what went wrong without ending it."""

    def __init__(self, file: Path, way: Way, console: Console, output: Output) -> None:
        self.flaws = 0
        self._file = file
        self._way = way
        self._console = console
        self._output = output
        self._turns: dict[str, Transcript] = {}
        self._sent = Progress(0.0)
        self._partial = ""

    async def run(self, client: RealtimeClient) -> None:
        """Connect, send the file, write what comes. Raises: RealtimeError; OSError from the output."""
        way, source = self._way, AudioFile(self._file)
        await source.length()  # what cannot be read is told before a session is begun
        self._console.progress(f"{self._file.name}  connecting")
        async with client.connect(way.session, transport=way.transport) as session:
            try:
                await self._read_while(self._speak(session, source), session)
            finally:
                for turn in session.turns:
                    self._take(turn)
                end_ms = round(self._sent.seconds * 1000)
                self._output.write(way.form.of_file(tuple(self._turns.values()), end_ms))

    async def _speak(self, session: RealtimeSession, source: AudioFile) -> None:
        way = self._way
        await session.stream(source, pace=way.pace, commit=way.commit, progress=self._progressed)
        try:
            async with asyncio.timeout(way.patience):
                await session.flush()
        except TimeoutError as error:
            left = sum(not turn.finished for turn in session.turns)
            what = f"{left} turns have no transcript" if left else "the server still hears speech"
            raise TooLate(f"{what} {way.patience:g} s after the end of the sound") from error

    async def _read_while(self, speaking: Coroutine[Any, Any, None], session: RealtimeSession) -> None:
        """Read until all is said. A lost connection, or an output that takes nothing, ends it earlier."""
        tasks = [asyncio.create_task(speaking), asyncio.create_task(self._read_turns(session))]
        tasks.append(asyncio.create_task(self._read_errors(session)))
        if self._console.has_progress:
            tasks.append(asyncio.create_task(self._read_partial_text(session)))
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            await ended.pop()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read_turns(self, session: RealtimeSession) -> None:
        async for turn in session.transcripts():
            self._take(turn)

    async def _read_errors(self, session: RealtimeSession) -> None:
        async for event in session:
            if isinstance(event, ErrorEvent):
                said = f"{event.code or event.error_type}: {event.message}"
                self._flaw(f"the server answers with an error: {said}")

    async def _read_partial_text(self, session: RealtimeSession) -> None:
        async for turn in session.updates():
            self._partial = "" if turn.finished else turn.text
            self._show()

    def _take(self, turn: Transcript) -> None:
        """Write a turn, once."""
        if turn.item_id in self._turns:
            return
        turn = self._turns[turn.item_id] = in_file(turn, self._sent.start_ms)
        if turn.status == "failed":
            place = "" if turn.start_ms is None else f" at {clock(turn.start_ms / 1000)}"
            self._flaw(f"the turn{place} has no transcript: {turn.error}")
        self._output.write(self._way.form.of_turn(str(self._file), turn))

    def _flaw(self, text: str) -> None:
        self.flaws += 1
        self._console.complain(f"{self._file}: {one_line(text)}")

    def _progressed(self, progress: Progress) -> None:
        self._sent = progress
        self._show()

    def _show(self) -> None:
        total = "" if self._sent.total is None else f" / {clock(self._sent.total)}"
        sent = f"{self._file.name}  {clock(self._sent.seconds)}{total}"
        self._console.progress(f"{sent}  {one_line(self._partial)}")


def clock(seconds: float) -> str:
    """Seconds as ``m:ss``, or ``h:mm:ss``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

"""Programs that are started, looked at and ended, each by its own process id."""

from __future__ import annotations

import json
import re
import select
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.model import FailedError

START_S = 20.0
STOP_S = 5.0
_URL = re.compile(rb"http://(?:127\.0\.0\.1|localhost):\d+")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has at a moment; ``cpu_s`` counts from its start, user and system, with its children."""

    cpu_s: float
    rss_bytes: int
    fds: int
    threads: int


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    url: str
    process: subprocess.Popen[bytes]

    def usage(self) -> Usage:
        """Of the server and its children. Raises FailedError when it is gone."""
        try:
            top = psutil.Process(self.process.pid)
            family = [top, *top.children(recursive=True)]
            times = [one.cpu_times() for one in family]
            return Usage(
                cpu_s=sum(each.user + each.system for each in times),
                rss_bytes=sum(one.memory_info().rss for one in family),
                fds=sum(one.num_fds() for one in family),
                threads=sum(one.num_threads() for one in family),
            )
        except psutil.Error as gone:
            raise FailedError(f"the server is gone: {gone}") from None


@contextmanager
def running(
    command: Sequence[str], *, log: Path, env: dict[str, str], core: int | None = None
) -> Iterator[Server]:
    """A server while the block runs. It says its address on its standard output when it is ready.

    Args:
        core: pin it to this core, where there is ``taskset``.

    Raises:
        FailedError: it ended, or said nothing for START_S.
    """
    with log.open("wb") as errors:
        process = subprocess.Popen(
            pinned(command, core), stdout=subprocess.PIPE, stderr=errors, env=env, stdin=subprocess.DEVNULL
        )
        try:
            address = _address(process, log)
            threading.Thread(target=_drain, args=[process], daemon=True).start()
            yield Server(address, process)
        finally:
            stop(process)


def _drain(process: subprocess.Popen[bytes]) -> None:
    """Read what nobody wants, so that the server never waits for a reader; ends with the process."""
    with suppress(OSError, ValueError):  # the pipe is closed when the server is stopped
        while process.stdout and process.stdout.read1(65536):  # type: ignore[attr-defined]
            pass


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    assert process.stdout is not None
    deadline, heard = time.monotonic() + START_S, b""
    while time.monotonic() < deadline:
        if not select.select([process.stdout], [], [], 0.2)[0]:
            continue
        part = process.stdout.read1(65536)  # type: ignore[attr-defined]
        heard += part
        if found := _URL.search(heard):
            return found[0].decode()
        if not part:
            break
    tail = log.read_text(encoding="utf-8", errors="replace")[-500:].strip()
    raise FailedError(f"the server did not start: {tail or heard.decode(errors='replace')}")


def stop(process: subprocess.Popen[Any]) -> None:
    """Ask a process to end, then make it, and take its children along."""
    children = []
    with suppress(psutil.Error):
        children = psutil.Process(process.pid).children(recursive=True)
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for child in children:
        with suppress(psutil.Error):
            child.kill()
    for pipe in (process.stdout, process.stdin, process.stderr):
        if pipe:
            pipe.close()


def pinned(command: Sequence[str], core: int | None) -> list[str]:
    """The command, held on one core. On a machine with a single core, or without taskset, as it is."""
    if core is None or (psutil.cpu_count() or 1) < 2 or shutil.which("taskset") is None:
        return list(command)
    return ["taskset", "-c", str(core), *command]


class Generator:
    """A program that makes load and says JSON, a line at a time."""

    def __init__(
        self, command: Sequence[str], *, log: Path, env: dict[str, str], core: int | None, patience: float
    ) -> None:
        """``patience``: seconds after which it is ended, whatever it does."""
        self._deadline = time.monotonic() + patience
        self._errors = log.open("wb")
        self._log = log
        self._buffer = b""
        self.process = subprocess.Popen(
            pinned(command, core),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=env,
        )

    def __enter__(self) -> Generator:
        return self

    def __exit__(self, *_: object) -> None:
        stop(self.process)
        self._errors.close()

    def line(self) -> dict[str, Any] | None:
        """The next line; None at the end. Raises FailedError when its time is over or it failed."""
        assert self.process.stdout is not None
        while b"\n" not in self._buffer:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise FailedError("the load generator took too long")
            if not select.select([self.process.stdout], [], [], min(left, 1.0))[0]:
                continue
            part = self.process.stdout.read1(1 << 20)  # type: ignore[attr-defined]
            if not part:
                self._end()
                return None
            self._buffer += part
        text, _, self._buffer = self._buffer.partition(b"\n")
        fact: dict[str, Any] = json.loads(text)
        return fact

    def _end(self) -> None:
        if self.process.wait():
            tail = self._log.read_text(encoding="utf-8", errors="replace").strip()[-300:]
            raise FailedError(f"the load generator failed: {tail}")

    def go_on(self) -> None:
        """Answer a program that waits for a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()


def ask_probe(server: Server, report: Path) -> dict[str, int]:
    """What peers/probed.py says about the server's inside. Raises FailedError when it says nothing."""
    before = report.read_text(encoding="ascii").count("\n") if report.exists() else 0
    server.process.send_signal(signal.SIGUSR1)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        lines = report.read_text(encoding="ascii").splitlines(keepends=True) if report.exists() else []
        if len(lines) > before and lines[-1].endswith("\n"):
            answer: dict[str, int] = json.loads(lines[-1])
            return answer
        time.sleep(0.02)
    raise FailedError("the probe did not answer")

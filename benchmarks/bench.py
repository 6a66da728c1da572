"""What the rows have in their hands: sizes, servers that run, generators that run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.contenders import Mode, command
from benchmarks.model import FailedError
from benchmarks.processes import Generator, Server, running
from benchmarks.scratch import Scratch, environment

SERVER_CORE = 0
GENERATOR_CORE = 1
_numbers = count()


@dataclass(frozen=True, slots=True)
class Bench:
    """One run of the benchmarks."""

    scratch: Scratch
    quick: bool

    def size(self, full: int, quick: int) -> int:
        """How many, in a full run and in a smoke."""
        return quick if self.quick else full

    @contextmanager
    def server(
        self, name: str, mode: Mode | None = None, *, probe: Path | None = None, pin: bool = True
    ) -> Iterator[Server]:
        """A contender's server while the block runs."""
        with self.program(command(self.scratch, name, mode, probe), name, pin=pin) as server:
            yield server

    @contextmanager
    def program(self, line: list[str], name: str, *, pin: bool = True) -> Iterator[Server]:
        """Any server while the block runs."""
        log, env = self._log(name), environment(self.scratch)
        with running(line, log=log, env=env, core=SERVER_CORE if pin else None) as server:
            yield server

    def generator(self, line: list[str], *, patience: float) -> Generator:
        """A generator of load, on a core of its own where there are two."""
        env = environment(self.scratch)
        return Generator(line, log=self._log("load"), env=env, core=GENERATOR_CORE, patience=patience)

    def python_load(self, module: str, *arguments: object, patience: float) -> Generator:
        """A generator of load/, in this interpreter."""
        line = [sys.executable, "-m", f"benchmarks.load.{module}", *map(str, arguments)]
        return self.generator(line, patience=patience)

    def times(self, module: str, *arguments: object, patience: float) -> list[float]:
        """What a generator of times says at its end. Raises FailedError when more than one in ten failed."""
        with self.python_load(module, *arguments, patience=patience) as load:
            said = load.line()
        return checked(said)

    def _log(self, name: str) -> Path:
        return self.scratch.logs / f"{name}-{next(_numbers)}.log"


def checked(said: dict[str, Any] | None) -> list[float]:
    """The times in a generator's last line. Raises FailedError when more than one in ten failed."""
    if said is None:
        raise FailedError("the load generator said nothing")
    times: list[float] = said["ms"]
    if not times or said["failed"] > len(times) // 9:
        raise FailedError(f"{said['failed']} of {said['failed'] + len(times)} failed: {said['problem']}")
    return times

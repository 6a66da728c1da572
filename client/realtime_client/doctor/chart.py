"""Which step is going on, and how long each took. May live here: the chart, which watches the phases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from realtime_client.doctor.report import Step

Tell = Callable[[Step], None]
"""Is given each step as soon as its outcome is known."""


class Chart:
    """The steps so far. ``notes`` gives the note of a step that has just been passed, ``clock`` seconds."""

    def __init__(
        self, names: tuple[str, ...], tell: Tell, notes: Callable[[str], str], clock: Callable[[], float]
    ) -> None:
        self.names = names
        self.current = names[0]
        self._tell = tell
        self._notes = notes
        self._clock = clock
        self._since: float | None = None
        self._steps: dict[str, Step] = {}

    def began(self, phase: str) -> None:
        """A step begins. Phases that are no steps here are let pass."""
        if phase in self.names:
            self.current, self._since = phase, self._clock()

    def done(self, phase: str) -> None:
        """The step that began last was passed."""
        if phase in self.names:
            self._enter(Step(phase, "passed", self._elapsed(phase), self._notes(phase)))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A step of the doctor's own; it is passed when the block ends well."""
        self.began(name)
        yield
        self.done(name)

    def failed(self, name: str, note: str) -> tuple[Step, ...]:
        """The step ``name`` failed, and with it the way ends. Answers all steps."""
        self._enter(Step(name, "failed", self._elapsed(name), note))
        return self.all()

    def all(self) -> tuple[Step, ...]:
        """Every step in its order; those without an outcome were not reached, and are told now."""
        for name in self.names:
            if name not in self._steps:
                self._enter(Step(name, "not reached"))
        return tuple(self._steps[name] for name in self.names)

    def _enter(self, step: Step) -> None:
        self._steps[step.name] = step
        self._tell(step)

    def _elapsed(self, name: str) -> float | None:
        if self._since is None or name != self.current:
            return None
        return (self._clock() - self._since) * 1000

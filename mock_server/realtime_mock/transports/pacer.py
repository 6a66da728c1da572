"""One timer for whatever every call does periodically, with the calls spread over the period.

A hundred calls that send in the same instant make the hundred-and-first wait; so a period is cut into
phases, and each call has one of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

Tick = Callable[[float], None]
"""Is called once in each period, with the loop's time in seconds."""

Failed = Callable[[Exception], None]
"""Is called with what a tick has raised; that tick is not called again."""

_MAX_BEHIND = 5  # periods that are made up for when the loop stood still; older ones are left out


class Pacer:
    """Calls its members once in each period. The timer runs only while there are members.

    Args:
        period: in seconds.
        phases: into how many instants of a period the members are spread.
    """

    def __init__(self, *, period: float, phases: int) -> None:
        self._step = period / phases
        self._phases: list[dict[Tick, Failed]] = [{} for _ in range(phases)]
        self._members: dict[Tick, int] = {}
        self._next = 0  # the phase whose turn it is at _due
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._running = False  # inside _run, which arms the timer itself

    def __len__(self) -> int:
        """How many members there are."""
        return len(self._members)

    def add(self, tick: Tick, failed: Failed) -> None:
        """Call ``tick`` from now on, in the emptiest phase. One that is there already stays where it is."""
        if tick in self._members:
            return
        order = range(len(self._phases))
        phase = min(order, key=lambda number: (len(self._phases[number]), self._wait(number)))
        self._members[tick] = phase
        self._phases[phase][tick] = failed
        if self._timer is None and not self._running:
            self._due = asyncio.get_running_loop().time()
            self._next = phase
        if not self._running:
            self._arm()

    def remove(self, tick: Tick) -> None:
        """Call it no more. Idempotent."""
        phase = self._members.pop(tick, None)
        if phase is not None:
            del self._phases[phase][tick]
        if not self._members and self._timer:
            self._timer.cancel()
            self._timer = None

    def _wait(self, phase: int) -> int:
        """How many phases come before this one."""
        return (phase - self._next) % len(self._phases)

    def _arm(self) -> None:
        """Sleep until the next phase that has members."""
        if self._timer:
            self._timer.cancel()
        count = len(self._phases)
        ahead = next(number for number in range(count) if self._phases[(self._next + number) % count])
        self._next = (self._next + ahead) % count
        self._due += ahead * self._step
        self._timer = asyncio.get_running_loop().call_at(self._due, self._run)

    def _run(self) -> None:
        self._running = True
        now = asyncio.get_running_loop().time()
        self._due = max(self._due, now - _MAX_BEHIND * self._step * len(self._phases))
        while self._due <= now:
            for tick, failed in tuple(self._phases[self._next].items()):
                if tick in self._members:  # not removed by the one before it
                    self._call(tick, failed, now)
            self._next = (self._next + 1) % len(self._phases)
            self._due += self._step
        self._running, self._timer = False, None
        if self._members:
            self._arm()

    def _call(self, tick: Tick, failed: Failed, now: float) -> None:
        try:
            tick(now)
        except Exception as problem:
            self.remove(tick)
            failed(problem)

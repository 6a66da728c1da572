"""API time. Everything that OpenAI's side would do by the clock asks here, and nothing else does.

Transport time (ICE consent, retransmissions, socket time-outs) stays with the event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Protocol

from realtime_mock.session.contract import Millis

EPOCH: Millis = 1_767_225_600_000
"""2026-01-01T00:00:00Z: where a manual clock starts."""


class Timer(Protocol):
    """Something planned that can be called off."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Tells the time in Unix milliseconds, and calls back."""

    def now(self) -> Millis: ...

    def call_at(self, due: Millis, callback: Callable[[], None]) -> Timer: ...


class RealClock:
    """The wall clock at start, moved on by the monotonic one: it never goes back."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> Millis:
        """Unix milliseconds."""
        return int((time.monotonic() + self._offset) * 1000)

    def call_at(self, due: Millis, callback: Callable[[], None]) -> Timer:
        """Call ``callback`` on the running loop, not before ``due``."""
        ahead = due - self.now()
        # One millisecond is added because now() rounds down: a callback never comes early.
        delay = (ahead + 1) / 1000 if ahead > 0 else 0
        return asyncio.get_running_loop().call_later(delay, callback)


class _ManualTimer:
    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class ManualClock:
    """Stands still until it is told to move. For tests."""

    def __init__(self, start: Millis = EPOCH) -> None:
        self._now = start
        self._timers: list[tuple[Millis, int, _ManualTimer]] = []
        self._count = 0

    def now(self) -> Millis:
        """Unix milliseconds."""
        return self._now

    def call_at(self, due: Millis, callback: Callable[[], None]) -> Timer:
        """Call ``callback`` from within the :meth:`advance` that reaches ``due``."""
        timer = _ManualTimer(callback)
        self._count += 1
        heappush(self._timers, (due, self._count, timer))
        return timer

    def advance(self, milliseconds: Millis) -> None:
        """Move on, and run what falls due on the way, each at its own instant."""
        goal = self._now + milliseconds
        while self._timers and self._timers[0][0] <= goal:
            due, _, timer = heappop(self._timers)
            self._now = max(self._now, due)
            if timer.callback:
                timer.callback()
        self._now = goal

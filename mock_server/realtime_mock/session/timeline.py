"""What a session has planned: actions, each with the instant at which it is due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush

from realtime_mock.session.contract import Effect, Millis

Action = Callable[[Millis], list[Effect]]


class Timeline:
    """Actions in the order of their instants; those of one instant in the order of their planning."""

    def __init__(self) -> None:
        self._planned: list[tuple[Millis, int, Action]] = []
        self._count = 0

    @property
    def deadline(self) -> Millis | None:
        """The instant of the next action; None when nothing is planned."""
        return self._planned[0][0] if self._planned else None

    def at(self, due: Millis, action: Action) -> None:
        """Plan ``action``; it is called with the time at which it really runs."""
        self._count += 1
        heappush(self._planned, (due, self._count, action))

    def due(self, now: Millis) -> Iterator[Action]:
        """Take out what is due, also what an action plans meanwhile for an instant not after ``now``."""
        while self._planned and self._planned[0][0] <= now:
            yield heappop(self._planned)[2]

    def clear(self) -> None:
        """Forget everything that is planned."""
        self._planned.clear()

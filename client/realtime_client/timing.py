"""The phases of getting connected. May live here: the limit that names a phase, and how to watch them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Protocol

from realtime_client.errors import Phase, PhaseTimeout


class PhaseWatcher(Protocol):
    """Who is told of each phase when it begins and when it is done. A phase that fails is never done."""

    def began(self, phase: Phase) -> None:
        """``phase`` begins now."""
        ...

    def done(self, phase: Phase) -> None:
        """``phase`` has reached what it is for."""
        ...


_watcher: ContextVar[PhaseWatcher | None] = ContextVar("realtime_client.phases", default=None)


@contextmanager
def watched(watcher: PhaseWatcher) -> Iterator[None]:
    """Tell ``watcher`` of every phase inside the block, and inside the tasks that are made in it."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


@asynccontextmanager
async def phase_limit(
    phase: Phase, seconds: float | None, state: Callable[[], str] = lambda: ""
) -> AsyncIterator[None]:
    """Bound the body to ``seconds`` (None: no limit). ``state`` describes where it stood, for the error.

    Raises: PhaseTimeout when this limit ran out. A time-out from elsewhere passes through.
    """
    watcher = _watcher.get()
    if watcher is not None:
        watcher.began(phase)
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if seconds is None or not limit.expired():
            raise
        raise PhaseTimeout(phase, seconds, state()) from error
    if watcher is not None:
        watcher.done(phase)

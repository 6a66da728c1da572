"""Limits for the phases of getting connected. May live here: the one context manager that names a phase."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from realtime_client.errors import Phase, PhaseTimeout


@asynccontextmanager
async def phase_limit(
    phase: Phase, seconds: float | None, state: Callable[[], str] = lambda: ""
) -> AsyncIterator[None]:
    """Bound the body to ``seconds`` (None: no limit). ``state`` describes where it stood, for the error.

    Raises: PhaseTimeout when this limit ran out. A time-out from elsewhere passes through.
    """
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if seconds is None or not limit.expired():
            raise
        raise PhaseTimeout(phase, seconds, state()) from error

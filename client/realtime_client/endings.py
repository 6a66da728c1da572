"""Ending things properly, whoever is cancelled. May live here: the one wait that is not cut short."""

from __future__ import annotations

import asyncio


async def to_its_end(task: asyncio.Task[None]) -> None:
    """Wait until ``task`` is done, also when the waiter is cancelled, which is raised afterwards.

    For closing: it takes a bounded time, and whoever leaves before it is done leaves something behind.
    What the task raises is raised.
    """
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    task.result()

"""One thread for what blocks: reading a file, decoding it, opening a device.

May live here: the thread. It does one thing after another, so what is handed to it needs no lock, and closing
comes after whatever was going on when the caller was cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from itertools import islice
from typing import TypeVar

Result = TypeVar("Result")

_BATCH = 25
"""Frames that are made in one go: half a second, so that an hour is never in memory."""


class Worker:
    """A thread of its own. Make it with :func:`worker`."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="realtime-sound")

    async def do(self, function: Callable[[], Result]) -> Result:
        """Call ``function`` in the thread. A cancelled caller does not stop it, and does not wait for it."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, function)

    async def each(self, frames: Iterator[bytes]) -> AsyncGenerator[bytes, None]:
        """Every frame of an iterator that blocks."""
        while batch := await self.do(lambda: list(islice(frames, _BATCH))):
            for frame in batch:
                yield frame


@asynccontextmanager
async def worker(close: Callable[[], None] = lambda: None) -> AsyncIterator[Worker]:
    """A worker; at the end ``close`` is the last thing that it does, and that is waited for."""
    made = Worker()
    try:
        yield made
    finally:
        closing = asyncio.wrap_future(made.thread.submit(close))
        made.thread.shutdown(wait=False)
        await asyncio.shield(closing)

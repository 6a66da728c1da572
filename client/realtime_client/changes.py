"""One small tool: wait until something, anything, has changed. Then look again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Changes:
    """Whoever changes the state calls :meth:`tell`; whoever waits for a state looks again each time.

    Any number may wait. Nothing is lost between a look and the wait, as both happen without an await
    between them.
    """

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(self, *_: object) -> None:
        """Something changed. Takes any arguments, so that it can be an event handler."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def until(self, look: Callable[[], Found | None]) -> Found:
        """Wait until ``look`` finds something that is not None. What it raises goes to the caller."""
        while (found := look()) is None:
            future = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            try:
                await future
            finally:
                self._waiting.discard(future)
        return found

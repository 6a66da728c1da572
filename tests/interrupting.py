"""Cancelling work at each place where it waits, one after the other, to see what is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

Work = Callable[[], Coroutine[Any, Any, None]]


class _CancelledAt:
    """Awaits ``work``, and cancels its own task at wait number ``number``, as ``Task.cancel()`` would there."""

    def __init__(self, work: Coroutine[Any, Any, None], number: int) -> None:
        self._work = work
        self._number = number

    def __await__(self) -> Generator[Any, Any, None]:
        waits = 0
        steps = self._work.__await__()
        try:
            pending = steps.send(None)
            while True:
                waits += 1
                if waits == self._number:
                    task = asyncio.current_task()
                    assert task is not None
                    task.cancel()
                try:
                    answer = yield pending
                except BaseException as error:
                    pending = steps.throw(error)
                else:
                    pending = steps.send(answer)
        except StopIteration:
            return


async def cancelled_at_every_wait(work: Work, check: Callable[[], Awaitable[None]]) -> int:
    """Do ``work`` again and again, cancelled one wait later each time; ``check`` what is left each time.

    Answers how many waits there are; the last time the work was not cancelled.
    """
    number = 0
    while True:
        number += 1

        async def attempt(at: int = number) -> None:
            await _CancelledAt(work(), at)

        task = asyncio.create_task(attempt())
        await asyncio.wait((task,))
        await check()
        if not task.cancelled():
            task.result()
            return number - 1


def sdk_tasks() -> list[str]:
    """Tasks that run code of the SDK, and none of a test."""
    return [
        repr(task)
        for task in asyncio.all_tasks()
        if any("realtime_client/" in frame.f_code.co_filename for frame in task.get_stack())
        and not any("tests/" in frame.f_code.co_filename for frame in task.get_stack())
    ]

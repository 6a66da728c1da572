"""Clocks: they tell the time and call back, in order."""

from __future__ import annotations

import asyncio

from realtime_mock.runtime.clock import EPOCH, ManualClock, RealClock


def test_a_manual_clock_stands_still() -> None:
    """Until it is told to move."""
    clock = ManualClock()
    assert (clock.now(), clock.now()) == (EPOCH, EPOCH)


def test_a_manual_clock_runs_what_falls_due_at_its_own_instant() -> None:
    """In the order of the instants, and of the planning within one; also what is planned on the way."""
    clock, seen = ManualClock(start=0), []

    def first() -> None:
        seen.append(("first", clock.now()))
        clock.call_at(15, lambda: seen.append(("planned on the way", clock.now())))

    clock.call_at(20, lambda: seen.append(("later", clock.now())))
    clock.call_at(10, first)
    clock.call_at(20, lambda: seen.append(("and then", clock.now())))
    clock.call_at(99, lambda: seen.append(("too far", clock.now())))
    clock.advance(50)
    assert seen == [("first", 10), ("planned on the way", 15), ("later", 20), ("and then", 20)]
    assert clock.now() == 50


def test_a_cancelled_timer_does_not_run() -> None:
    """Cancelling is final."""
    clock, seen = ManualClock(), []
    clock.call_at(EPOCH + 5, lambda: seen.append("ran")).cancel()
    clock.advance(10)
    assert seen == []


async def test_a_real_clock_never_calls_early() -> None:
    """When the callback runs, its instant has been reached."""
    clock = RealClock()
    due = clock.now() + 20
    reached = asyncio.get_running_loop().create_future()
    clock.call_at(due, lambda: reached.set_result(clock.now()))
    assert await asyncio.wait_for(reached, 10) >= due

"""The pacer and the shares of a turn, on an event loop whose time stands still until it is moved."""

from __future__ import annotations

import asyncio

import pytest

from realtime_mock.transports.fair import SHARE, WAITING, FairShare
from realtime_mock.transports.pacer import Pacer


class Timers:
    """A loop's ``time`` and ``call_at``, moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self._waiting: list[asyncio.TimerHandle] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: object) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, (), asyncio.get_running_loop())
        self._waiting.append(handle)
        return handle

    def advance(self, to: float) -> None:
        """Run what is due on the way, each at its time."""
        while due := [one for one in self._waiting if not one.cancelled() and one.when() <= to + 1e-9]:
            first = min(due, key=lambda one: one.when())
            self._waiting.remove(first)
            self.now = max(self.now, first.when())
            first._run()
        self.now = to

    @property
    def armed(self) -> int:
        """How many timers are waiting."""
        return sum(not one.cancelled() for one in self._waiting)


@pytest.fixture
async def timers(monkeypatch: pytest.MonkeyPatch) -> Timers:
    """In the place of the running loop's."""
    timers, loop = Timers(), asyncio.get_running_loop()
    monkeypatch.setattr(loop, "time", timers.time)
    monkeypatch.setattr(loop, "call_at", timers.call_at)
    return timers


def ignore(_problem: Exception) -> None:
    """Nothing fails here."""


def recorder(calls: list[float]) -> object:
    """A tick of its own."""
    return lambda now: calls.append(round(now - 100, 6))


async def test_members_are_spread_over_the_period(timers: Timers) -> None:
    """Each has its own phase, and its own rhythm; there is one timer for all."""
    pacer, calls = Pacer(period=0.02, phases=4), [[] for _ in range(4)]
    for one in calls:
        pacer.add(recorder(one), ignore)
    assert timers.armed == 1
    timers.advance(100.0449)
    assert calls == [[0.0, 0.02, 0.04], [0.005, 0.025], [0.01, 0.03], [0.015, 0.035]]


async def test_the_timer_runs_only_while_somebody_is_there(timers: Timers) -> None:
    """Removing the last member stops it, adding one starts it again at once."""
    pacer, calls = Pacer(period=0.02, phases=4), []
    tick = recorder(calls)
    pacer.add(tick, ignore)
    pacer.add(tick, ignore)
    timers.advance(100.021)
    pacer.remove(tick)
    pacer.remove(tick)
    assert (timers.armed, len(pacer)) == (0, 0)
    timers.advance(101)
    pacer.add(tick, ignore)
    timers.advance(101.001)
    assert calls == [0.0, 0.02, 1.0]


async def test_a_loop_that_stood_still_is_made_up_for_within_limits(timers: Timers) -> None:
    """Ticks of the last five periods come at once, older ones never; then the rhythm is as before."""
    pacer, calls = Pacer(period=0.02, phases=2), []
    pacer.add(recorder(calls), ignore)
    timers.advance(100.001)
    timers.now = 101.0
    timers.advance(101.0)
    late = len(calls) - 1
    timers.advance(101.1)
    assert (5 <= late <= 6, len(calls) - 1 - late) == (True, 5)


async def test_members_may_come_and_go_in_a_tick(timers: Timers) -> None:
    """One that removes itself is not called again; one that it adds is called, and there is one timer."""
    pacer, calls = Pacer(period=0.02, phases=2), []
    second = recorder(calls)

    def first(now: float) -> None:
        calls.append(round(now - 100, 6))
        pacer.remove(first)
        pacer.add(second, ignore)

    pacer.add(first, ignore)
    timers.advance(100.045)
    assert (len(calls), len(pacer), timers.armed) == (3, 1, 1)


async def test_a_tick_that_raises_is_removed_and_told(timers: Timers) -> None:
    """The others go on."""
    pacer, calls, told = Pacer(period=0.02, phases=1), [], []

    def broken(_now: float) -> None:
        raise LookupError("a bug")

    pacer.add(broken, told.append)
    pacer.add(recorder(calls), ignore)
    timers.advance(100.03)
    assert ([repr(one) for one in told], calls, len(pacer)) == (["LookupError('a bug')"], [0.0, 0.02], 1)


async def turn() -> None:
    """Let the loop go round once."""
    await asyncio.sleep(0)


async def test_a_flood_waits_for_the_next_turns_and_nobody_else_does() -> None:
    """A share of the flood in each turn, in order; another call's datagram at once; the excess is dropped."""
    fair, order = FairShare(), []

    def flood(data: bytes) -> None:
        order.append(int(data))

    def other(data: bytes) -> None:
        order.append(data)

    for number in range(SHARE + WAITING + 100):
        fair.hand(flood, b"%d" % number)
    fair.hand(other, b"ping")
    assert order == [*range(SHARE), b"ping"]
    turns = 0
    while len(order) < SHARE + WAITING + 1:
        before = len(order)
        await turn()
        turns += 1
        assert len(order) - before <= SHARE
        fair.hand(other, b"pong")
        assert order.pop() == b"pong"
    assert (order[-1], turns) == (SHARE + WAITING - 1, WAITING // SHARE)


async def test_a_call_at_its_ease_never_waits() -> None:
    """However many datagrams it has had, as long as there is a turn after each share."""
    fair, got = FairShare(), []
    for number in range(5 * SHARE):
        before = len(got)
        fair.hand(got.append, b"%d" % number)
        if len(got) == before:
            await turn()
    assert got == [b"%d" % number for number in range(5 * SHARE)]


async def test_a_call_that_has_ended_is_forgotten() -> None:
    """What waited for it is dropped, also when it is forgotten in the middle of its turn."""
    fair, got = FairShare(), []

    def handle(data: bytes) -> None:
        got.append(data)
        if len(got) == SHARE + 3:
            fair.forget(handle)

    for _ in range(3 * SHARE):
        fair.hand(handle, b"x")
    await turn()
    await turn()
    assert (len(got), fair._waiting) == (2 * SHARE, {})

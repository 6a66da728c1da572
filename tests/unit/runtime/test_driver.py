"""The driver: effects are carried out, the one timer is kept, and a fault is visible."""

from __future__ import annotations

import json

from realtime_mock.journal.record import Journal
from realtime_mock.protocol.ids import IdSource
from realtime_mock.runtime.clock import EPOCH, ManualClock
from realtime_mock.runtime.driver import Driver
from realtime_mock.session.contract import (
    ClientEvent,
    Close,
    Effect,
    Emit,
    Inbound,
    Millis,
    Note,
    Opened,
    Traits,
)


class FakeWire:
    """Remembers what was sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, object]] = []
        self.closed: list[tuple[int, str]] = []

    def send(self, text: str) -> None:
        self.sent.append(json.loads(text))

    def close(self, code: int, reason: str) -> None:
        self.closed.append((code, reason))


class FakeMachine:
    """Answers what it is given to answer, and remembers what it was told."""

    def __init__(self, *answers: list[Effect] | Exception, deadline: Millis | None = None) -> None:
        self.answers = list(answers)
        self.deadline = deadline
        self.fed: list[Inbound] = []
        self.woken: list[Millis] = []

    def feed(self, inbound: Inbound, now: Millis) -> list[Effect]:
        self.fed.append(inbound)
        answer = self.answers.pop(0) if self.answers else []
        if isinstance(answer, Exception):
            raise answer
        return answer

    def wake(self, now: Millis) -> list[Effect]:
        self.woken.append(now)
        self.deadline = None
        return [Emit({"type": "woken"})]


class Rig:
    """A driver with everything around it."""

    def __init__(self, machine: FakeMachine) -> None:
        self.clock, self.journal, self.wire, self.ends = ManualClock(), Journal(), FakeWire(), 0
        self.driver = Driver(
            machine,
            call="rtc_1",
            traits=Traits("track"),
            clock=self.clock,
            journal=self.journal,
            ids=IdSource(0, "s"),
            on_end=self._end,
        )

    def _end(self) -> None:
        self.ends += 1


def test_effects_are_carried_out() -> None:
    """An event is sent, a close closes, a note is journalled with its cause."""
    machine = FakeMachine([Emit({"type": "a"}), Note("because"), Close(1000, "done")])
    rig = Rig(machine)
    rig.driver.channel_opened(rig.wire)
    assert machine.fed == [Opened(Traits("track"))]
    assert rig.wire.sent == [{"type": "a"}]
    assert rig.wire.closed == [(1000, "done")]
    opened, note = rig.journal.of("channel.opened")[0], rig.journal.of("note")[0]
    assert note.cause == opened.n


def test_the_machine_is_woken_at_its_deadline() -> None:
    """Once, at the instant that it asked for."""
    machine = FakeMachine(deadline=EPOCH + 250)
    rig = Rig(machine)
    rig.driver.channel_opened(rig.wire)
    rig.clock.advance(1000)
    assert machine.woken == [EPOCH + 250]
    assert rig.wire.sent == [{"type": "woken"}]


def test_a_fault_is_visible_and_ends_the_call() -> None:
    """A raise in a session: a server_error to the client, the traceback in the journal, the call closed."""
    rig = Rig(FakeMachine(RuntimeError("a bug")))
    rig.driver.channel_opened(rig.wire)
    assert rig.wire.sent[0]["error"]["type"] == "server_error"
    assert rig.wire.closed == [(1011, "server_error")]
    assert "a bug" in rig.journal.of("fault")[0].data["traceback"]


def test_the_end_is_told_once_and_nothing_follows() -> None:
    """No timer, no event, no second end."""
    machine = FakeMachine(deadline=EPOCH + 250)
    rig = Rig(machine)
    rig.driver.channel_opened(rig.wire)
    rig.driver.ended("peer closed")
    rig.driver.ended("again")
    rig.driver.message("{}")
    rig.clock.advance(1000)
    assert (rig.ends, machine.woken, rig.wire.sent) == (1, [], [])


def test_sound_before_the_channel_is_not_heard() -> None:
    """There is nobody to tell of it."""
    machine = FakeMachine()
    rig = Rig(machine)
    rig.driver.audio(bytes(960))
    assert machine.fed == []


def test_a_huge_frame_is_not_kept_whole() -> None:
    """The journal says how much it left out; the session gets everything."""
    machine = FakeMachine()
    rig = Rig(machine)
    rig.driver.channel_opened(rig.wire)
    rig.driver.message("x" * 5000)
    assert machine.fed[-1] == ClientEvent("x" * 5000)
    assert rig.journal.of("client.event")[0].data["frame"] == "x" * 4096 + "… (and 904 characters)"

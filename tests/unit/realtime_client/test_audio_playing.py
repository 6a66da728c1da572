"""Sending a source: how fast, how far, what comes after it, and what is left when it is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_client import AudioError, ConnectionLost
from realtime_client.audio.playing import Pacer, Progress, Span, play
from realtime_client.audio.sources import AudioStream, Samples

SECOND = Samples(np.full(8000, 0.5), 8000)


@dataclass
class Wire:
    """A transport that keeps what it gets. ``slots`` is how many frames it takes before it is full."""

    rate: int = 8000
    live: bool = False
    position_ms: int = 0
    call_id: str | None = None
    frames: list[bytes] = field(default_factory=list)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(10**6))
    full: asyncio.Event = field(default_factory=asyncio.Event)
    drained: bool = False

    async def put_frame(self, frame: bytes) -> None:
        if self.slots.locked():
            self.full.set()
        await self.slots.acquire()
        self.frames.append(frame)
        self.position_ms += 20

    async def audio_sent(self) -> None:
        self.drained = True

    async def send(self, text: str) -> None:
        raise AssertionError("sound is no event")

    async def close(self) -> None:
        raise AssertionError("a transport is closed by its session")


async def test_a_source_and_the_silence_after_it() -> None:
    """All of the source, then the silence; the span is the source's own."""
    wire = Wire(position_ms=140)
    span = await play(SECOND, wire, pace="fast", silence=0.1)
    assert [any(frame) for frame in wire.frames] == [True] * 50 + [False] * 5
    assert {len(frame) for frame in wire.frames} == {320}
    assert span == Span(140, 1140)
    assert wire.drained


async def test_progress_is_told_after_each_frame() -> None:
    """Seconds that were handed over, of the length of the source where that is known; not the silence."""
    told: list[Progress] = []
    await play(Samples(np.zeros(480), 8000), Wire(), pace="fast", silence=1.0, progress=told.append)
    assert told == [Progress(0.02, 0.06), Progress(0.04, 0.06), Progress(0.06, 0.06)]

    async def chunks() -> AsyncIterator[bytes]:
        yield bytes(320)

    told.clear()
    await play(AudioStream(chunks(), 8000), Wire(), pace="fast", progress=told.append)
    assert told == [Progress(0.02, None)]


async def test_a_full_transport_holds_the_source_up() -> None:
    """The next chunk is asked for only when the last one was taken."""
    asked = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield bytes(320)

    wire = Wire(slots=asyncio.Semaphore(3))
    playing = asyncio.create_task(play(AudioStream(chunks(), 8000), wire, pace="fast"))
    async with asyncio.timeout(10):
        await wire.full.wait()
        for _ in range(20):
            await asyncio.sleep(0)
    assert len(wire.frames) == 3
    assert asked <= 5
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing


async def test_others_get_their_turn_while_it_goes_fast() -> None:
    """Neither this source nor this transport ever waits; still another task runs, and can stop it."""

    async def chunks() -> AsyncIterator[bytes]:
        while True:
            yield bytes(320)

    async with asyncio.timeout(10):
        playing = asyncio.create_task(play(AudioStream(chunks(), 8000), Wire(), pace="fast"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing


@pytest.mark.parametrize(
    ("failure", "source"),
    [(ConnectionLost("gone"), SECOND), (AudioError("bad"), SECOND)],
)
async def test_a_failure_of_the_transport_is_told(failure: Exception, source: Any) -> None:
    """It goes to the caller, and nothing of the source is left."""

    class Broken(Wire):
        async def put_frame(self, frame: bytes) -> None:
            raise failure

    with pytest.raises(type(failure)):
        await play(source, Broken(), pace="fast")
    assert {task.get_name() for task in asyncio.all_tasks()} == {asyncio.current_task().get_name()}  # type: ignore[union-attr]


def test_sound_is_due_a_little_before_its_time() -> None:
    """The first 0.4 s at once; then each piece that much ahead of its time."""
    pacer = Pacer(now=100.0)
    assert [round(pacer.wait(sent, now=100.0), 3) for sent in (0.0, 0.4, 0.5, 1.0)] == [0, 0, 0.1, 0.6]
    assert round(pacer.wait(10.0, now=109.0), 3) == 0.6
    assert round(pacer.end(10.0, now=109.6), 3) == 0.4
    assert pacer.end(10.0, now=120.0) == 0


def test_a_hold_up_is_not_made_up_for() -> None:
    """Ten seconds late, what follows is due in its own time again: 0.4 s ahead of it, and no more."""
    pacer = Pacer(now=0.0)
    assert pacer.wait(1.0, now=11.0) == 0
    assert [round(pacer.wait(sent, now=11.0), 3) for sent in (1.4, 1.5, 2.0)] == [0, 0.1, 0.6]


@given(steps=st.lists(st.floats(0, 3), min_size=1, max_size=50))
def test_it_is_never_faster_than_speech(steps: list[float]) -> None:
    """However the time goes by, between any two pieces no more sound is sent than the time and the lead."""
    pacer, now, sent = Pacer(now=0.0), 0.0, []
    for number, step in enumerate(steps):
        now += step
        now += pacer.wait(number * 0.02, now)
        sent.append((number * 0.02, now))
    for first, (sound, then) in enumerate(sent):
        for later_sound, later in sent[first:]:
            assert later_sound - sound <= later - then + 0.4 + 1e-9

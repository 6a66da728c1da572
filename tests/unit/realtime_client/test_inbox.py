"""The inbox without a network: its bounds, its iterators, and how they end."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from realtime_client import ConnectionLost, EventsMissed
from realtime_client.events import read_event
from realtime_client.inbox import Inbox

TRANSCRIPTION = "conversation.item.input_audio_transcription"


def say(inbox: Inbox, **event: Any) -> None:
    """One event arrives."""
    inbox.take(read_event(json.dumps(event)))


def commit(inbox: Inbox, item: str, previous: str | None = None) -> None:
    say(inbox, type="input_audio_buffer.committed", item_id=item, previous_item_id=previous)


async def test_what_nobody_reads_is_let_go_and_told() -> None:
    """The oldest events go first, and the reader is told how many."""
    inbox = Inbox(limit=2)
    for name in ("a", "b", "c", "d"):
        say(inbox, type=name)
    inbox.close()
    events = [event async for event in inbox.events()]
    assert events[0] == EventsMissed(type="", count=2)
    assert [event.type for event in events[1:]] == ["c", "d"]


async def test_transcripts_wait_for_their_turn() -> None:
    """A finished turn after an open one is given only when the open one is finished."""
    inbox = Inbox()
    commit(inbox, "a")
    commit(inbox, "b", "a")
    turns = inbox.transcripts()
    say(inbox, type=f"{TRANSCRIPTION}.completed", item_id="b", transcript="two")
    first = asyncio.create_task(anext(turns))
    await asyncio.sleep(0)
    assert not first.done()
    say(inbox, type=f"{TRANSCRIPTION}.completed", item_id="a", transcript="one")
    assert (await first).text == "one"
    assert (await anext(turns)).text == "two"


async def test_a_loss_comes_after_everything_that_was_received() -> None:
    """Unfinished text is given before the loss is raised; each reader gets everything."""
    inbox = Inbox()
    commit(inbox, "a")
    say(inbox, type=f"{TRANSCRIPTION}.delta", item_id="a", delta="Hel")
    inbox.end(ConnectionLost("gone"))
    for _ in range(2):
        turns = inbox.transcripts()
        last = await anext(turns)
        assert (last.text, last.status) == ("Hel", "partial")
        with pytest.raises(ConnectionLost, match="gone"):
            await anext(turns)


async def test_updates_give_the_newest_form() -> None:
    """A reader that was slow gets one update with all of the text, and then the next."""
    inbox = Inbox()
    for piece in ("Hel", "lo"):
        say(inbox, type=f"{TRANSCRIPTION}.delta", item_id="a", delta=piece)
    updates = inbox.updates()
    assert (await anext(updates)).text == "Hello"
    say(inbox, type=f"{TRANSCRIPTION}.completed", item_id="a", transcript="Hello.")
    assert [(await anext(updates)).status] == ["final"]


@pytest.mark.parametrize(
    ("end", "idle"), [("input_audio_buffer.committed", False), ("input_audio_buffer.cleared", True)]
)
async def test_speech_is_going_on_until_its_commit(end: str, idle: bool) -> None:
    """Speech that began is not idle; a clear ends it, a commit makes it an open turn."""
    inbox = Inbox()
    assert inbox.idle
    say(inbox, type="input_audio_buffer.speech_started", item_id="a", audio_start_ms=0)
    assert not inbox.idle
    say(inbox, type=end, item_id="a")
    assert inbox.idle == idle
    say(inbox, type=f"{TRANSCRIPTION}.completed", item_id="a", transcript="")
    assert inbox.idle


async def test_sent_events_are_remembered_for_a_while() -> None:
    """The memory for what was sent is bounded: the oldest are forgotten."""
    inbox = Inbox()
    for number in range(300):
        inbox.remember(f"evt_{number}", {"event_id": f"evt_{number}"})
    for number in (0, 299):
        say(inbox, type="error", error={"event_id": f"evt_{number}"})
    inbox.close()
    causes = [event.caused_by async for event in inbox.events()]  # type: ignore[attr-defined]
    assert causes == [None, {"event_id": "evt_299"}]


async def test_the_first_end_holds() -> None:
    """A loss that is followed by close() stays a loss."""
    inbox = Inbox()
    inbox.end(ConnectionLost("gone"))
    inbox.close()
    with pytest.raises(ConnectionLost, match="gone"):
        inbox.raise_if_ended()

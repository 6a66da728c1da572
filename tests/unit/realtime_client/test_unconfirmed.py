"""What a new session has to hear again: the log of the sound that has no transcript yet."""

from __future__ import annotations

import json
from typing import Any

import pytest

from realtime_client.events import ErrorEvent, Event, read_event
from realtime_client.unconfirmed import Unconfirmed

ITEM = "conversation.item.input_audio_transcription"


def event(kind: str, **fields: Any) -> Event:
    return read_event(json.dumps({"type": kind, **fields}))


def told(log: Unconfirmed, *events: Event) -> None:
    for one in events:
        log.follow(one)


def speak(log: Unconfirmed, count: int, first: int = 0) -> None:
    """Frames that can be told from one another: each is its number."""
    for number in range(first, first + count):
        log.frame(bytes([number]))


def heard(log: Unconfirmed) -> list[int | str]:
    """The numbers of the frames that are kept, and the names of the commits."""
    return [entry.commit["event_id"] if entry.frame is None else entry.frame[0] for entry in log.entries]


@pytest.fixture
def log() -> Unconfirmed:
    return Unconfirmed(limit=10.0)


def test_a_turn_is_kept_until_its_transcript(log: Unconfirmed) -> None:
    """A commit alone confirms nothing: the transcript may still be lost."""
    speak(log, 10)
    told(log, event("input_audio_buffer.speech_stopped", item_id="a", audio_end_ms=120))
    told(log, event("input_audio_buffer.committed", item_id="a"))
    assert heard(log) == list(range(10))
    told(log, event(f"{ITEM}.completed", item_id="a", transcript="Hello."))
    assert heard(log) == [6, 7, 8, 9]


def test_turns_that_finish_out_of_order(log: Unconfirmed) -> None:
    """The second turn's transcript confirms nothing while the first has none; then both are confirmed."""
    speak(log, 10)
    for item, end in (("a", 80), ("b", 160)):
        told(log, event("input_audio_buffer.speech_stopped", item_id=item, audio_end_ms=end))
        told(log, event("input_audio_buffer.committed", item_id=item))
    told(log, event(f"{ITEM}.completed", item_id="b", transcript="two"))
    assert heard(log) == list(range(10))
    told(log, event(f"{ITEM}.failed", item_id="a"))
    assert heard(log) == [8, 9]


def test_a_commit_stands_where_it_was_sent(log: Unconfirmed) -> None:
    """Without turn detection the client's commits end the turns, and go again in their places."""
    speak(log, 3)
    log.commit({"event_id": "first"})
    speak(log, 2, first=3)
    log.commit({"event_id": "second"})
    speak(log, 1, first=5)
    assert heard(log) == [0, 1, 2, "first", 3, 4, "second", 5]
    told(log, event("input_audio_buffer.committed", item_id="a"))
    told(log, event(f"{ITEM}.completed", item_id="a", transcript="one"))
    assert heard(log) == [3, 4, "second", 5]


def test_a_refused_commit_is_none(log: Unconfirmed) -> None:
    """A commit that the server refused is not sent again, and the next one ends the turn."""
    log.commit({"event_id": "empty"})
    speak(log, 2)
    refusal = ErrorEvent(type="error", error={}, caused_by={"event_id": "empty"})
    told(log, refusal)
    log.commit({"event_id": "good"})
    assert heard(log) == [0, 1, "good"]
    told(log, event("input_audio_buffer.committed", item_id="a"))
    told(log, event(f"{ITEM}.completed", item_id="a", transcript="one"))
    assert heard(log) == []


def test_what_the_application_clears_is_not_said_again(log: Unconfirmed) -> None:
    """A clear takes the sound after the last commit, and nothing before it."""
    speak(log, 2)
    log.commit({"event_id": "one"})
    speak(log, 3, first=2)
    log.clear()
    assert heard(log) == [0, 1, "one"]


def test_memory_is_bounded() -> None:
    """Only the newest sound is kept, as far back as the limit goes."""
    log = Unconfirmed(limit=0.1)
    speak(log, 20)
    assert (heard(log), log.sound_ms) == ([15, 16, 17, 18, 19], 100)


def test_a_new_session_counts_from_what_it_hears_first(log: Unconfirmed) -> None:
    """Times and commits of the new session fit the sound that was sent again, not the old session's."""
    speak(log, 10)
    told(log, event("input_audio_buffer.speech_stopped", item_id="a", audio_end_ms=80))
    told(log, event("input_audio_buffer.committed", item_id="a"))
    told(log, event(f"{ITEM}.completed", item_id="a", transcript="one"))
    log.begin_again()
    assert heard(log) == [4, 5, 6, 7, 8, 9]
    told(log, event("input_audio_buffer.speech_stopped", item_id="b", audio_end_ms=60))
    told(log, event("input_audio_buffer.committed", item_id="b"))
    told(log, event(f"{ITEM}.completed", item_id="b", transcript="two"))
    assert heard(log) == [7, 8, 9]


def test_an_end_that_never_comes_confirms_nothing(log: Unconfirmed) -> None:
    """A transcript for an item whose place is not known leaves all as it is."""
    speak(log, 2)
    told(log, event(f"{ITEM}.completed", item_id="stranger", transcript="?"))
    assert heard(log) == [0, 1]

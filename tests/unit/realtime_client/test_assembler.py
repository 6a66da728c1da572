"""The assembler: spoken order out of any order of arrival."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_client.assembler import Transcript, TranscriptAssembler
from realtime_client.events import read_event

TRANSCRIPTION = "conversation.item.input_audio_transcription"


def committed(item: str, previous: str | None) -> dict[str, Any]:
    return {"type": "input_audio_buffer.committed", "item_id": item, "previous_item_id": previous}


def added(item: str, previous: str | None, kind: str = "input_audio", name: str = "added") -> dict[str, Any]:
    content = [{"type": kind, "transcript": None}]
    return {
        "type": f"conversation.item.{name}",
        "previous_item_id": previous,
        "item": {"id": item, "content": content},
    }


def delta(item: str, text: str) -> dict[str, Any]:
    return {"type": f"{TRANSCRIPTION}.delta", "item_id": item, "delta": text}


def completed(item: str, text: str) -> dict[str, Any]:
    return {"type": f"{TRANSCRIPTION}.completed", "item_id": item, "transcript": text}


def failed(item: str, message: str | None = None) -> dict[str, Any]:
    return {"type": f"{TRANSCRIPTION}.failed", "item_id": item, "error": {"message": message}}


def assemble(*events: dict[str, Any]) -> TranscriptAssembler:
    """Feed events as they look on the wire."""
    assembler = TranscriptAssembler()
    for event in events:
        assembler.feed(read_event(json.dumps(event)))
    return assembler


def shown(assembler: TranscriptAssembler) -> list[tuple[str, str, str]]:
    return [(turn.item_id, turn.status, turn.text) for turn in assembler.turns]


def test_completions_out_of_order() -> None:
    """Committed A, B, C; completed B, A, C: the turns are A, B, C."""
    assembler = assemble(
        committed("a", None),
        committed("b", "a"),
        committed("c", "b"),
        completed("b", "Yeah."),
        completed("a", "I just can't get over it."),
        completed("c", "Okay."),
    )
    assert assembler.text == "I just can't get over it.\nYeah.\nOkay."


def test_text_grows_and_is_then_final() -> None:
    """Deltas add up; the completed text holds, and what comes after it changes nothing."""
    assembler = assemble(committed("a", None), delta("a", "Hel"), delta("a", "lo"))
    assert shown(assembler) == [("a", "partial", "Hello")]
    for late in (completed("a", "Hello."), delta("a", "!"), failed("a"), completed("a", "Bye.")):
        assembler.feed(read_event(json.dumps(late)))
    assert shown(assembler) == [("a", "final", "Hello.")]


def test_deltas_before_the_commit() -> None:
    """A live model speaks of an item before it is announced; its place is found later."""
    assembler = assemble(
        committed("a", None), delta("c", "third"), committed("b", "a"), committed("c", "b"), delta("b", "2nd")
    )
    assert shown(assembler) == [("a", "partial", ""), ("b", "partial", "2nd"), ("c", "partial", "third")]


def test_items_in_between_that_are_not_spoken() -> None:
    """An assistant's item, or one that was never announced, gives a place and is no turn."""
    assembler = assemble(
        committed("a", None),
        committed("c", "reply"),
        added("reply", "a", kind="output_text"),
        committed("d", "ghost"),
        committed("b", "a"),
    )
    assert [turn.item_id for turn in assembler.turns] == ["a", "c", "b", "d"]


def test_a_null_predecessor_does_not_move_an_item() -> None:
    """item.done may say null where item.added knew better."""
    assembler = assemble(
        committed("a", None), added("b", "a"), added("b", None, name="done"), committed("c", "b")
    )
    assert [turn.item_id for turn in assembler.turns] == ["a", "b", "c"]


def test_circles_are_refused() -> None:
    """Items that follow each other, or themselves, are all still there."""
    assembler = assemble(committed("a", "b"), committed("b", "a"), committed("c", "c"))
    assert sorted(turn.item_id for turn in assembler.turns) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("message", "reason"), [("too noisy", "too noisy"), (None, "the server gave no reason")]
)
def test_a_failed_turn_keeps_its_text(message: str | None, reason: str) -> None:
    """What had come before the failure stays, with the reason."""
    assembler = assemble(committed("a", None), delta("a", "Hel"), failed("a", message))
    assert assembler.turns == (Transcript("a", "Hel", "failed", error=reason),)


def test_a_text_after_a_failure_wins() -> None:
    """A completion is better news than the failure before it."""
    assert shown(assemble(failed("a"), delta("a", "x"), completed("a", "Hi"))) == [("a", "final", "Hi")]


def test_speech_alone_is_no_turn() -> None:
    """speech_started may be followed by a clear; its time is kept for the commit."""
    speech = {"type": "input_audio_buffer.speech_started", "item_id": "a", "audio_start_ms": 96}
    stop = {"type": "input_audio_buffer.speech_stopped", "item_id": "a", "audio_end_ms": 960}
    assert assemble(speech).turns == ()
    (turn,) = assemble(speech, stop, committed("a", None)).turns
    assert (turn.start_ms, turn.end_ms) == (96, 960)


def test_settled_stops_at_the_first_open_turn() -> None:
    """A finished turn after an unfinished one waits."""
    events = [committed("a", None), committed("b", "a"), committed("c", "b")]
    assembler = assemble(*events, completed("a", "1"), completed("c", "3"))
    assert [turn.text for turn in assembler.settled] == ["1"]
    assembler.feed(read_event(json.dumps(failed("b"))))
    assert [turn.item_id for turn in assembler.settled] == ["a", "b", "c"]


def test_changed_since() -> None:
    """Each changed turn once, in its newest form, the oldest change first."""
    assembler = assemble(committed("a", None), committed("b", "a"))
    before = assembler.revision
    for event in (delta("a", "x"), delta("b", "y"), delta("a", "z")):
        assembler.feed(read_event(json.dumps(event)))
    assert [turn.text for turn in assembler.changed_since(before)] == ["y", "xz"]
    assert assembler.changed_since(assembler.revision) == ()


@given(st.data(), st.integers(1, 6))
def test_any_order_of_arrival_gives_the_spoken_order(data: st.DataObject, count: int) -> None:
    """Whatever the order in which commits and completions come, nothing is lost and the order is right."""
    items = [f"item_{number}" for number in range(count)]
    events = [committed(item, before) for item, before in zip(items, [None, *items], strict=False)]
    events += [completed(item, item.upper()) for item in items]
    assembler = assemble(*data.draw(st.permutations(events)))
    assert shown(assembler) == [(item, "final", item.upper()) for item in items]


IDS = st.sampled_from(["a", "b", "c", "d"])
ANY = st.one_of(
    st.builds(committed, IDS, st.none() | IDS),
    st.builds(added, IDS, st.none() | IDS, st.sampled_from(["input_audio", "output_text"])),
    st.builds(delta, IDS, st.text(max_size=3)),
    st.builds(completed, IDS, st.text(max_size=3)),
    st.builds(failed, IDS),
)


@given(st.lists(ANY, max_size=20))
def test_any_sequence_keeps_the_invariants(events: list[dict[str, Any]]) -> None:
    """Confused servers too: each item at most once, finished turns stay, settled is the finished start."""
    assembler = TranscriptAssembler()
    final: dict[str, str] = {}
    for event in events:
        assembler.feed(read_event(json.dumps(event)))
        turns = assembler.turns
        assert len({turn.item_id for turn in turns}) == len(turns)
        texts = {turn.item_id: turn.text for turn in turns if turn.status == "final"}
        assert final.items() <= texts.items()
        final = texts
        assert assembler.settled == turns[: len(assembler.settled)]
    assert {turn.item_id for turn in assembler.changed_since(0)} == {t.item_id for t in assembler.turns}

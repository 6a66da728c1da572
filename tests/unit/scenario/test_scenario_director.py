"""The director: which utterance gets which turn."""

from __future__ import annotations

import pytest

from realtime_mock.scenario.director import ScriptedDirector
from realtime_mock.scenario.loader import loads
from realtime_mock.session.cues import Pace, Segment, Transcribe, Utterance


def director(ending: str = "") -> ScriptedDirector:
    """A director of two turns; ``ending`` is YAML of the scenario's top level."""
    text = "summary: A test.\npace: {first_delta_ms: 1}\nturns: [{transcript: One.}, {transcript: Two.}]"
    return ScriptedDirector(loads(f"{text}\n{ending}", "test"))


def say(*, silent: bool = False) -> Utterance:
    """A second of speech, or of silence."""
    return Utterance("item_1", 0, 1000, silent)


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("repeat: last", ["One.", "Two.", "Two.", "Two.", "Two."]),
        ("repeat: all", ["One.", "Two.", "One.", "Two.", "One."]),
        ("otherwise: {transcript: Pardon.}", ["One.", "Two.", "Pardon.", "Pardon.", "Pardon."]),
        ("repeat: nothing\notherwise: {transcript: ''}", ["One.", "Two.", "", "", ""]),
        ("", ["One.", "Two."] + ["(the script 'test' has no more lines)"] * 3),
    ],
)
def test_turns_in_order_and_what_follows_them(ending: str, expected: list[str]) -> None:
    """Five utterances meet a script of two turns."""
    script = director(ending)
    assert [script.utterance(say()).text for _ in expected] == expected


def test_silence_is_understood_as_nothing_and_uses_up_no_turn() -> None:
    """A commit of silence completes with an empty transcript, and the script waits."""
    script = director()
    assert script.utterance(say(silent=True)) == Transcribe("", Pace(first_delta_ms=1))
    assert script.utterance(say()) == Transcribe("One.", Pace(first_delta_ms=1))


def test_a_turn_is_said_with_all_that_it_has() -> None:
    """Failure, languages and speakers reach the session."""
    text = (
        "summary: A test.\n"
        "turns: [{segments: [{speaker: a, text: One.}], languages: [en], fail: server_error}]\n"
    )
    script = ScriptedDirector(loads(text, "test"))
    assert script.utterance(say()) == Transcribe(
        "One.", failure="server_error", languages=("en",), segments=(Segment("a", "One."),)
    )


def test_what_was_never_played_is_known() -> None:
    """A script that was not used up names the turns that are left; one that was used up has none."""
    script = director()
    left = []
    for _ in range(4):
        left.append([turn.transcript for turn in script.unplayed])
        script.utterance(say())
    assert left == [["One.", "Two."], ["Two."], [], []]


def test_every_answer_has_a_pace() -> None:
    """The complaint about a used-up script comes at the scenario's pace too."""
    script = director()
    assert {script.utterance(say()).pace for _ in range(3)} == {Pace(first_delta_ms=1)}


def test_sessions_do_not_share_a_place_in_the_script() -> None:
    """Two directors of one scenario play from the beginning, each."""
    scenario = loads("summary: A test.\nturns: [{transcript: One.}]", "test")
    first, second = ScriptedDirector(scenario), ScriptedDirector(scenario)
    assert first.utterance(say()) == second.utterance(say()) == Transcribe("One.")

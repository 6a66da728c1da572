"""The language: every key, its shape and its sentence. A new word of the language is a new line here.

Theory: a scenario is a list of turns. Each piece of speech uses up one turn, in order, and is understood as
its transcript, or fails; ``repeat`` and ``otherwise`` say what happens when the turns are used up. Silence
uses up nothing.

The tables of docs/scenarios.md are held against this file by a test.
"""

from __future__ import annotations

from realtime_mock.scenario.shapes import Key, ListOf, Milliseconds, OneOf, Table, Text

_AN_HOUR = Milliseconds(most=3_600_000)

PACE = Table(
    "a pace",
    (
        Key(
            "first_delta_ms", _AN_HOUR, "from the commit (live: from the onset of speech) to the first delta"
        ),
        Key("delta_gap_ms", _AN_HOUR, "between two deltas"),
        Key("completed_ms", _AN_HOUR, "from the last delta to the completed (or failed) event"),
    ),
)

SEGMENT = Table(
    "a segment",
    (
        Key("speaker", Text(), "the speaker's label", required=True),
        Key("text", Text(), "what this speaker said", required=True),
    ),
)

_ANSWER = (
    Key("transcript", Text(may_be_empty=True), "what was understood"),
    Key("segments", ListOf(SEGMENT, "a segment"), "in its place: who said what, for the model that tells"),
    Key(
        "fail",
        OneOf(("server_error", "audio_unintelligible")),
        "the transcript fails, in these words of OpenAI's; what stands beside it comes before that",
    ),
    Key("languages", ListOf(Text(), "a language"), "what was spoken, for the model that tells"),
    Key("pace", PACE, "when the parts of this transcript come"),
)
_ONE_OF = ("transcript", "segments", "fail")

TURN = Table("a turn", _ANSWER, _ONE_OF)

OTHERWISE = Table("'otherwise'", _ANSWER, _ONE_OF)

SCENARIO = Table(
    "a scenario",
    (
        Key("summary", Text(), "what the scenario is for, in one sentence", required=True),
        Key("turns", ListOf(TURN, "a turn"), "what each piece of speech gets, in order", required=True),
        Key("repeat", OneOf(("last", "all", "nothing")), "what is played again when the turns are used up"),
        Key("otherwise", OTHERWISE, "what speech gets when the turns are used up and nothing repeats"),
        Key("pace", PACE, "the pace of every turn that has none of its own"),
    ),
)

"""What each model makes of a turn: its rhythm, its usage, what it reports, and how it fails; both dialects."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from conversations.playbook import Conversation, conversation
from realtime_mock.session.cues import Failure, Pace, Segment, Transcribe

COMMIT = {"type": "input_audio_buffer.commit"}
LOGPROBS = ["item.input_audio_transcription.logprobs"]
Dialect = Literal["beta", "ga"]


def by(model: str, dialect: Dialect = "ga", *, vad: bool = True, **rest: Any) -> dict[str, Any]:
    """A session in which ``model`` transcribes; without ``vad`` the client commits."""
    hints = rest.pop("hints", {})
    if dialect == "beta":
        config = {"input_audio_transcription": {"model": model, **hints}}
        return {**config, **({} if vad else {"turn_detection": None}), **rest}
    part = {"transcription": {"model": model, **hints}, **({} if vad else {"turn_detection": None})}
    return {"audio": {"input": part}, **rest}


def turn(*lines: Any, **options: Any) -> Conversation:
    """A conversation in which each line is spoken for 640 ms, and ended by silence; then the last is waited for."""
    talk = Conversation(*lines, **options).opens()
    for _ in lines:
        talk.hears("speech", 640).hears("silence", 256)
    return talk.waits(10_000)


# -- rhythms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["beta", "ga"])
def test_whisper_gives_the_whole_text_at_once(dialect: Dialect) -> None:
    """One delta that ends with a newline, and completed in the same instant."""
    talk = turn("Hello there.", dialect=dialect, config=by("whisper-1", dialect))
    assert talk.lines[-2:] == [
        "1794 < transcript.delta item 1 'Hello there.\\n'",
        "1794 < transcript.completed item 1 'Hello there.\\n'",
    ]


@pytest.mark.parametrize("dialect", ["beta", "ga"])
@pytest.mark.parametrize(
    "model", ["gpt-4o-transcribe", "gpt-4o-mini-transcribe-2025-12-15", "nobody-knows-me"]
)
def test_gpt_4o_gives_a_burst(dialect: Dialect, model: str) -> None:
    """Word pieces after the commit; a single piece is waited for like any other."""
    talk = turn("Hello", dialect=dialect, config=by(model, dialect))
    assert talk.lines[-2:] == [
        "1794 < transcript.delta item 1 'Hello'",
        "1993 < transcript.completed item 1 'Hello'",
    ]


def test_diarization_tells_who_spoke() -> None:
    """A segment follows the last delta of its text; the segments share the sound by their lengths."""
    segments = (Segment("caller", "Hi there."), Segment("agent", "Hello."))
    talk = turn(Transcribe("Hi there. Hello.", segments=segments), config=by("gpt-4o-transcribe-diarize"))
    assert talk.text == conversation("""
            0 < session.created
            0 ~ 640 ms of speech
           64 < buffer.speech_started item 1 start_ms 0
          640 ~ 256 ms of silence
          864 < buffer.speech_stopped item 1 end_ms 864
          864 < buffer.committed item 1 after nothing
          864 < conversation.item.added item 1 after nothing
          864 < conversation.item.done item 1 after nothing
         1794 < transcript.delta item 1 'Hi'
         1799 < transcript.delta item 1 ' there'
         1804 < transcript.delta item 1 '.'
         1804 < transcript.segment item 1 caller 0.0-0.49 s 'Hi there.'
         1809 < transcript.delta item 1 ' Hello'
         1814 < transcript.delta item 1 '.'
         1814 < transcript.segment item 1 agent 0.49-0.86 s 'Hello.'
         2013 < transcript.completed item 1 'Hi there. Hello.'
    """)


def test_a_segment_has_the_keys_of_the_types() -> None:
    """The keys of OpenAI's published type, and the one speaker of its example where the script names none."""
    (segment,) = turn("Hello.", config=by("gpt-4o-transcribe-diarize")).of("segment")
    assert list(segment) == [
        *("type", "event_id", "item_id", "content_index", "text", "id", "speaker", "start", "end")
    ]
    assert (segment["speaker"], segment["text"], segment["start"], segment["end"]) == (
        "spk_1",
        "Hello.",
        0.0,
        0.86,
    )


def test_other_models_run_the_speakers_together() -> None:
    """Only the diarizing model has segments; the text is the same."""
    segments = (Segment("caller", "Hi."), Segment("agent", "Hello."))
    talk = turn(Transcribe("Hi. Hello.", segments=segments), config=by("gpt-4o-transcribe"))
    assert talk.of("segment") == []
    assert talk.events[-1]["transcript"] == "Hi. Hello."


def test_gpt_transcribe_takes_turn_detection_and_waits_for_the_commit() -> None:
    """The turn detection is accepted and shown, and does nothing: no speech events, no item."""
    talk = Conversation("Hello.", config=by("gpt-transcribe"))
    talk.opens().hears("speech", 640).hears("silence", 1280).says(COMMIT).waits(2000)
    assert talk.text == conversation("""
            0 < session.created
            0 ~ 640 ms of speech
          640 ~ 1280 ms of silence
         1920 > input_audio_buffer.commit
         1920 < buffer.committed item 1 after nothing
         1920 < conversation.item.added item 1 after nothing
         1920 < conversation.item.done item 1 after nothing
         2850 < transcript.delta item 1 'Hello'
         2855 < transcript.delta item 1 '.'
         3054 < transcript.completed item 1 'Hello.'
    """)


# -- what a transcript carries ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("whisper-1", {"type": "duration", "seconds": 1}),
        ("gpt-transcribe", {"type": "duration", "seconds": 1}),
        ("gpt-live-transcribe", {"type": "duration", "seconds": 1}),
        (
            "gpt-4o-mini-transcribe",
            {
                "type": "tokens",
                "total_tokens": 13,
                "input_tokens": 9,
                "input_token_details": {"text_tokens": 0, "audio_tokens": 9},
                "output_tokens": 4,
            },
        ),
    ],
)
def test_the_usage_of_each_kind(model: str, expected: dict[str, Any]) -> None:
    """Seconds of all the sound, rounded up, or tokens."""
    talk = Conversation("Hello.", config=by(model, vad=False))
    talk.opens().hears("speech", 640).hears("silence", 256).says(COMMIT).waits(2000)
    assert talk.events[-1]["usage"] == expected


def test_the_prompt_costs_text_tokens() -> None:
    """The prompt's tokens are counted apart from the sound's."""
    talk = turn("Hello.", config=by("gpt-4o-transcribe", hints={"prompt": "Names: Ada"}))
    assert talk.events[-1]["usage"]["input_token_details"] == {"text_tokens": 3, "audio_tokens": 9}


def test_an_old_transcript_has_no_usage() -> None:
    """Before mid-2025 there was none (the era decides)."""
    talk = turn("Hello.", dialect="beta", config=by("whisper-1", "beta"), usage=False)
    assert list(talk.events[-1]) == ["type", "event_id", "item_id", "content_index", "transcript"]


@pytest.mark.parametrize(
    ("hints", "line", "expected"),
    [
        ({}, Transcribe("Hallo.", languages=("de", "en")), ["de", "en"]),
        ({"languages": ["de"]}, Transcribe("Hallo."), ["de"]),
        ({"language": "de"}, Transcribe("Hallo."), ["de"]),
        ({"languages": ["fr"]}, Transcribe("Hallo.", languages=("de",)), ["de"]),
        ({}, Transcribe("Hallo."), []),
    ],
)
def test_gpt_transcribe_tells_the_languages(hints: Any, line: Transcribe, expected: list[str]) -> None:
    """The script's word, else the session's hint, else an empty list: none could be told."""
    talk = Conversation(line, config=by("gpt-transcribe", hints=hints, vad=False))
    talk.opens().hears("speech", 640).says(COMMIT).waits(2000)
    assert talk.events[-1]["languages"] == [{"code": code} for code in expected]


def test_other_models_tell_no_languages() -> None:
    """The key is absent."""
    talk = turn(Transcribe("Hallo.", languages=("de",)), config=by("gpt-4o-transcribe"))
    assert "languages" not in talk.events[-1]


@pytest.mark.parametrize("dialect", ["beta", "ga"])
def test_logprobs_come_when_they_are_included(dialect: Dialect) -> None:
    """One for each delta, all of them in completed, with the keys of the types."""
    talk = turn("Hé!", dialect=dialect, config=by("gpt-4o-transcribe", dialect, include=LOGPROBS))
    (first, second), (completed,) = talk.of("delta"), talk.of("completed")
    assert [*first["logprobs"], *second["logprobs"]] == completed["logprobs"]
    assert [(each["token"], each["bytes"]) for each in completed["logprobs"]] == [
        ("Hé", [72, 195, 169]),
        ("!", [33]),
    ]
    assert all(-1 < each["logprob"] < 0 for each in completed["logprobs"])


@pytest.mark.parametrize(("model", "include"), [("gpt-4o-transcribe", None), ("whisper-1", LOGPROBS)])
def test_without_logprobs_there_is_no_such_key(model: str, include: Any) -> None:
    """Absent, not null: without ``include``, and for models that have none."""
    talk = turn("Hello.", config=by(model, include=include))
    assert [event for event in talk.events if "logprobs" in event] == []


# -- order and failure -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["beta", "ga"])
def test_a_later_item_may_be_completed_first(dialect: Dialect) -> None:
    """The items are in their order at once; their transcripts come at their own paces."""
    slow = Transcribe("One.", Pace(first_delta_ms=5000))
    talk = turn(slow, "Two.", dialect=dialect, config=by("gpt-4o-transcribe", dialect))
    items = [event["item_id"] for event in talk.of("committed")]
    assert [event["previous_item_id"] for event in talk.of("committed")] == [None, items[0]]
    assert [event["item_id"] for event in talk.of("completed")] == items[::-1]


@pytest.mark.parametrize("dialect", ["beta", "ga"])
@pytest.mark.parametrize(
    ("failure", "type_", "code", "message"),
    [
        ("server_error", "server_error", None, "Input transcription failed for item '{}'."),
        (
            "audio_unintelligible",
            "transcription_error",
            "audio_unintelligible",
            "The audio could not be transcribed.",
        ),
    ],
)
def test_one_failure_among_good_turns(
    dialect: Dialect, failure: Failure, type_: str, code: str | None, message: str
) -> None:
    """The failed event in its two forms, with no event_id in its error; the next turn is none the worse."""
    failing = Transcribe("", failure=failure)
    talk = turn(failing, "Two.", dialect=dialect, config=by("gpt-4o-transcribe", dialect))
    (failed,), (completed,) = talk.of("failed"), talk.of("completed")
    first, second = (event["item_id"] for event in talk.of("committed"))
    assert {key: value for key, value in failed.items() if key != "event_id"} == {
        "type": "conversation.item.input_audio_transcription.failed",
        "item_id": first,
        "content_index": 0,
        "error": {"type": type_, "code": code, "message": message.format(first), "param": None},
    }
    assert (completed["item_id"], completed["transcript"]) == (second, "Two.")

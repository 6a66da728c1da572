"""What a session.update may say about transcription: judged by its result, applied whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.playbook import Conversation

AUDIO = "session.audio.input"
VAD_REFUSED = "Turn detection is not supported for this transcription model."


def updated(talk: Conversation, **parts: Any) -> dict[str, Any]:
    """What the server answers to a GA update of ``audio.input``."""
    session = {"type": talk.session_kind, "audio": {"input": parts}}
    return talk.says({"type": "session.update", "event_id": "mine", "session": session}).events[-1]


def shown(event: dict[str, Any]) -> dict[str, Any]:
    """``audio.input`` of a session event."""
    part: dict[str, Any] = event["session"]["audio"]["input"]
    return part


@pytest.mark.parametrize("model", ["gpt-live-transcribe", "gpt-realtime-whisper"])
@pytest.mark.parametrize(
    "vad", [{}, {"turn_detection": {"type": "server_vad"}}, {"turn_detection": {"type": "semantic_vad"}}]
)
def test_a_live_model_refuses_turn_detection(model: str, vad: dict[str, Any]) -> None:
    """Also the default, which an update that does not mention it leaves in place (measured twice)."""
    answer = updated(Conversation().opens(), transcription={"model": model}, **vad)
    assert answer["error"] == {
        "type": "invalid_request_error",
        "code": "invalid_value",
        "message": VAD_REFUSED,
        "param": f"{AUDIO}.turn_detection",
        "event_id": "mine",
    }


def test_a_refused_update_changes_nothing() -> None:
    """The noise reduction beside it is discarded too; with an explicit null all of it is taken."""
    talk = Conversation().opens()
    noise = {"type": "far_field"}
    updated(talk, transcription={"model": "gpt-live-transcribe"}, noise_reduction=noise)
    before = updated(talk)
    after = updated(
        talk, transcription={"model": "gpt-live-transcribe"}, noise_reduction=noise, turn_detection=None
    )
    assert (shown(before)["transcription"], shown(before)["noise_reduction"]) == (None, None)
    assert (shown(after)["transcription"]["model"], shown(after)["noise_reduction"]) == (
        "gpt-live-transcribe",
        noise,
    )


def test_the_result_is_judged_not_the_update() -> None:
    """Turn detection alone is refused when a live model is set already, and the other way round."""
    talk = Conversation().opens()
    updated(talk, transcription={"model": "gpt-live-transcribe"}, turn_detection=None)
    assert updated(talk, turn_detection={"type": "server_vad"})["error"]["message"] == VAD_REFUSED
    both = updated(talk, transcription={"model": "whisper-1"}, turn_detection={"type": "server_vad"})
    assert both["type"] == "session.updated"
    assert updated(talk, transcription={"model": "gpt-live-transcribe"})["error"]["message"] == VAD_REFUSED


def test_a_beta_session_refuses_it_by_its_own_path() -> None:
    """The rule is the same; the param is that of the flat session (inferred)."""
    talk = Conversation(dialect="beta").opens()
    session = {"input_audio_transcription": {"model": "gpt-realtime-whisper"}}
    talk.says({"type": "transcription_session.update", "session": session})
    assert talk.events[-1]["error"]["param"] == "session.turn_detection"


@pytest.mark.parametrize("kind", ["transcription", "realtime"])
@pytest.mark.parametrize(
    ("model", "hints", "refused"),
    [
        ("whisper-1", {"languages": ["en"]}, "languages"),
        ("whisper-1", {"keywords": ["Ada"]}, "keywords"),
        ("gpt-4o-transcribe", {"prompt": "x", "delay": "low"}, "delay"),
        ("gpt-4o-mini-transcribe", {"keywords": ["Ada"], "languages": ["en"]}, "languages"),
        ("gpt-4o-transcribe-diarize", {"prompt": "x"}, "prompt"),
        ("gpt-realtime-whisper", {"prompt": "x"}, "prompt"),
        ("gpt-transcribe", {"delay": "low"}, "delay"),
        ("gpt-live-transcribe", {"language": "en", "languages": ["en"]}, "language"),
    ],
)
def test_a_hint_that_the_model_does_not_take(
    kind: Any, model: str, hints: dict[str, Any], refused: str
) -> None:
    """The whole update is refused, for the first of them in the order of the hints."""
    answer = updated(
        Conversation(kind=kind).opens(), transcription={"model": model, **hints}, turn_detection=None
    )
    assert (answer["error"]["code"], answer["error"]["message"], answer["error"]["param"]) == (
        "invalid_value",
        f"The '{refused}' parameter is not supported for this model.",
        f"{AUDIO}.transcription.{refused}",
    )


@pytest.mark.parametrize(
    ("given", "echoed"),
    [
        ({"model": "whisper-1"}, {"model": "whisper-1", "language": None, "prompt": None}),
        (
            {"model": "gpt-live-transcribe", "languages": ["ja"], "delay": "minimal"},
            {"model": "gpt-live-transcribe", "language": None, "languages": ["ja"], "prompt": None},
        ),
        (
            {"keywords": ["Ada"], "prompt": "absent", "model": "gpt-transcribe", "language": "en"},
            {"model": "gpt-transcribe", "language": "en", "prompt": "absent", "keywords": ["Ada"]},
        ),
        (
            {"model": "gpt-4o-transcribe", "language": None},
            {"model": "gpt-4o-transcribe", "language": None, "prompt": None},
        ),
    ],
)
def test_how_the_hints_are_echoed(given: dict[str, Any], echoed: dict[str, Any]) -> None:
    """In one order, with nulls for language and prompt; the delay is never heard of again (measured)."""
    answer = updated(Conversation().opens(), transcription=given, turn_detection=None)
    assert list(shown(answer)["transcription"].items()) == list(echoed.items())


def test_the_delay_outlives_an_update_of_something_else() -> None:
    """It is not echoed, but it is kept."""
    talk = Conversation("Hello there.").opens()
    updated(talk, transcription={"model": "gpt-live-transcribe", "delay": "minimal"}, turn_detection=None)
    updated(talk, noise_reduction={"type": "near_field"})
    assert talk.hears("speech", 640).lines[-1] == "576 < transcript.delta item 1 'Hello'"


def test_noise_reduction_and_include_are_echoed() -> None:
    """GA: both as they were said, and kept."""
    talk = Conversation().opens()
    session = {
        "type": "transcription",
        "audio": {"input": {"noise_reduction": {"type": "near_field"}}},
        "include": ["item.input_audio_transcription.logprobs"],
    }
    echoed = talk.says({"type": "session.update", "session": session}).events[-1]["session"]
    assert echoed["audio"]["input"]["noise_reduction"] == {"type": "near_field"}
    assert echoed["include"] == ["item.input_audio_transcription.logprobs"]


def test_noise_reduction_and_include_are_echoed_in_beta() -> None:
    """Beta: the same under its own names."""
    talk = Conversation(dialect="beta").opens()
    session = {
        "input_audio_noise_reduction": {"type": "far_field"},
        "include": ["item.input_audio_transcription.logprobs"],
    }
    echoed = talk.says({"type": "transcription_session.update", "session": session}).events[-1]["session"]
    assert {name: echoed[name] for name in session} == session


@pytest.mark.parametrize(
    ("hints", "code"),
    [({"prompt": "x" * 1025}, "string_above_max_length"), ({"keywords": ["a<b"]}, "invalid_value")],
)
def test_the_limits_of_the_hints(hints: dict[str, Any], code: str) -> None:
    """A prompt has at most 1024 characters, and a keyword no angle bracket or line break."""
    answer = updated(Conversation().opens(), transcription={"model": "gpt-transcribe", **hints})
    assert answer["error"]["code"] == code

"""The shipped scenarios do what their summaries say, with the rhythm of fixtures/audio/dictation.wav."""

from __future__ import annotations

from typing import Any

import pytest
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from conversations.playbook import Conversation
from realtime_mock.protocol.models import models
from realtime_mock.scenario.director import ScriptedDirector
from realtime_mock.scenario.library import names, shipped

SENTENCES_MS = [(288, 1536), (960, 1952), (960, 1376), (960, 1600)]
"""The silence before each sentence of the recording, and the sentence."""
DICTATION = [turn.transcript for turn in shipped("dictation").turns]


def played(name: str, model: str, *, commits: bool = False) -> Conversation:
    """The scenario, spoken to sentence by sentence; with ``commits`` the client ends each."""
    part: dict[str, Any] = {
        "transcription": {"model": model},
        **({"turn_detection": None} if commits else {}),
    }
    config = {"audio": {"input": part}, "include": ["item.input_audio_transcription.logprobs"]}
    talk = Conversation(config=config, director=ScriptedDirector(shipped(name))).opens()
    for silence_ms, speech_ms in SENTENCES_MS:
        talk.hears("silence", silence_ms).hears("speech", speech_ms)
        if commits:
            talk.says({"type": "input_audio_buffer.commit"})
    return talk.hears("silence", 1024).waits(10_000)


@pytest.mark.parametrize("model", ["whisper-1", "gpt-4o-mini-transcribe"])
def test_late_transcripts_come_out_of_order(model: str) -> None:
    """The first sentence is transcribed after the third; the items are in their order."""
    talk = played("late-transcripts", model)
    items = [event["item_id"] for event in talk.of("committed")]
    assert [items.index(event["item_id"]) for event in talk.of("completed")] == [1, 2, 0, 3]
    texts = {event["item_id"]: event["transcript"].strip() for event in talk.of("completed")}
    assert [texts[item] for item in items] == DICTATION


def test_the_noisy_line_loses_one_sentence() -> None:
    """The second item fails; the third follows it all the same."""
    talk = played("noisy-line", "gpt-4o-mini-transcribe")
    items = [event["item_id"] for event in talk.of("committed")]
    assert [event["previous_item_id"] for event in talk.of("committed")] == [None, *items[:-1]]
    assert [event["item_id"] for event in talk.of("failed")] == [items[1]]
    assert [event["transcript"] for event in talk.of("completed")] == [DICTATION[0], *DICTATION[2:]]


@pytest.mark.parametrize("model", ["gpt-live-transcribe", "gpt-realtime-whisper"])
def test_live_text_comes_before_each_commit(model: str) -> None:
    """Every sentence has begun to appear when its item is announced."""
    talk = played("live", model, commits=True)
    kinds = [event["type"].rpartition(".")[2] for event in talk.events]
    ahead = [kinds[:at].count("delta") for at, kind in enumerate(kinds) if kind == "committed"]
    first_deltas = list(dict.fromkeys(event["item_id"] for event in talk.of("delta")))
    assert first_deltas == [event["item_id"] for event in talk.of("committed")]
    assert ahead == sorted(set(ahead))
    assert ahead[0] > 0


def test_live_has_speakers_for_the_model_that_tells_them_apart() -> None:
    """Two in the second turn."""
    talk = played("live", "gpt-4o-transcribe-diarize")
    second = talk.of("committed")[1]["item_id"]
    speakers = [event["speaker"] for event in talk.of("segment") if event["item_id"] == second]
    assert speakers == ["caller", "colleague"]


def test_live_has_languages_for_the_model_that_tells_them() -> None:
    """Two in the second turn."""
    talk = played("live", "gpt-transcribe", commits=True)
    told = [[language["code"] for language in event["languages"]] for event in talk.of("completed")]
    assert told == [["en"], ["en", "de"], ["en"], ["en"]]


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize(
    "model", [model.name.rstrip("*") for model in models() if model.family == "transcription"]
)
def test_every_event_is_one_of_openais_types(name: str, model: str) -> None:
    """OpenAI's own SDK takes each event as the type that it names, and finds no key in it that it does not know."""
    published = TypeAdapter[Any](RealtimeServerEvent)
    for event in played(name, model, commits=True).events:
        read = published.validate_python(event)
        assert (read.type, set(read.model_extra or ()) - {"obfuscation"}) == (event["type"], set())

"""Transcripts in parts: joined they are the text, for every model and every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_mock.protocol.models import Model, models
from realtime_mock.session.cues import Segment
from realtime_mock.session.transcription import logprobs, parts, pieces, spoken

TRANSCRIBERS = [model for model in models() if model.family == "transcription"]
SEGMENTS = st.lists(st.builds(Segment, st.text(max_size=3), st.text(min_size=1, max_size=9)), max_size=4)


def test_the_pieces_of_the_captured_turn() -> None:
    """The text of the capture of 2026-09-18 came in six deltas."""
    assert pieces("Hello from the Gateway Probe.") == ["Hello", " from", " the", " Gateway", " Probe", "."]


@given(st.sampled_from(TRANSCRIBERS), SEGMENTS, st.text(max_size=30), st.integers(0, 60_000))
def test_the_deltas_are_the_transcript(model: Model, given_: list[Segment], text: str, audio_ms: int) -> None:
    """No character is lost; the segments are those of the script, one after the other, within the sound."""
    segments = tuple(given_)
    whole = spoken(" ".join(segment.text for segment in segments) if segments else text, model)
    found = parts(whole, segments, audio_ms, model)
    assert "".join(part.delta for part in found) == whole
    ends = [part for part in found if part.ends]
    if model.rhythm == "segments" and segments:
        assert tuple(part.ends for part in ends) == segments
    bounds = [bound for part in ends for bound in part.span]
    assert bounds == sorted(bounds)
    assert all(0 <= bound <= round(audio_ms / 1000, 2) for bound in bounds)


@given(st.lists(st.text(min_size=1, max_size=5), max_size=6))
def test_logprobs_are_of_their_tokens(deltas: list[str]) -> None:
    """Their bytes are the text, and a log probability is below zero."""
    found = logprobs(deltas)
    assert b"".join(bytes(each["bytes"]) for each in found) == "".join(deltas).encode()
    assert all(each["logprob"] < 0 for each in found)


@pytest.mark.parametrize("text", ["Hello.", ""])
def test_a_whole_text_ends_with_a_newline(text: str) -> None:
    """Unless there is none."""
    (whisper,) = (model for model in TRANSCRIBERS if model.rhythm == "whole")
    assert spoken(text, whisper) == (f"{text}\n" if text else "")

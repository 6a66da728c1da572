"""The table of models: its rows can be reached, know OpenAI's names, and are documented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from realtime_mock.protocol import data
from realtime_mock.protocol.models import HINTS, Hint, Model, Timing, find, models, transcriber

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "scenarios.md"
TRANSCRIBERS = [model for model in models() if model.family == "transcription"]
SCHEMA = json.loads((Path(data.__file__).parent / "schema.json").read_text(encoding="utf-8"))
SETTINGS = SCHEMA["dialects"]["ga"]["definitions"]["AudioTranscriptionParam"]["properties"]
PUBLISHED = [name for part in SETTINGS["model"]["anyOf"] for name in part.get("enum", ())]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.name)
def test_no_row_hides_another(model: Model) -> None:
    """The first row that a name matches is its own."""
    assert find(model.name.removesuffix("*")) == model


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_published_model_is_known(name: str) -> None:
    """The names in OpenAI's types have a row, and it is one of those that transcribe."""
    assert transcriber(name) in TRANSCRIBERS


def test_the_published_models_are_eight() -> None:
    """The types really name them: a new one fails here until it has a row."""
    assert len(PUBLISHED) == 8


def test_the_hints_are_those_of_the_types() -> None:
    """Everything that may be said to a model beside its name."""
    assert set(HINTS) == set(get_args(Hint)) == set(SETTINGS) - {"model"}


def test_a_model_nobody_knows_takes_everything() -> None:
    """It is not known to transcribe, and is not refused either."""
    assert find("parakeet") is None
    assert transcriber("parakeet") == transcriber(None) == Model("*", "transcription")


@pytest.mark.parametrize(("delay", "expected"), [(None, 1182), ("low", 920), ("unheard-of", 1182)])
def test_the_delay_changes_the_first_delta_alone(delay: str | None, expected: int) -> None:
    """The rest of a live model's timing stays."""
    model = transcriber("gpt-live-transcribe")
    assert model.timing_for(delay) == Timing(expected, 300, 300, 150)


@pytest.mark.parametrize("model", TRANSCRIBERS, ids=lambda model: model.name)
def test_the_documentation_has_every_model(model: Model) -> None:
    """docs/scenarios.md shows each row as the table has it."""
    cells = [
        *(f"`{model.name}`", model.rhythm, model.turn_detection, model.usage),
        *(", ".join(model.hints), ", ".join(model.reports)),
    ]
    row = "| " + " | ".join(cells).rstrip() + " |"
    assert row in DOCUMENTATION.read_text(encoding="utf-8")


def test_the_documentation_tells_the_timing() -> None:
    """The numbers on the page are those of the table."""
    page = " ".join(DOCUMENTATION.read_text(encoding="utf-8").split())
    burst, live = transcriber("gpt-4o-mini-transcribe").timing, transcriber("gpt-live-transcribe")
    assert f"{burst.first_delta_ms} ms to the first delta, {burst.delta_gap_ms} ms between deltas" in page
    assert f"{burst.completed_ms} ms to the completed event" in page
    *delays, (slowest, last_ms) = live.delays.items()
    told = ", ".join(f"{milliseconds} ({delay})" for delay, milliseconds in delays)
    assert f"{live.timing.first_delta_ms} ms after the onset of speech" in page
    assert f"{told} or {last_ms} ms ({slowest})" in page

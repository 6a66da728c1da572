"""Models: what a rule of the API needs to know of one. The table is ``data/models.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal

from realtime_mock.protocol.data import load_yaml

Family = Literal["realtime", "transcription"]


@dataclass(frozen=True, slots=True)
class Model:
    """A known model. ``rhythm`` and ``usage`` are those of its transcripts."""

    name: str
    family: Family
    rhythm: Literal["whole", "burst"] = "burst"
    usage: Literal["tokens", "duration"] = "tokens"


@cache
def _table() -> tuple[Model, ...]:
    return tuple(Model(**row) for row in load_yaml("models.yaml"))


def find(name: str) -> Model | None:
    """The first row that ``name`` matches; None for a model nobody knows."""
    return next((model for model in _table() if fnmatchcase(name, model.name)), None)


def family(name: str | None) -> Literal["none", "realtime", "transcription", "other"]:
    """What kind of model a request names, in the words of the SDP exchange's table."""
    if not name:
        return "none"
    model = find(name)
    return model.family if model else "other"

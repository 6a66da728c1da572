"""YAML -> :class:`Scenario`. The one place of this package that reads a scenario's file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from realtime_mock.scenario.document import MAX_CHARACTERS, parse
from realtime_mock.scenario.errors import Problem, ScenarioError
from realtime_mock.scenario.grammar import SCENARIO
from realtime_mock.scenario.model import Scenario, Turn
from realtime_mock.scenario.shapes import Fields
from realtime_mock.session.cues import Pace, Segment

_MAX_BYTES = 4 * MAX_CHARACTERS  # a character of UTF-8 has four bytes at most


def load(path: Path) -> Scenario:
    """The scenario in a UTF-8 file; its name is the file's, without the ending.

    Raises :class:`ScenarioError` when the file cannot be read or is no scenario, with every problem in it.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES + 1).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError(str(path), [Problem(f"is not UTF-8, from byte {error.start} on")]) from error
    except (OSError, ValueError) as error:  # ValueError: the path itself holds a NUL
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ScenarioError(str(path), [Problem(f"cannot be read: {reason}")]) from error
    return replace(loads(text, str(path)), name=path.stem)


def loads(text: str, name: str) -> Scenario:
    """The scenario in ``text``; ``name`` stands before line and column in errors.

    Raises :class:`ScenarioError`, and nothing else, whatever the text.
    """
    node, problems = parse(text, name)
    fields = SCENARIO.read(node, "a scenario", problems)
    if fields:
        _refuse_unreachable(fields, problems)
        for turn in [*(fields.values.get("turns") or ()), fields.values.get("otherwise")]:
            _refuse_said_twice(turn, problems)
    if problems or fields is None:
        raise ScenarioError(name, problems)
    pace = _pace(fields, Pace())
    otherwise = fields.values.get("otherwise")
    return Scenario(
        name=name,
        summary=fields.values["summary"],
        turns=tuple(_turn(turn, pace) for turn in fields.values["turns"]),
        repeat=fields.values.get("repeat", "nothing"),
        otherwise=_turn(otherwise, pace) if otherwise else None,
        pace=pace,
    )


def _refuse_unreachable(fields: Fields, problems: list[Problem]) -> None:
    repeat = fields.values.get("repeat")
    if "otherwise" in fields.positions and repeat in ("last", "all"):
        message = f"'otherwise' is never reached, because of 'repeat: {repeat}'"
        problems.append(Problem(message, fields.positions["otherwise"]))


def _refuse_said_twice(turn: Fields | None, problems: list[Problem]) -> None:
    if turn and {"transcript", "segments"} <= turn.positions.keys():
        message = "'transcript' stands beside 'segments', whose texts are the transcript"
        problems.append(Problem(message, turn.positions["transcript"]))


def _turn(fields: Fields, default: Pace) -> Turn:
    values = fields.values
    segments = tuple(Segment(**segment.values) for segment in values.get("segments", ()))
    languages = values.get("languages")
    return Turn(
        transcript=values.get("transcript", " ".join(segment.text for segment in segments)),
        pace=_pace(fields, default),
        line=fields.position.line,
        failure=values.get("fail"),
        languages=tuple(languages) if languages else None,
        segments=segments,
    )


def _pace(fields: Fields, default: Pace) -> Pace:
    """The pace of ``fields``; what it leaves out is as in ``default``."""
    own = fields.values.get("pace")
    return replace(default, **own.values) if own else default

"""How the validator names things: kinds of values with their article, lists with their commas. No rules.

Seen on the platform, public captures of 2026: ``a decimal``, ``an array of objects``, ``one of a string or
array of objects``, ``one of 'in_memory' or '24h'``, ``a decimal number``, and ``one of one of 'none', 'auto',
or 'required' or object``. On Realtime itself: ``an object``, ``a decimal``. The rest is inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from realtime_mock.protocol.schema import Anything, Array, Choice, Flag, Kind, Null, Number, Shape, Text

ARTICLED: dict[Kind, str] = {
    "object": "an object",
    "array": "an array",
    "string": "a string",
    "integer": "an integer",
    "number": "a decimal number",
    "boolean": "a boolean",
    "null": "null",
}
"""What a value is called when it is of the wrong kind."""


def expectation(shape: Shape) -> str:
    """What should have been there: ``an object``, ``one of 'low' or 'high'``."""
    match shape:
        case Text(values=()):
            return "a string"
        case Text(values=values):
            return f"one of {_series(values, 'or')}" if len(values) > 1 else f"'{values[0]}'"
        case Number(integer=integer):
            return "an integer" if integer else "a decimal"
        case Flag():
            return "a boolean"
        case Array(items=items):
            return _array(items)
        case Choice(options=options):
            return _choice([expectation(option) for option in options if not isinstance(option, Null)])
        case Null():
            return "null"
        case Anything():
            return "any value"
        case _:
            return "an object"


def all_of(values: Sequence[str]) -> str:
    """``'a', 'b', and 'c'``: the supported values, with the comma before the last (observed-verbatim)."""
    return _series(values, "and")


def listed(values: Iterable[str]) -> str:
    """``['audio', 'text']``, as the API writes a list of strings (observed-verbatim)."""
    return "[" + ", ".join(f"'{value}'" for value in values) + "]"


def figure(value: float) -> str:
    """A number without a fraction that says nothing: 1, 0.25, 1.5."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _series(values: Sequence[str], conjunction: str) -> str:
    quoted = [f"'{value}'" for value in values]
    if len(quoted) < 3:
        return f" {conjunction} ".join(quoted)
    return f"{', '.join(quoted[:-1])}, {conjunction} {quoted[-1]}"


def _array(items: Shape) -> str:
    match expectation(items):
        case "an object":
            return "an array of objects"
        case "a string":
            return "an array of strings"
        case _:
            return "an array"


def _choice(phrases: list[str]) -> str:
    """The first alternative keeps its article, the others lose it (observed-verbatim)."""
    if len(phrases) == 1:
        return phrases[0]
    first, *others = phrases
    bare = [phrase.removeprefix("an ").removeprefix("a ") for phrase in others]
    return f"one of {' or '.join([first, *bare])}"

"""The overlay: rules that change the published schema into what the live API takes.

The rules are ``data/overlay.yaml``, where their words are explained; here each word is one function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

Schema = dict[str, Any]
Definitions = dict[str, Schema]
"""JSON Schemas by ``<dialect>.<definition>``."""

_NULL = {"type": "null"}


class OverlayError(ValueError):
    """A rule of the overlay changes nothing: what it is about is not in the schema (any more)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it changes, and why we believe it."""

    where: tuple[str, ...]
    actions: dict[str, Any]
    confidence: str
    evidence: str
    date: str

    @classmethod
    def read(cls, row: dict[str, Any]) -> Rule:
        """The rule of one entry of the file."""
        where = row["in"]
        return cls(
            where=(where,) if isinstance(where, str) else tuple(where),
            actions={word: row[word] for word in row if word not in ("in", "confidence", "evidence", "date")},
            confidence=row["confidence"],
            evidence=row["evidence"],
            date=str(row["date"]),
        )


def apply(rules: Iterable[Rule], definitions: Definitions) -> None:
    """Change ``definitions`` in place. Raises :class:`OverlayError` for a rule without effect."""
    for rule in rules:
        for pattern in rule.where:
            if "define" in rule.actions:
                definitions[pattern] = rule.actions["define"]
                continue
            names = [name for name in definitions if fnmatchcase(name, pattern)]
            if not names:
                raise OverlayError(f"the schema has no definition {pattern}")
            for name in names:
                _change(name, definitions[name], rule.actions)


def _change(name: str, schema: Schema, actions: dict[str, Any]) -> None:
    for word, argument in actions.items():
        try:
            _WORDS[word](schema, argument)
        except (KeyError, ValueError) as problem:
            raise OverlayError(f"{name} cannot be changed by {word}: {problem}") from problem


def _require(schema: Schema, keys: list[str]) -> None:
    for key in keys:
        _known(schema, key)
    schema["required"] = [*(key for key in schema.get("required", ()) if key not in keys), *keys]


def _optional(schema: Schema, keys: list[str]) -> None:
    schema["required"] = list(schema["required"])
    for key in keys:
        schema["required"].remove(key)


def _forget(schema: Schema, keys: list[str]) -> None:
    schema["properties"] = dict(schema["properties"])
    for key in keys:
        del schema["properties"][key]


def _nullable(schema: Schema, keys: list[str]) -> None:
    for key in keys:
        part = _known(schema, key)
        if _NULL in part.get("anyOf", ()):
            raise ValueError(f"{key} may be null already")
        schema["properties"] = {**schema["properties"], key: {"anyOf": [*part.get("anyOf", [part]), _NULL]}}


def _set(schema: Schema, properties: dict[str, Schema]) -> None:
    schema["properties"] = {**schema["properties"], **properties}


def _limit(schema: Schema, limits: dict[str, Schema]) -> None:
    for key, limit in limits.items():
        part = _known(schema, key)
        if "type" not in part:
            raise ValueError(f"{key} has no single type")
        schema["properties"] = {**schema["properties"], key: {**part, **limit}}


def _known(schema: Schema, key: str) -> Schema:
    part: Schema = schema["properties"][key]
    return part


_WORDS: dict[str, Callable[[Schema, Any], None]] = {
    "require": _require,
    "optional": _optional,
    "forget": _forget,
    "nullable": _nullable,
    "set": _set,
    "limit": _limit,
}

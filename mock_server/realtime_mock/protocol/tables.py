"""What the tables of rules have in common: a row names facts and the values that they may have."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

Conditions = tuple[tuple[str, frozenset[str]], ...]
"""The facts that a row asks for, each with the values that match."""


def conditions(row: dict[str, Any], facts: Collection[str]) -> Conditions:
    """The conditions of a row as it stands in YAML: its keys that are facts, with one value or a list."""
    return tuple(
        (name, frozenset([value] if isinstance(value, str) else value))
        for name, value in row.items()
        if name in facts
    )


def hold(when: Conditions, facts: object) -> bool:
    """Whether every fact that is asked for has one of the values that match."""
    return all(getattr(facts, name) in values for name, values in when)

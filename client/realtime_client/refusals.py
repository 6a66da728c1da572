"""The words in which a refusal is described: the refusal, its candidate causes, the body that shows it.

May live here: the types of the table in ``explanations``, how one row matches, how causes are put in order.
No rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Confidence = Literal["observed-verbatim", "observed-partial", "documented", "inferred"]


class Facts(Protocol):
    """Something about which facts are known, by the names that the tables use."""

    def fact(self, name: str) -> object:
        """One fact; None when it is not known."""
        ...


STATUS_OF_CLOSE_CODE: Mapping[int, int] = {3000: 401, 4000: 400, 4004: 404, 1013: 429}
"""A WebSocket is refused by an error event and a close code. They pair with HTTP's statuses (inferred; the
close codes are observed), so that one table of refusals serves both."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One candidate: why it was refused, and what to do.

    ``when`` maps names of facts to what they must be. ``confidence`` and ``evidence`` say how
    well this is known.
    """

    why: str
    fix: str
    when: Mapping[str, object] = field(default_factory=dict)
    confidence: Confidence = "inferred"
    evidence: str = ""

    def fits(self, facts: Facts) -> bool | None:
        """True, False, or None when the facts do not decide."""
        verdict: bool | None = True
        for name, wanted in self.when.items():
            found = facts.fact(name)
            if found is None:
                verdict = None
            elif found != wanted:
                return False
        return verdict


def ranked(causes: Iterable[Cause], facts: Facts) -> tuple[tuple[Cause, ...], int]:
    """The causes that are not out, those that fit first, and how many these are."""
    verdicts = [(cause, cause.fits(facts)) for cause in causes]
    fitting = tuple(cause for cause, fits in verdicts if fits is True)
    possible = tuple(cause for cause, fits in verdicts if fits is None)
    return fitting + possible, len(fitting)


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The strings of ``{"error": {...}}``; ``empty`` when the object is there and all of them are empty."""

    message: str = ""
    code: str = ""
    type: str = ""
    empty: bool = False

    @classmethod
    def of(cls, body: str) -> ErrorBody:
        """Read an answer's body; anything that is not an error object gives empty strings."""
        try:
            decoded = json.loads(body)
        except (ValueError, RecursionError):
            return cls()
        error = decoded.get("error") if isinstance(decoded, dict) else None
        if not isinstance(error, dict):
            return cls()
        message, code, kind = (str(error.get(name) or "") for name in ("message", "code", "type"))
        empty = not any(error.get(name) for name in ("message", "code", "type", "param"))
        return cls(message, code, kind, empty)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A known refusal. ``status``, ``codes`` and ``message`` (a regular expression) recognise it;
    what is left out matches anything.

    ``empty`` asks for an error object whose strings are all empty.
    """

    id: str
    summary: str
    causes: tuple[Cause, ...]
    status: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    message: str | None = None
    empty: bool = False

    def recognises(self, status: int, error: ErrorBody) -> bool:
        """Whether this refusal is that answer."""
        return (
            (not self.status or status in self.status)
            and (not self.codes or error.code in self.codes)
            and (error.empty or not self.empty)
            and (self.message is None or re.search(self.message, error.message) is not None)
        )

"""The journal: one ordered record of what happened, each entry with its cause."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from realtime_mock.journal.redaction import redact
from realtime_mock.protocol.wire import encode

KEPT = 20_000
"""How many entries are kept; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened.

    ``n`` counts from 1, ``at`` is API time in milliseconds, ``cause`` is the ``n`` of the record that
    led to this one, ``call`` the call it belongs to.
    """

    n: int
    at: int
    what: str
    call: str | None = None
    cause: int | None = None
    data: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        """One line of JSONL; keys without a value are left out."""
        head = {"n": self.n, "at": self.at, "what": self.what}
        optional = {"call": self.call, "cause": self.cause}
        present = {key: value for key, value in optional.items() if value is not None}
        return encode({**head, **present, **self.data})


class Journal:
    """Keeps the records in order, redacted.

    Args:
        listener: is told of every record as it is made, for example to append it to a file.
    """

    def __init__(self, listener: Callable[[Record], None] | None = None) -> None:
        self._records: deque[Record] = deque(maxlen=KEPT)
        self._listener = listener
        self._count = 0

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    def note(
        self, at: int, what: str, *, call: str | None = None, cause: Record | None = None, **data: Any
    ) -> Record:
        """Write down that ``what`` happened."""
        self._count += 1
        record = Record(self._count, at, what, call, cause.n if cause else None, redact(data))
        self._records.append(record)
        if self._listener:
            self._listener(record)
        return record

    def of(self, what: str, *, call: str | None = None) -> list[Record]:
        """The records of one kind, oldest first; of one call if it is named."""
        return [
            record
            for record in self._records
            if record.what == what and (call is None or record.call == call)
        ]

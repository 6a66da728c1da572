"""The journal: order, causes, and no key in it."""

from __future__ import annotations

import json

import pytest

from realtime_mock.journal.record import Journal
from realtime_mock.journal.redaction import redact_text

SECRET = "ek_68af296e000081910000000000000000"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Bearer {SECRET}", "Bearer ek_68af…"),
        ("Bearer sk-proj-0000000000000000", "Bearer sk-proj-0000…"),
        ("key=sk-mock-hello;", "key=sk-mock-hell…;"),
        ("task-force, risk-averse", "task-force, risk-averse"),
    ],
)
def test_keys_are_cut(text: str, expected: str) -> None:
    """An API key or an ephemeral key shows its first characters only; other words stay."""
    assert redact_text(text) == expected


def test_a_record_is_one_redacted_line_with_its_cause() -> None:
    """What happened, in what order, because of what; keys are cut however deep they stand."""
    lines: list[str] = []
    journal = Journal(lambda record: lines.append(record.as_json()))
    cause = journal.note(5, "client.event", call="rtc_1", frame="{}")
    journal.note(6, "server.event", call="rtc_1", cause=cause, event={"a": [{"value": SECRET}]})
    assert [json.loads(line) for line in lines] == [
        {"n": 1, "at": 5, "what": "client.event", "call": "rtc_1", "frame": "{}"},
        {
            "n": 2,
            "at": 6,
            "what": "server.event",
            "call": "rtc_1",
            "cause": 1,
            "event": {"a": [{"value": "ek_68af…"}]},
        },
    ]


def test_records_are_found_by_kind_and_call() -> None:
    """The question that tests ask."""
    journal = Journal()
    journal.note(1, "note", call="a", text="one")
    journal.note(2, "note", call="b", text="two")
    assert [record.data["text"] for record in journal.of("note", call="b")] == ["two"]

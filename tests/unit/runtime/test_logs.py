"""The log: readable on a terminal, JSON elsewhere, and no key in it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from realtime_mock.runtime import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Other tests log as they did."""
    yield
    structlog.reset_defaults()


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_json_without_keys() -> None:
    """One object a line; a key is cut wherever it stands."""
    stream = io.StringIO()
    logs.configure(stream=stream)
    structlog.get_logger().info(
        "minted", key="ek_68af296e000081910000000000000000", deep={"a": ["Bearer sk-00000000"]}
    )
    line = json.loads(stream.getvalue())
    assert (line["event"], line["key"], line["deep"]) == ("minted", "ek_68af…", {"a": ["Bearer sk-0000…"]})


def test_a_terminal_gets_a_line_to_read() -> None:
    """Not JSON, and no key either."""
    stream = _Terminal()
    logs.configure(stream=stream)
    structlog.get_logger().warning("refused", key="ek_68af296e000081910000000000000000")
    assert "refused" in stream.getvalue()
    assert "{" not in stream.getvalue()
    assert "296e0000" not in stream.getvalue()


def test_the_level_is_the_least_that_is_logged() -> None:
    """``--quiet`` keeps warnings."""
    stream = io.StringIO()
    logs.configure(stream=stream, level="warning")
    structlog.get_logger().info("call opened")
    structlog.get_logger().warning("refused")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["refused"]

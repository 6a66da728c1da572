"""JSON on the wire: any value goes out, anything that is not JSON is one kind of error."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_mock.protocol.wire import decode, encode

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_what_goes_out_comes_back(value: object) -> None:
    """Encoding and decoding are inverse."""
    assert decode(encode(value)) == value


@given(st.text() | st.binary())
def test_anything_decodes_or_is_a_value_error(text: str | bytes) -> None:
    """No other exception leaves decode."""
    with suppress(ValueError):
        decode(text)


@pytest.mark.parametrize("text", ["NaN", "1e999", "[Infinity]", "[" * 100_000, "", "{'a': 1}"])
def test_what_is_not_json(text: str) -> None:
    """Python's own additions to JSON are none of it, and depth is bounded."""
    with pytest.raises(ValueError):  # noqa: PT011 (every message is the parser's own)
        decode(text)


def test_a_lone_surrogate_does_not_break_the_wire() -> None:
    """A client may send one escaped; it comes back as a question mark."""
    assert encode({"echo": decode(r'"\ud800"')}) == '{"echo":"?"}'

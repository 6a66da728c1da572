"""What clients send: stock bodies pass, and nothing that JSON can say makes the validator raise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_bodies import BODIES, TOOL, ga
from realtime_mock.protocol.schema import roots
from realtime_mock.protocol.validate import Violation, validate


@pytest.mark.parametrize(("name", "root", "body"), BODIES, ids=[name for name, _, _ in BODIES])
def test_what_stock_clients_send(name: str, root: str, body: dict[str, Any]) -> None:
    """No stock client is refused."""
    assert validate(root, body) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def damaged(body: Any, poison: Any) -> st.SearchStrategy[Any]:
    """``body`` with any one part of it, however deep, replaced by a value of ``poison``."""
    replaced = [poison]
    if isinstance(body, dict):
        replaced += [
            damaged(part, poison).map(lambda new, key=key: {**body, key: new}) for key, part in body.items()
        ]
    if isinstance(body, list):
        replaced += [
            damaged(part, poison).map(lambda new, at=at: [*body[:at], new, *body[at + 1 :]])
            for at, part in enumerate(body)
        ]
    return st.one_of(replaced)


@given(root=st.sampled_from(roots()), value=JSON)
def test_no_json_value_makes_it_raise(root: str, value: Any) -> None:
    """Whatever a client sends is valid or one violation, and the same one each time."""
    violation = validate(root, value)
    assert violation is None or isinstance(violation, Violation)
    assert validate(root, value) == violation


@given(data=st.data())
def test_no_damage_makes_it_raise(data: st.DataObject) -> None:
    """A stock body with one part of it replaced is valid, or its violation names a place on the way there."""
    _, root, body = data.draw(st.sampled_from(BODIES))
    violation = validate(root, data.draw(damaged(body, JSON)))
    assert violation is None or violation.message


def test_depth_is_the_schemas() -> None:
    """A value nested deeper than Python recurses is refused or passed by, not entered."""
    deep: Any = []
    for _ in range(20_000):
        deep = [deep]
    assert validate(*ga(tools=[{**TOOL, "parameters": deep}])) is None
    violation = validate(*ga(instructions=deep))
    assert violation is not None
    assert (violation.code, violation.param) == ("invalid_type", "session.instructions")

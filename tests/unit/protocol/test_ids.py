"""Ids: their form, and that chance is keyed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_mock.protocol.ids import EPOCH_S, IdSource, base62, created_second

NOW = 1_756_309_870_000


def test_a_published_id_carries_its_second() -> None:
    """The session id in OpenAI's specification was made at the second in the key beside it."""
    assert created_second("sess_C9CiUVUzUzYIssh3ELY1d") == 0x68AF296E


@pytest.mark.parametrize("prefix", ["event", "item", "sess"])
def test_the_form_of_an_id(prefix: str) -> None:
    """Prefix, five characters of time, sixteen of chance."""
    made = IdSource(0, "session/1").make(prefix, NOW)
    assert re.fullmatch(prefix + r"_C9CiU[0-9A-Za-z]{16}", made)


def test_the_form_of_a_call_id() -> None:
    """``rtc_u0_`` and 21 characters."""
    assert re.fullmatch(r"rtc_u0_C9CiU[0-9A-Za-z]{16}", IdSource(0, "server").call_id(NOW))


def test_the_form_of_an_ephemeral_key() -> None:
    """``ek_``, the second in eight hex digits, and 8191 from the 13th digit on."""
    assert re.fullmatch(r"ek_68af296e[0-9a-f]{4}8191[0-9a-f]{16}", IdSource(0, "server").ephemeral_key(NOW))


def test_the_same_seed_gives_the_same_ids() -> None:
    """Two servers of one seed name things alike; another seed or another session does not."""
    made = [
        IdSource(seed, scope).make("item", NOW) for seed, scope in [(0, "a"), (0, "a"), (1, "a"), (0, "b")]
    ]
    assert (made[0] == made[1], len(set(made))) == (True, 3)


def test_one_more_event_renames_no_item() -> None:
    """Each kind of id has a count of its own."""
    plain, busy = IdSource(0, "s"), IdSource(0, "s")
    busy.make("event", NOW)
    assert plain.make("item", NOW) == busy.make("item", NOW)


@given(st.text(max_size=40))
def test_delta_and_obfuscation_are_sixteen_characters(delta: str) -> None:
    """Together sixteen; nothing is added to a longer delta."""
    padding = IdSource(0, "s").obfuscation(delta)
    assert len(padding) == max(0, 16 - len(delta))


@given(st.integers(min_value=EPOCH_S, max_value=EPOCH_S + 62**5 - 1))
def test_the_second_can_be_read_back(second: int) -> None:
    """What five characters can hold comes back out of them."""
    assert created_second(f"x_{base62(second - EPOCH_S, 5)}{'0' * 16}") == second

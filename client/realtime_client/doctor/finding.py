"""The word in which a finding is described. May live here: its type."""

from __future__ import annotations

from typing import NamedTuple

from realtime_client.refusals import Cause

CHECK_THE_LOG = "Look at the server's log of this moment; the call's id is its Location header."


class Finding(NamedTuple):
    """What a symptom means, and its candidate causes, likeliest first."""

    summary: str
    causes: tuple[Cause, ...]

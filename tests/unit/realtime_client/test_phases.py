"""Watching the phases of getting connected, and what their errors carry for a program."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from realtime_client import ConnectError, IdentityError, PhaseTimeout, RealtimeClient, TranscriptionSession
from realtime_client.timing import phase_limit, watched

CONFIG = TranscriptionSession("gpt-4o-mini-transcribe")


class Diary:
    """A watcher that writes down what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def began(self, phase: str) -> None:
        self.lines.append(f"{phase} …")

    def done(self, phase: str) -> None:
        self.lines.append(f"{phase} ✓")


async def test_a_watcher_sees_the_phases_in_their_order(client: RealtimeClient) -> None:
    """From the mint to the first event, each begins when the one before it is done."""
    diary = Diary()
    with watched(diary):
        secret = await client.mint(CONFIG)
        async with asyncio.timeout(20), client.connect(secret=secret):
            pass
    phases = ["mint", "SDP", "ICE", "DTLS", "channel", "first event"]
    assert diary.lines == [line for phase in phases for line in (f"{phase} …", f"{phase} ✓")]


async def test_a_phase_that_fails_is_never_done() -> None:
    """The watcher is told where it stopped, and nothing of what comes after the block."""
    diary = Diary()
    with watched(diary), pytest.raises(PhaseTimeout):
        async with phase_limit("ICE", 0):
            await asyncio.Event().wait()
    async with phase_limit("DTLS", None):
        pass
    assert diary.lines == ["ICE …"]


async def test_another_certificate_is_an_error_of_its_own(server: Any, client: RealtimeClient) -> None:
    """A handshake with somebody else than the answer announced can be told from one that failed."""
    server.edit_answer = lambda sdp: re.sub("sha-256 (..:){4}", "sha-256 00:00:00:00:", sdp)
    async with asyncio.timeout(20):
        with pytest.raises(IdentityError, match=r"^DTLS: the server's certificate is not the one"):
            async with client.connect(CONFIG):
                pass


async def test_the_event_that_came_instead_is_kept(server: Any, client: RealtimeClient) -> None:
    """A refusal in place of session.created stands on the error, decoded."""
    server.first = {"type": "error", "error": {"code": "insufficient_quota", "message": "no credit"}}
    async with asyncio.timeout(20):
        with pytest.raises(ConnectError) as caught:
            async with client.connect(CONFIG):
                pass
    assert caught.value.event is not None
    assert caught.value.event.raw == server.first

"""Reconnecting over WebRTC: the same events, and sound that is live and not sent again."""

from __future__ import annotations

import asyncio
from typing import Any

from realtime_client import RealtimeClient, Reconnect, Reconnected, SessionCreated, TranscriptionSession

CONFIG = TranscriptionSession("gpt-4o-mini-transcribe")
ITEM = "conversation.item.input_audio_transcription"


async def test_a_call_that_breaks_is_made_again(server: Any, client: RealtimeClient, tone: Any) -> None:
    """Another offer, another call; what was unfinished has failed and keeps its text; sound goes on."""
    policy = Reconnect(first=0, jitter=0)
    async with asyncio.timeout(30), client.connect(CONFIG, reconnect=policy) as session:
        await server.say({"type": f"{ITEM}.delta", "item_id": "a", "delta": "Hel"})
        async for event in session:
            if event.type == f"{ITEM}.delta":
                break
        streaming = asyncio.create_task(session.stream(tone))
        await server.sounds.get()
        await server.peers[0].close()
        events = []
        async for event in session:
            events.append(event)
            if isinstance(event, SessionCreated):
                break
        await streaming
        await session.stream(tone)
        assert await server.sounds.get() > 1000
        await server.say({"type": f"{ITEM}.completed", "item_id": "b", "transcript": "Hello."})
        async for turn in session.updates():
            if turn.item_id == "b":
                break
        turns = [(turn.text, turn.status) for turn in session.turns]
    assert turns == [("Hel", "failed"), ("Hello.", "final")]
    assert [event.resent_ms for event in events if isinstance(event, Reconnected)] == [0]
    assert len(server.offers) == 2

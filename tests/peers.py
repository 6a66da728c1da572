"""A stock aiortc peer as a client: no code of ours between it and the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaPlayer
from aiortc.mediastreams import AudioStreamTrack

from conftest import Server
from stock import Client

PATIENCE_S = 20
"""How long a test waits for what must come."""


class StockPeer(Client):
    """A stock peer connection that speaks, with the events that came over its channel."""

    def __init__(self, sound: MediaStreamTrack | None = None) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []
        self._sound = sound or AudioStreamTrack()
        self._news = asyncio.Event()
        self.channel.on("message", self._heard)

    def _heard(self, text: str) -> None:
        self.events.append(json.loads(text))
        self._news.set()

    async def own_offer(self) -> str:
        """The offer to send its own sound."""
        return await self.offer(self._sound)

    async def until(self, kind: str, count: int = 1) -> dict[str, Any]:
        """The ``count``-th event of this type, as soon as it is there."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.of(kind)) < count:
                self._news.clear()
                await self._news.wait()
        return self.of(kind)[count - 1]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of this type that came so far."""
        return [event for event in self.events if event["type"] == kind]

    def send(self, event: dict[str, Any] | str | bytes) -> None:
        """Say something on the channel."""
        self.channel.send(json.dumps(event) if isinstance(event, dict) else event)


def wav(path: Path) -> MediaStreamTrack:
    """The sound of a file, in real time."""
    return MediaPlayer(str(path)).audio


@asynccontextmanager
async def connected(
    server: Server, path: str, key: str, *, sound: MediaStreamTrack | None = None
) -> AsyncIterator[StockPeer]:
    """A stock peer in a call with ``server``; it is closed when the block ends."""
    peer = StockPeer(sound)
    try:
        response = await server.offer(path, await peer.own_offer(), key=key)
        answer = await response.text()
        assert response.status == 201, answer
        await peer.accept(answer)
        yield peer
    finally:
        await peer.connection.close()

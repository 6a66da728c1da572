"""A stock aiortc peer as a client: no code of ours between it and the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer
from aiortc.mediastreams import AudioStreamTrack

from conftest import Server

PATIENCE_S = 20
"""How long a test waits for what must come."""


class StockPeer:
    """An RTCPeerConnection with the events that came over its channel."""

    def __init__(self, sound: MediaStreamTrack | None = None) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.addTrack(sound or AudioStreamTrack())
        self.channel = self.connection.createDataChannel("oai-events")
        self.events: list[dict[str, Any]] = []
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self.channel.on("message", self._message)

    def _message(self, text: str) -> None:
        task = asyncio.ensure_future(self._heard(json.loads(text)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _heard(self, event: dict[str, Any]) -> None:
        async with self._news:
            self.events.append(event)
            self._news.notify_all()

    async def offer(self) -> str:
        """The offer, with every candidate gathered."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def accept(self, answer: str) -> None:
        """Take the server's answer."""
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def until(self, kind: str, count: int = 1) -> dict[str, Any]:
        """The ``count``-th event of this type, as soon as it is there."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: len(self.of(kind)) >= count)
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
        response = await server.offer(path, await peer.offer(), key=key)
        answer = await response.text()
        assert response.status == 201, answer
        await peer.accept(answer)
        yield peer
    finally:
        await peer.connection.close()

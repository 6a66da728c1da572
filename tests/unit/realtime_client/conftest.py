"""A small server that mints, answers offers with a stock aiortc peer, and says what the test tells it to say.

It knows nothing of the project's own server: the SDK is judged against the documented shapes alone.
"""

from __future__ import annotations

import asyncio
import json
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from realtime_client import RealtimeClient, Timeouts

API_KEY = "sk-000000000000"
SECRET = "ek_00000000000000000000000000000000"
CREATED = {
    "type": "session.created",
    "event_id": "event_0",
    "session": {"type": "transcription", "id": "sess_1"},
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Server:
    """The server's side of the test: what came, and the switches for what it does."""

    url: str = ""
    minted: list[dict[str, Any]] = field(default_factory=list)
    offers: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Content type, path with query, body."""
    keys: list[str] = field(default_factory=list)
    received: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    sounds: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    """The peak of every frame that was not silent."""
    channel: asyncio.Future[RTCDataChannel] = field(default_factory=asyncio.Future)
    first: dict[str, Any] | None = field(default_factory=lambda: dict(CREATED))
    """The first event; None for silence."""
    mint: Handler | None = None
    calls: Handler | None = None
    """Handlers that take the place of the usual ones."""
    edit_answer: Callable[[str], str] = lambda sdp: sdp
    stall: str | None = None
    """The phase in which this server does nothing more."""
    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    accepting: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while an offer is answered: a stock peer that is cancelled or closed meanwhile forgets its sockets."""
    peers: list[RTCPeerConnection] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def say(self, event: dict[str, Any]) -> None:
        """Send one event on the open channel."""
        (await self.channel).send(json.dumps(event))

    async def answer_mint(self, request: web.Request) -> web.StreamResponse:
        self.keys.append(request.headers.get("Authorization", ""))
        if self.stall == "mint":
            await self.wait_for_ever()
        if self.mint is not None:
            return await self.mint(request)
        body = await request.json()
        self.minted.append(body)
        return web.json_response({"value": SECRET, "expires_at": 2_000_000_000, "session": body["session"]})

    async def answer_call(self, request: web.Request) -> web.StreamResponse:
        self.keys.append(request.headers.get("Authorization", ""))
        body = await request.read()
        self.offers.append((request.headers["Content-Type"], request.path_qs, body))
        if self.stall == "SDP":
            await self.wait_for_ever()
        if self.calls is not None:
            return await self.calls(request)
        start = body.index(b"v=0\r\n")
        end = body.find(b"\r\n--", start)
        offer = body[start : len(body) if end < 0 else end].decode()
        answer = await asyncio.shield(asyncio.create_task(self.accept(offer)))
        headers = {"Location": "/v1/realtime/calls/rtc_1", "Content-Type": "application/sdp"}
        return web.Response(status=201, body=self.edit_answer(answer).encode(), headers=headers)

    async def accept(self, offer: str) -> str:
        async with self.accepting:
            return await self._accept(offer)

    async def _accept(self, offer: str) -> str:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.peers.append(peer)
        peer.on("datachannel", self.opened)
        peer.on("track", lambda track: self.tasks.add(asyncio.create_task(self.listen(track))))
        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        dtls = peer.getSenders()[0].transport
        for phase, stage in (("DTLS", dtls), ("channel", peer.sctp)):
            if phase == self.stall:
                stage.start = self.wait_for_ever
        await peer.setLocalDescription()
        answer = peer.localDescription.sdp
        if self.stall == "ICE":
            await peer.close()  # nobody answers at the candidates' ports
            self.stalled.set()
        return answer

    async def wait_for_ever(self, *_: Any) -> None:
        self.stalled.set()
        await asyncio.Event().wait()

    def opened(self, channel: RTCDataChannel) -> None:
        channel.on("message", lambda text: self.received.put_nowait(json.loads(text)))
        if self.first is not None:
            channel.send(json.dumps(self.first))
        elif self.stall == "first event":
            self.stalled.set()
        if self.channel.done():  # of the call before this one
            self.channel = asyncio.Future()
        self.channel.set_result(channel)

    async def listen(self, track: Any) -> None:
        """Note the frames that are not silent."""
        try:
            while True:
                frame = await track.recv()
                peak = int(abs(frame.to_ndarray()).max())
                if peak > 1000:
                    self.sounds.put_nowait(peak)
        except MediaStreamError:
            return

    async def close(self) -> None:
        async with self.accepting:
            pass
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for peer in self.peers:
            await peer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    behaviour = Server()
    app = web.Application()
    app.router.add_post("/v1/realtime/client_secrets", behaviour.answer_mint)
    app.router.add_post("/v1/realtime/calls", behaviour.answer_call)
    async with TestServer(app, host="127.0.0.1") as http:
        behaviour.url = str(http.make_url("/v1"))
        yield behaviour
        await behaviour.close()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[RealtimeClient]:
    async with RealtimeClient(API_KEY, base_url=server.url, timeouts=Timeouts()) as made:
        yield made


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """A WAV of half a second: 24 kHz, 16 bits, one channel, a loud square wave of 400 Hz."""
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(24_000)
        period = b"\x00\x40" * 30 + b"\x00\xc0" * 30
        wav.writeframes(period * 200)
    return path

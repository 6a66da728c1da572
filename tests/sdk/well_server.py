"""A server that is well, for the doctor: the documented shapes, over both transports, and nothing else.

Real sockets, and a stock aiortc peer that knows nothing of either side's code. Those that are broken inherit
from it.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription

HOST = "127.0.0.1"
SECRET = "ek_00000000000000000000000000000000"
SESSION = {"type": "transcription", "id": "sess_0", "audio": {"input": {}}}


class Server:
    """Nothing is wrong with this one."""

    stalls = False
    """Whether the trouble shows only when a step's time is up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.peers: list[RTCPeerConnection] = []
        self.never = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Serve, and give the base URL."""
        app = web.Application()
        app.router.add_post("/v1/realtime/client_secrets", self.mint)
        app.router.add_post("/v1/realtime/calls", self.call)
        app.router.add_get("/v1/realtime", self.socket)
        async with AsyncExitStack() as stack:
            tls = self.tls()
            http = TestServer(app, host=HOST, scheme="https" if tls else "http")
            await http.start_server(ssl=tls)
            stack.push_async_callback(http.close)
            try:
                yield self.url(http)
            finally:
                self.never.set()
                for peer in self.peers:
                    await peer.close()

    def tls(self) -> ssl.SSLContext | None:
        return None

    def url(self, http: TestServer) -> str:
        return str(http.make_url("/v1"))

    async def mint(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        return web.json_response({"value": SECRET, "expires_at": 2_000_000_000, "session": body["session"]})

    def first(self) -> list[dict[str, Any]]:
        """What the server says before it is asked."""
        return [{"type": "session.created", "event_id": "event_0", "session": SESSION}]

    def reply(self, event: dict[str, Any]) -> dict[str, Any] | None:
        """What the server says to an event of the client; None for nothing."""
        if event["type"] != "input_audio_buffer.clear":
            return None
        return {"type": "input_audio_buffer.cleared", "event_id": "event_1"}

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Answer an offer with a peer."""
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.peers.append(peer)
        peer.on("datachannel", self.opened)
        await peer.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
        self.prepared(peer)
        await peer.setLocalDescription()
        answer = self.edited(peer.localDescription.sdp)
        headers = {"Location": "/v1/realtime/calls/rtc_0", "Content-Type": "application/sdp"}
        return web.Response(status=201, body=answer.encode(), headers=headers)

    def prepared(self, peer: RTCPeerConnection) -> None:
        """The last moment before the peer starts."""

    def edited(self, answer: str) -> str:
        return answer

    def opened(self, channel: RTCDataChannel) -> None:
        channel.on("message", lambda text: self.heard(channel, json.loads(text)))
        for event in self.first():
            channel.send(json.dumps(event))

    def heard(self, channel: RTCDataChannel, event: dict[str, Any]) -> None:
        if (reply := self.reply(event)) is not None:
            channel.send(json.dumps(reply))

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """Take a WebSocket."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for event in self.first():
            await socket.send_json(event)
        await self.converse(socket)
        return socket

    async def converse(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if (reply := self.reply(message.json())) is not None:
                await socket.send_json(reply)

    async def stall(self, *_: Any) -> None:
        await self.never.wait()

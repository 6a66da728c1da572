"""A small WebSocket server that says what the test tells it to say. It knows nothing of the project's own.

Each connection is a *visit*: what its request was, what came, and the socket to answer on.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

ITEM = "conversation.item.input_audio_transcription"


@dataclass(eq=False)
class Visit:
    """One connection, seen from the server."""

    path: str
    key: str
    socket: web.WebSocketResponse
    wire: Any
    """The TCP transport."""
    received: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    """Every event but sound."""
    sound: bytearray = field(default_factory=bytearray)
    appends: list[dict[str, Any]] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def say(self, *events: dict[str, Any]) -> None:
        """Send events."""
        for event in events:
            await self.socket.send_str(json.dumps(event))

    async def hear(self, count: int) -> bytes:
        """Wait until ``count`` bytes of sound are here."""
        while len(self.sound) < count:
            self.heard.clear()
            await self.heard.wait()
        return bytes(self.sound)

    def take(self, event: dict[str, Any]) -> None:
        """Note one event."""
        if event["type"] != "input_audio_buffer.append":
            self.received.put_nowait(event)
            return
        self.appends.append(event)
        self.sound += base64.b64decode(event["audio"])
        self.heard.set()

    def drop(self) -> None:
        """Break the connection without a goodbye."""
        if self.wire is not None:
            self.wire.abort()

    def stop_reading(self) -> None:
        """Take nothing more from the network, not even a ping."""
        assert self.wire is not None
        self.wire.pause_reading()


Greeting = Callable[[Visit], Awaitable[None]]


def created(number: int = 1) -> dict[str, Any]:
    """The first event of session ``number``."""
    session = {"type": "transcription", "id": f"sess_{number}", "audio": {"input": {"turn_detection": None}}}
    return {"type": "session.created", "event_id": f"event_{number}", "session": session}


@dataclass
class WsServer:
    """The server, and how it behaves: ``greet`` is called for each visit, in the order of their coming."""

    url: str = ""
    visits: list[Visit] = field(default_factory=list)
    greet: Greeting | None = None
    upgrade: Callable[[web.Request], Awaitable[web.StreamResponse | None]] | None = None
    """Answers in place of the upgrade when it gives something."""
    reads: bool = True
    arrivals: asyncio.Queue[Visit] = field(default_factory=asyncio.Queue)
    open: int = 0
    emptied: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.upgrade is not None and (answer := await self.upgrade(request)) is not None:
            return answer
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        visit = Visit(request.path_qs, request.headers.get("Authorization", ""), socket, request.transport)
        self.visits.append(visit)
        self.open += 1
        self.emptied.clear()
        try:
            await self.attend(visit)
        finally:
            self.open -= 1
            if self.open == 0:
                self.emptied.set()
        return socket

    async def attend(self, visit: Visit) -> None:
        try:
            if self.greet is None:
                await visit.say(created(len(self.visits)))
            else:
                await self.greet(visit)
        except ConnectionError:
            return
        self.arrivals.put_nowait(visit)
        if not self.reads:
            await asyncio.Event().wait()
        async for message in visit.socket:
            if message.type is not WSMsgType.TEXT:
                return
            event = json.loads(message.data)
            visit.take(event)
            if event["type"] == "session.update":
                await visit.say({"type": "session.updated", "session": event["session"]})


def refuses(close_code: int, reason: str, error: dict[str, Any]) -> Greeting:
    """The API's way: an error event, then the close (observed-verbatim)."""

    async def greet(visit: Visit) -> None:
        await visit.say({"type": "error", "event_id": "event_1", "error": error})
        await visit.socket.close(code=close_code, message=reason.encode())

    return greet


@asynccontextmanager
async def serving() -> AsyncIterator[WsServer]:
    """A server on a port of its own."""
    server = WsServer()
    app = web.Application()
    app.router.add_get("/v1/realtime", server.handle)
    async with TestServer(app, host="127.0.0.1") as http:
        server.url = str(http.make_url("/v1"))
        yield server
        for visit in server.visits:
            visit.drop()

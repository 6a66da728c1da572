"""ICE over TCP for aiortc as a client, which has none: an active agent (RFC 6544) on aioice's STUN codec."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from aioice import Candidate, stun
from aioice.ice import ConnectionClosed, ConnectionEvent
from aiortc import rtcicetransport

_KEEPALIVE_S = 2.0
_PRIORITY = 1671430143


class TcpConnection:
    """What aiortc asks of an ``aioice.Connection``, on one TCP connection to the first passive candidate that answers."""

    def __init__(self, ice_controlling: bool, **_options: Any) -> None:
        self.ice_controlling = ice_controlling
        self.remote_is_lite = False
        self.remote_username = self.remote_password = ""
        self.local_username, self.local_password = secrets.token_hex(4), secrets.token_hex(16)
        self.local_candidates: list[Candidate] = []
        self.remote_candidates: list[Candidate] = []
        self._inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._ended: asyncio.Future[ConnectionEvent] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._writer: asyncio.StreamWriter | None = None

    async def gather_candidates(self) -> None:
        """An active agent is at port 9 (RFC 6544 section 4.5)."""
        self.local_candidates = [
            Candidate("1", 1, "tcp", _PRIORITY, "127.0.0.1", 9, "host", tcptype="active")
        ]

    async def add_remote_candidate(self, candidate: Candidate | None) -> None:
        if candidate and candidate.transport == "tcp" and candidate.tcptype == "passive":
            self.remote_candidates.append(candidate)

    async def connect(self) -> None:
        """Raises ConnectionError when no candidate answers."""
        for candidate in self.remote_candidates:
            try:
                reader, self._writer = await asyncio.open_connection(candidate.host, candidate.port)
                await self._check(reader)
            except (OSError, asyncio.IncompleteReadError):
                continue
            self._tasks = [asyncio.create_task(self._read(reader)), asyncio.create_task(self._keep_alive())]
            return
        raise ConnectionError("no TCP candidate answers")

    async def _check(self, reader: asyncio.StreamReader) -> None:
        self._send(self._request())
        response = stun.parse_message(await _frame(reader))
        if not response.check_message_integrity(self.remote_password.encode()):
            raise ConnectionError("a response that is not the server's")

    def _request(self) -> bytes:
        message = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{self.remote_username}:{self.local_username}"
        message.attributes["PRIORITY"] = _PRIORITY
        message.attributes["ICE-CONTROLLING"] = 1
        message.attributes["USE-CANDIDATE"] = None
        message.add_message_integrity(self.remote_password.encode())
        return bytes(message)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                frame = await _frame(reader)
                if frame[0] > 3:
                    self._inbox.put_nowait(frame)
        except (OSError, asyncio.IncompleteReadError):
            self._inbox.put_nowait(None)
            self._end()

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(_KEEPALIVE_S)
            self._send(self._request())

    def _send(self, data: bytes) -> None:
        assert self._writer is not None
        self._writer.write(len(data).to_bytes(2) + data)

    async def recv(self) -> bytes:
        if (data := await self._inbox.get()) is None:
            raise ConnectionError("the TCP connection is gone")
        return data

    async def send(self, data: bytes) -> None:
        self._send(data)

    async def get_event(self) -> ConnectionEvent:
        return await asyncio.shield(self._ended)

    def _end(self) -> None:
        if not self._ended.done():
            self._ended.set_result(ConnectionClosed())

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._writer:
            self._writer.close()
        self._inbox.put_nowait(None)
        self._end()


async def _frame(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(int.from_bytes(await reader.readexactly(2)))


def use_tcp_alone() -> None:
    """From now on every peer connection of aiortc in this process uses ICE over TCP."""
    rtcicetransport.Connection = TcpConnection  # type: ignore[assignment, misc]

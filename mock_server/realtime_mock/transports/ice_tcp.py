"""ICE over TCP, passive (RFC 6544), for places that forward TCP and nothing else.

What UDP has as a datagram is here a frame of RFC 4571: two bytes of length, then the datagram. A
connection belongs to the call whose check was its first frame; whoever begins with anything else,
says nothing, or sends a longer frame than a datagram can be, is hung up on. So a stranger costs one
of a bounded number of connections, a few seconds, and two kilobytes.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence

from realtime_mock.transports.ice import (
    MAX_DATAGRAM,
    SECURE_FIRST_BYTES,
    IceLiteAgent,
    answer_check,
)

MAX_CONNECTIONS = 1024
"""Connections at one time; more are hung up on."""

FIRST_CHECK_S = 10.0
"""How long a connection may last without a check of a client of ours."""

MAX_UNSENT = 256 * 1024
"""Bytes that wait for a slow client; beyond that datagrams are lost, as on any full link."""

_LENGTH_BYTES = 2


class Frames:
    """RFC 4571 frames out of a stream."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that ``data`` completes; empty ones are left out.

        Raises:
            ValueError: a frame is longer than a datagram can be.
        """
        buffer, start, frames = self._rest + data, 0, list[bytes]()
        while len(buffer) - start >= _LENGTH_BYTES:
            length = int.from_bytes(buffer[start : start + _LENGTH_BYTES])
            if length > MAX_DATAGRAM:
                raise ValueError(f"a frame of {length} bytes")
            end = start + _LENGTH_BYTES + length
            if end > len(buffer):
                break
            if length:
                frames.append(buffer[start + _LENGTH_BYTES : end])
            start = end
        self._rest = buffer[start:]
        return frames


def framed(data: bytes) -> bytes:
    """A datagram as a frame."""
    return len(data).to_bytes(_LENGTH_BYTES) + data


class TcpPath(asyncio.Protocol):
    """One connection of a client: a path of its call."""

    def __init__(self, mux: TcpMux) -> None:
        self._mux = mux
        self._transport: asyncio.Transport | None = None
        self._frames = Frames()
        self._timer: asyncio.TimerHandle | None = None
        self.agent: IceLiteAgent | None = None
        self.address = ("", 0)

    def send(self, data: bytes) -> None:
        """Send one datagram; it is lost where the connection is gone or the client does not read."""
        if self._transport and self._transport.get_write_buffer_size() <= MAX_UNSENT:
            self._transport.write(framed(data))

    def close(self) -> None:
        """Hang up, and wait for nobody. Idempotent."""
        if self._transport is None:
            return
        if self._transport.get_write_buffer_size():
            self._transport.abort()  # the client does not read; an orderly end would wait for it
        else:
            self._transport.close()

    # -- what asyncio calls ------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        client = transport.get_extra_info("peername")
        if client is None or not self._mux.admit(self):
            transport.abort()
            return
        self.address = client[:2]
        self._timer = asyncio.get_running_loop().call_later(FIRST_CHECK_S, self.close)

    def data_received(self, data: bytes) -> None:
        try:
            frames = self._frames.feed(data)
        except ValueError:
            self.close()
            return
        for frame in frames:
            if self._transport is None or self._transport.is_closing():
                return
            self._received(frame)

    def connection_lost(self, _problem: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()
        self._transport = None
        self._mux.dismiss(self)

    def _received(self, frame: bytes) -> None:
        if self.agent is None:
            self._first(frame)
        elif frame[0] in SECURE_FIRST_BYTES:
            self.agent.on_datagram(frame)
        else:
            answer_check(frame, self, {self.agent.ufrag: self.agent})

    def _first(self, frame: bytes) -> None:
        checked = answer_check(frame, self, self._mux.agents)
        if checked is None:
            self.close()
        elif checked.usable:
            self.agent = checked.agent
            if self._timer:
                self._timer.cancel()


class TcpMux:
    """Listening sockets with one port number, one for each address, and the connections to them."""

    def __init__(self, agents: Mapping[str, IceLiteAgent]) -> None:
        """``agents`` are by local ufrag. Use :meth:`open`."""
        self.agents = agents
        self.port = 0
        self._servers: list[asyncio.Server] = []
        self._paths: set[TcpPath] = set()

    @classmethod
    async def open(cls, addresses: Sequence[str], port: int, agents: Mapping[str, IceLiteAgent]) -> TcpMux:
        """Listen.

        Args:
            addresses: IP addresses of this machine, at least one.
            port: the TCP port; 0 for any that is free on the first address.

        Raises:
            OSError: the port is taken, or an address is not this machine's; says which.
        """
        mux = cls(agents)
        try:
            for address in addresses:
                await mux._listen(address, mux.port or port)
        except BaseException:
            await mux.close()
            raise
        return mux

    async def _listen(self, address: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(lambda: TcpPath(self), address, port, family=family)
        except OSError as problem:
            raise OSError(problem.errno, f"TCP port {port} on {address}: {problem.strerror}") from problem
        self._servers.append(server)
        self.port = server.sockets[0].getsockname()[1]

    def admit(self, path: TcpPath) -> bool:
        """Whether there is room for one more connection."""
        if len(self._paths) >= MAX_CONNECTIONS:
            return False
        self._paths.add(path)
        return True

    def dismiss(self, path: TcpPath) -> None:
        """A connection is gone."""
        self._paths.discard(path)

    def forget(self, agent: IceLiteAgent) -> None:
        """Hang up on an agent's client."""
        for path in [path for path in self._paths if path.agent is agent]:
            path.close()

    async def close(self) -> None:
        """Hang up on everybody, and free the port. Idempotent."""
        for server in self._servers:
            server.close()
        for path in list(self._paths):
            path.close()
        for server in self._servers:
            await server.wait_closed()

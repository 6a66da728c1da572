"""One UDP port for every call: its sockets, and telling datagrams apart.

RFC 7983: the first byte says what a datagram is. A connectivity check finds its call by the local
ufrag in its USERNAME; everything else by a source address that an authenticated check came from.
Nothing here sends anything of its own accord. The reader needs an event loop with ``add_reader``,
which Windows' proactor loop has not.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from realtime_mock.transports.ice import MAX_DATAGRAM, SECURE_FIRST_BYTES, IceLiteAgent, answer_check

_Address = tuple[str, int]

_BUFFER_BYTES = 4 * 1024 * 1024
# The kernel grants what it allows. A full buffer costs a lost SCTP chunk, and that a second.
_BATCH = 64  # datagrams read in one go, so that a busy socket starves neither timers nor other sockets
_PORT_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class UdpPath:
    """One of our sockets, and the client's address."""

    socket: socket.socket
    address: _Address

    def send(self, data: bytes) -> None:
        """Send one datagram; one that the system refuses is lost, as datagrams may be."""
        with suppress(OSError):
            self.socket.sendto(data, self.address)


class UdpMux:
    """UDP sockets with one port number, one socket for each address.

    A socket is never bound to a wildcard: its answers could leave from another address than the
    client checked, which browsers drop.
    """

    def __init__(self, sockets: Sequence[socket.socket], agents: Mapping[str, IceLiteAgent]) -> None:
        """Takes bound sockets, and reads from them until :meth:`close`. ``agents`` are by local ufrag."""
        self._sockets = tuple(sockets)
        self._agents = agents
        self._by_address: dict[_Address, IceLiteAgent] = {}
        names = [sock.getsockname() for sock in sockets]
        self.port: int = names[0][1]
        self.addresses: tuple[str, ...] = tuple(name[0] for name in names)
        self._loop = asyncio.get_running_loop()
        for sock in sockets:
            self._loop.add_reader(sock, self._readable, sock)

    @classmethod
    def open(cls, addresses: Sequence[str], port: int, agents: Mapping[str, IceLiteAgent]) -> UdpMux:
        """Bind, inside a running event loop.

        Args:
            addresses: IP addresses of this machine, at least one.
            port: the UDP port; 0 for any that is free on all addresses.

        Raises:
            OSError: the port is taken, or an address is not this machine's; says which.
        """
        for attempt in range(_PORT_ATTEMPTS):
            try:
                return cls(_bind_all(addresses, port), agents)
            except OSError as problem:
                # A port that the system picked for the first address may be taken on the second.
                retry = port == 0 and problem.errno == errno.EADDRINUSE and attempt < _PORT_ATTEMPTS - 1
                if not retry:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def forget(self, agent: IceLiteAgent) -> None:
        """Forget every address of an agent's client."""
        for address in [known for known, owner in self._by_address.items() if owner is agent]:
            del self._by_address[address]

    def close(self) -> None:
        """Free the sockets. Idempotent."""
        for sock in self._sockets:
            self._loop.remove_reader(sock)
            sock.close()
        self._sockets = ()
        self._by_address.clear()

    def _readable(self, sock: socket.socket) -> None:
        for _ in range(_BATCH):
            try:
                data, source = sock.recvfrom(MAX_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue  # an ICMP error for an earlier datagram, where the system reports it this way
            if data:
                self._route(sock, data, source[:2])
            if sock.fileno() < 0:
                return  # closed by what the datagram caused

    def _route(self, sock: socket.socket, data: bytes, source: _Address) -> None:
        if data[0] in SECURE_FIRST_BYTES:
            if agent := self._by_address.get(source):
                agent.on_datagram(data)
        elif (checked := answer_check(data, UdpPath(sock, source), self._agents)) and checked.usable:
            # The latest wins: a new client may have the port of one that vanished.
            self._by_address[source] = checked.agent


def _bind_all(addresses: Sequence[str], port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    try:
        for address in addresses:
            sockets.append(_bind(address, port))
            port = sockets[0].getsockname()[1]
    except BaseException:
        for sock in sockets:
            sock.close()
        raise
    return sockets


def _bind(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        sock.bind((address, port))
    except OSError as problem:
        sock.close()
        raise OSError(problem.errno, f"UDP port {port} on {address}: {problem.strerror}") from problem
    except OverflowError:
        sock.close()
        raise
    return sock

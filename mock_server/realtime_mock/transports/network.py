"""One UDP port for every call: sockets, the demultiplexer, and which addresses are advertised.

Datagrams are told apart by RFC 7983's first byte. A connectivity check finds its call by the local
ufrag in its USERNAME; everything else by a source address that an authenticated check came from.
Nothing here sends anything of its own accord, asks a STUN server, or resolves a name. The reader
needs an event loop with ``add_reader``, which Windows' proactor loop has not.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from aioice import stun

LOOPBACK = "127.0.0.1"

_Address = tuple[str, int]

_BUFFER_BYTES = 4 * 1024 * 1024
# The kernel grants what it allows. A full buffer costs a lost SCTP chunk, and that a second.
_BATCH = 64  # datagrams read in one go, so that a busy socket starves neither timers nor other sockets
_MAX_DATAGRAM = 2048  # more than any Ethernet MTU; a longer datagram is cut, and fails its checks
_PORT_ATTEMPTS = 8
_STUN_FIRST_BYTES = range(4)
_SECURE_FIRST_BYTES = range(20, 192)  # DTLS from 20, SRTP and SRTCP from 128
_SOMEWHERE = ("203.0.113.1", 9)  # TEST-NET-3, RFC 5737; a route to it is a default route


@dataclass(frozen=True, slots=True)
class Path:
    """The way to a client: one of our sockets, and the client's address."""

    socket: socket.socket
    address: _Address

    def send(self, data: bytes) -> None:
        """Send one datagram; one that the system refuses is lost, as datagrams may be."""
        with suppress(OSError):
            self.socket.sendto(data, self.address)


class Session(Protocol):
    """Whom datagrams are for: an ICE agent."""

    @property
    def ufrag(self) -> str: ...

    def on_request(self, request: stun.Message, path: Path) -> stun.Message | None:
        """A binding request with this session's ufrag. Returns the response, or None to ignore it."""

    def on_datagram(self, data: bytes) -> None:
        """DTLS, SRTP or SRTCP, from an address whose request had a success response."""


class UdpMux:
    """UDP sockets with one port number, one socket for each advertised address.

    A socket is never bound to a wildcard: its answers could leave from another address than the
    client checked, which browsers drop.
    """

    def __init__(self, sockets: Sequence[socket.socket]) -> None:
        """Takes bound sockets, and reads from them until :meth:`close`. Use :meth:`open`."""
        self._sockets = tuple(sockets)
        self._by_ufrag: dict[str, Session] = {}
        self._by_address: dict[_Address, Session] = {}
        names = [sock.getsockname() for sock in sockets]
        self.port: int = names[0][1]
        self.addresses: tuple[str, ...] = tuple(name[0] for name in names)
        self._loop = asyncio.get_running_loop()
        for sock in sockets:
            self._loop.add_reader(sock, self._readable, sock)

    @classmethod
    def open(cls, *, port: int = 0, addresses: Sequence[str] | None = None) -> UdpMux:
        """Bind, inside a running event loop.

        Args:
            port: the UDP port; 0 for any that is free on all addresses.
            addresses: IP addresses of this machine; None for :func:`default_addresses`.

        Raises:
            OSError: the port is taken, or an address is not this machine's; says which.
            ValueError: no address, a name instead of an address, or a wildcard.
        """
        wanted = _checked(default_addresses() if addresses is None else addresses)
        for attempt in range(_PORT_ATTEMPTS):
            try:
                return cls(_bind_all(wanted, port))
            except OSError as problem:
                # A port that the system picked for the first address may be taken on the second.
                retry = port == 0 and problem.errno == errno.EADDRINUSE and attempt < _PORT_ATTEMPTS - 1
                if not retry:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def add(self, session: Session) -> None:
        """Route checks with this session's ufrag to it. Raises RuntimeError on a closed mux."""
        if not self._sockets:
            raise RuntimeError("the UDP port is closed")
        self._by_ufrag[session.ufrag] = session

    def remove(self, session: Session) -> None:
        """Forget a session and every address of it."""
        if self._by_ufrag.get(session.ufrag) is session:
            del self._by_ufrag[session.ufrag]
        for address in [known for known, owner in self._by_address.items() if owner is session]:
            del self._by_address[address]

    def close(self) -> None:
        """Free the sockets. Idempotent."""
        for sock in self._sockets:
            self._loop.remove_reader(sock)
            sock.close()
        self._sockets = ()
        self._by_ufrag.clear()
        self._by_address.clear()

    def _readable(self, sock: socket.socket) -> None:
        for _ in range(_BATCH):
            try:
                data, source = sock.recvfrom(_MAX_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue  # an ICMP error for an earlier datagram, where the system reports it this way
            self._route(data, Path(sock, source[:2]))
            if sock.fileno() < 0:
                return  # closed by what the datagram caused

    def _route(self, data: bytes, path: Path) -> None:
        if not data:
            return
        if data[0] in _SECURE_FIRST_BYTES:
            if session := self._by_address.get(path.address):
                session.on_datagram(data)
        elif data[0] in _STUN_FIRST_BYTES and (request := _read_request(data)):
            self._answer(request, path)

    def _answer(self, request: stun.Message, path: Path) -> None:
        # RFC 8445 section 7.3: only the part before the colon decides whether the name is ours.
        ufrag = str(request.attributes.get("USERNAME", "")).partition(":")[0]
        session = self._by_ufrag.get(ufrag)
        response = session.on_request(request, path) if session else None
        if session is None or response is None:
            return
        if response.message_class is stun.Class.RESPONSE:
            # The latest wins: a new client may have the port of one that vanished.
            self._by_address[path.address] = session
        path.send(bytes(response))


def default_addresses() -> tuple[str, ...]:
    """The IPv4 address of the default route, then 127.0.0.1; the latter alone where there is no route.

    Firefox does not reach a loopback address, and some sandboxes reach no other, hence both.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_SOMEWHERE)  # chooses a route for a UDP socket; sends nothing
        except OSError:
            return (LOOPBACK,)
        address: str = probe.getsockname()[0]
    return (LOOPBACK,) if address == LOOPBACK else (address, LOOPBACK)


def _checked(addresses: Sequence[str]) -> tuple[str, ...]:
    for address in addresses:
        if ipaddress.ip_address(address).is_unspecified:
            raise ValueError(f"{address} is a wildcard; name the addresses that clients shall use")
    if not addresses:
        raise ValueError("at least one address is needed")
    return tuple(dict.fromkeys(addresses))


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
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
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


def _read_request(data: bytes) -> stun.Message | None:
    try:
        message = stun.parse_message(data)
    except (ValueError, IndexError, struct.error):  # aioice checks some lengths, and unpacks the rest
        return None
    is_check = message.message_class is stun.Class.REQUEST and message.message_method is stun.Method.BINDING
    return message if is_check else None

"""The mux and the ICE-lite agent, checked with raw sockets."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from realtime_mock.transports import network
from realtime_mock.transports.ice import IceCredentials, IceLiteAgent
from realtime_mock.transports.network import UdpMux, default_addresses

CREDENTIALS = IceCredentials("local0/u0/local0", "0" * 32)


def check(
    *, ufrag: str = CREDENTIALS.ufrag, password: str = CREDENTIALS.password, **extra: int | None
) -> bytes:
    """A connectivity check, as a full agent sends it."""
    message = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{ufrag}:remote"
    message.attributes["PRIORITY"] = 1
    message.attributes.update({name.replace("_", "-"): value for name, value in extra.items()})
    message.add_message_integrity(password.encode())
    return bytes(message)


class Caller:
    """A client's UDP socket."""

    def __init__(self, mux: UdpMux) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind(("127.0.0.1", 0))
        self.address = self.socket.getsockname()
        self._server = ("127.0.0.1", mux.port)

    def send(self, data: bytes) -> None:
        self.socket.sendto(data, self._server)

    async def receive(self) -> bytes:
        async with asyncio.timeout(5):
            return await asyncio.get_running_loop().sock_recv(self.socket, 2048)

    async def ask(self, request: bytes) -> stun.Message:
        self.send(request)
        return stun.parse_message(await self.receive())


class Agents:
    """Makes agents on one mux."""

    def __init__(self, mux: UdpMux) -> None:
        self.mux = mux
        self.made: list[IceLiteAgent] = []
        self.lost = asyncio.Event()

    def make(self, credentials: IceCredentials = CREDENTIALS, consent_timeout: float = 30.0) -> IceLiteAgent:
        agent = IceLiteAgent(self.mux, credentials, consent_timeout=consent_timeout, on_lost=self.lost.set)
        self.made.append(agent)
        return agent


@pytest.fixture
async def agents() -> AsyncIterator[Agents]:
    """A mux on loopback, and what makes agents on it."""
    mux = UdpMux.open(addresses=["127.0.0.1"])
    agents = Agents(mux)
    yield agents
    for agent in agents.made:
        agent.close()
    mux.close()


@pytest.fixture
def caller(agents: Agents) -> Iterator[Caller]:
    """A client's socket."""
    caller = Caller(agents.mux)
    yield caller
    caller.socket.close()


@pytest.fixture
def stranger(agents: Agents) -> Iterator[Caller]:
    """Somebody else's socket."""
    stranger = Caller(agents.mux)
    yield stranger
    stranger.socket.close()


async def test_a_check_is_answered_with_the_address_it_came_from(agents: Agents, caller: Caller) -> None:
    """A signed success response with XOR-MAPPED-ADDRESS (RFC 8445 section 7.3)."""
    agents.make()
    response = await caller.ask(check(ICE_CONTROLLING=1))
    assert (
        response.message_class,
        response.attributes["XOR-MAPPED-ADDRESS"],
        response.check_message_integrity(CREDENTIALS.password.encode()),
    ) == (stun.Class.RESPONSE, caller.address, True)


async def test_a_controlled_client_is_told_to_change_its_role(agents: Agents, caller: Caller) -> None:
    """487, because a lite agent never controls; its address is not learned."""
    agent = agents.make()
    response = await caller.ask(check(ICE_CONTROLLED=1))
    caller.send(b"\x16 before any success")
    await caller.ask(check())
    caller.send(b"\x16 after it")
    assert (response.error_code, await agent.recv()) == (487, b"\x16 after it")


async def test_datagrams_find_their_call_by_an_authenticated_address(
    agents: Agents, caller: Caller, stranger: Caller
) -> None:
    """Two calls on one port; who has not passed a check is not heard."""
    other = IceCredentials("other0/u0/other0", "1" * 32)
    first, second = agents.make(), agents.make(other)
    stranger.send(b"\x16 too early")
    await caller.ask(check())
    await stranger.ask(check(ufrag=other.ufrag, password=other.password))
    caller.send(b"\x16 DTLS")
    stranger.send(b"\x80 RTP")
    assert (await first.recv(), await second.recv()) == (b"\x16 DTLS", b"\x80 RTP")


async def test_the_first_path_is_used_and_the_nominated_one_replaces_it(
    agents: Agents, caller: Caller, stranger: Caller
) -> None:
    """Only USE-CANDIDATE moves a call to another address of its client."""
    agent = agents.make()
    await caller.ask(check())
    await stranger.ask(check())
    agent.send(b"to the first")
    first = await caller.receive()
    await stranger.ask(check(USE_CANDIDATE=None))
    agent.send(b"to the nominated")
    assert (first, await stranger.receive()) == (b"to the first", b"to the nominated")


async def test_an_address_belongs_to_the_call_that_it_was_last_seen_with(
    agents: Agents, caller: Caller
) -> None:
    """A port that is used again reaches the new call, and closing the old one does not take it away."""
    other = IceCredentials("other0/u0/other0", "1" * 32)
    first, second = agents.make(), agents.make(other)
    await caller.ask(check())
    await caller.ask(check(ufrag=other.ufrag, password=other.password))
    first.close()
    caller.send(b"\x16 hello")
    assert await second.recv() == b"\x16 hello"


@pytest.mark.parametrize(
    "ignored",
    [
        check(password="wrong"),
        check(ufrag="nobody"),
        check()[:-32],
        bytes(stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)),
        bytes(stun.Message(message_method=stun.Method.ALLOCATE, message_class=stun.Class.REQUEST)),
        b"",
        b"\x00",
        b"\x00\x01\x00\x04" + b"\x21\x12\xa4\x42" + bytes(12) + b"\x00\x24\x00\x00",
        b"\xff not of RFC 7983",
    ],
    ids=["password", "ufrag", "cut", "unsigned", "allocate", "empty", "one byte", "no priority", "range"],
)
async def test_what_is_no_valid_check_has_no_answer(agents: Agents, caller: Caller, ignored: bytes) -> None:
    """The next response on the socket belongs to the valid check that follows."""
    agents.make()
    caller.send(ignored)
    request = check()
    response = await caller.ask(request)
    assert response.transaction_id == request[8:20]


@given(
    st.binary(max_size=60).map(lambda tail: b"\x00\x01" + tail)
    | st.tuples(st.integers(0, len(check()) - 1), st.integers(0, 255)).map(
        lambda change: check()[: change[0]] + bytes([change[1]]) + check()[change[0] + 1 :]
    )
)
def test_malformed_stun_never_raises(data: bytes) -> None:
    """Random attributes, and one wrong byte anywhere in a good check."""
    message = network._read_request(data)
    assert message is None or message.message_class is stun.Class.REQUEST


async def test_consent_runs_out_without_checks(agents: Agents, caller: Caller) -> None:
    """A client that stops checking is lost, and whoever reads from it is told."""
    agent = agents.make(consent_timeout=0.05)
    await caller.ask(check())
    async with asyncio.timeout(5):
        await agents.lost.wait()
    with pytest.raises(ConnectionError):
        await agent.recv()


async def test_a_closed_agent_is_silent(agents: Agents, caller: Caller) -> None:
    """Its ufrag is unknown, its reader is woken, and sending is harmless."""
    agent = agents.make()
    await caller.ask(check())
    reader = asyncio.create_task(agent.recv())
    await asyncio.sleep(0)
    agent.close()
    agent.send(b"lost")
    with pytest.raises(ConnectionError):
        await reader
    agents.make(IceCredentials("other0/u0/other0", "1" * 32))
    caller.send(check())
    response = await caller.ask(check(ufrag="other0/u0/other0", password="1" * 32))
    assert response.check_message_integrity(b"1" * 32)


def test_credentials_have_the_form_of_the_api() -> None:
    """Three parts with the routing hint in the middle, and 32 characters."""
    credentials = IceCredentials.generate()
    first, hint, last = credentials.ufrag.split("/")
    assert (len(first), hint, len(last), len(credentials.password)) == (6, "u0", 6, 32)
    assert (first + last + credentials.password).isalnum()


# -- sockets -------------------------------------------------------------------------------------


async def test_every_address_has_the_same_port() -> None:
    """One socket for each address, none on a wildcard."""
    mux = UdpMux.open(addresses=["127.0.0.1", "127.0.0.2", "127.0.0.1"])
    names = {sock.getsockname()[:2] for sock in mux._sockets}
    assert names == {("127.0.0.1", mux.port), ("127.0.0.2", mux.port)}
    mux.close()


async def test_ipv6_is_an_address_like_any_other() -> None:
    """A check over ::1 is answered with its address."""
    try:
        mux = UdpMux.open(addresses=["::1"])
    except OSError as problem:
        pytest.skip(f"no IPv6 loopback here: {problem}")
    agent = IceLiteAgent(mux, CREDENTIALS, consent_timeout=30, on_lost=lambda: None)
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as client:
        client.setblocking(False)
        client.connect(("::1", mux.port))
        client.send(check())
        async with asyncio.timeout(5):
            response = stun.parse_message(await asyncio.get_running_loop().sock_recv(client, 2048))
        assert response.attributes["XOR-MAPPED-ADDRESS"] == client.getsockname()[:2]
    agent.close()
    mux.close()


async def test_a_taken_port_is_named() -> None:
    """The message has port and address, and the socket that could be bound is free again."""
    taken = UdpMux.open(addresses=["127.0.0.2"])
    with pytest.raises(OSError, match=f"UDP port {taken.port} on 127.0.0.2: ") as caught:
        UdpMux.open(port=taken.port, addresses=["127.0.0.1", "127.0.0.2"])
    UdpMux.open(port=taken.port, addresses=["127.0.0.1"]).close()
    taken.close()
    assert caught.value.errno == errno.EADDRINUSE


async def test_a_picked_port_that_is_taken_elsewhere_is_picked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """With port 0 the system knows only about the first address."""
    bind, failures = network._bind, [OSError(errno.EADDRINUSE, "taken")]

    def unlucky(address: str, port: int) -> socket.socket:
        if address == "127.0.0.2" and failures:
            raise failures.pop()
        return bind(address, port)

    monkeypatch.setattr(network, "_bind", unlucky)
    mux = UdpMux.open(addresses=["127.0.0.1", "127.0.0.2"])
    assert (mux.addresses, failures) == (("127.0.0.1", "127.0.0.2"), [])
    mux.close()


@pytest.mark.parametrize("addresses", [[], ["0.0.0.0"], ["::"], ["localhost"]])
async def test_addresses_that_are_none_are_refused(addresses: list[str]) -> None:
    """A wildcard, a name, or nothing at all is a mistake of the caller."""
    with pytest.raises(ValueError, match=r"wildcard|needed|does not appear"):
        UdpMux.open(addresses=addresses)


async def test_a_closed_mux_takes_nobody() -> None:
    """Closing twice is harmless; adding a session is a mistake."""
    mux = UdpMux.open(addresses=["127.0.0.1"])
    mux.close()
    mux.close()
    with pytest.raises(RuntimeError):
        IceLiteAgent(mux, CREDENTIALS, consent_timeout=1, on_lost=lambda: None)


def test_loopback_is_always_advertised() -> None:
    """Last, after the address of the default route where there is one."""
    addresses = default_addresses()
    assert (addresses[-1], addresses.count("127.0.0.1")) == ("127.0.0.1", 1)


def test_without_a_route_loopback_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose only interface is lo."""

    class Unroutable(socket.socket):
        def connect(self, _address: object) -> None:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(network.socket, "socket", Unroutable)
    assert default_addresses() == ("127.0.0.1",)

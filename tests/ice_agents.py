"""ICE-lite agents on a network of a test, and the checks of their clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aioice import stun

from realtime_mock.transports.ice import IceCredentials, IceLiteAgent
from realtime_mock.transports.network import Network

CREDENTIALS = IceCredentials("local0/u0/local0", "0" * 32)
OTHER = IceCredentials("other0/u0/other0", "1" * 32)


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


class Agents:
    """Makes agents on one network, and keeps what they are told."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.lost = asyncio.Event()
        self.connected = 0
        self.when_connected: Callable[[], None] = lambda: None
        self._inboxes: dict[IceLiteAgent, asyncio.Queue[bytes]] = {}

    @classmethod
    @asynccontextmanager
    async def on(cls, network: Network) -> AsyncIterator[Agents]:
        """On this network, which is closed at the end."""
        agents = cls(network)
        yield agents
        for agent in agents._inboxes:
            agent.close()
        await network.close()

    def make(self, credentials: IceCredentials = CREDENTIALS, consent_timeout: float = 30.0) -> IceLiteAgent:
        inbox: asyncio.Queue[bytes] = asyncio.Queue()
        agent = IceLiteAgent(
            self.network,
            credentials,
            consent_timeout=consent_timeout,
            on_connected=self._on_connected,
            on_lost=self.lost.set,
            deliver=inbox.put_nowait,
        )
        self._inboxes[agent] = inbox
        return agent

    def _on_connected(self) -> None:
        self.connected += 1
        self.when_connected()

    def inbox(self, agent: IceLiteAgent) -> asyncio.Queue[bytes]:
        """What was delivered to an agent."""
        return self._inboxes[agent]

    async def datagram(self, agent: IceLiteAgent) -> bytes:
        """The next datagram of an agent."""
        async with asyncio.timeout(5):
            return await self._inboxes[agent].get()

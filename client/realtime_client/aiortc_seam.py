"""Everything that touches a private name of aiortc or aioice, and nothing else. aiortc is pinned to 1.16.*.

A contract test names each of these and fails when one changes. Why they are needed:

- ``RTCPeerConnection.__connect`` runs in a task that nobody holds. If it raises (on an answer without a
  fingerprint, say) the connection stays "new" for ever; and it may outlive ``close()``.
- ``RTCIceGatherer._connection``: aioice leaves loopback addresses out (``get_host_addresses``), so a machine
  with no other interface, like a container without network, has no candidate at all. There is no public
  way to add one. Its ``get_component_candidates`` is replaced on that one object; no other user of aioice
  in the process is touched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aioice import Candidate, Connection
from aiortc import RTCConfiguration, RTCDtlsTransport, RTCIceTransport, RTCPeerConnection

LOOPBACK = "127.0.0.1"


class Peer(RTCPeerConnection):
    """An RTCPeerConnection whose connecting task is held: its failure is told, and its end awaited."""

    def __init__(self, configuration: RTCConfiguration, changed: Callable[..., None]) -> None:
        super().__init__(configuration)
        self._changed = changed
        self._connecting: asyncio.Task[None] | None = None
        self.failure: Exception | None = None

    async def _RTCPeerConnection__connect(self) -> None:
        # setRemoteDescription() wraps this coroutine in a task; aiortc calls it once per remote description.
        self._connecting = asyncio.current_task()
        try:
            await super()._RTCPeerConnection__connect()  # type: ignore[misc]
        except Exception as error:  # whatever it is: told to whoever waits for the connection
            self.failure = error
            self._changed()

    async def close(self) -> None:
        """Close, and wait until the connecting task is gone, too."""
        await super().close()
        if self._connecting is not None:
            await asyncio.gather(self._connecting, return_exceptions=True)


def transports_of(peer: RTCPeerConnection) -> tuple[RTCIceTransport, RTCDtlsTransport]:
    """The one pair of transports of a peer with a bundled audio section (public names, typed here)."""
    dtls = peer.getSenders()[0].transport
    return dtls.transport, dtls


def allow_loopback_when_alone(ice: RTCIceTransport) -> None:
    """Let ``ice`` gather 127.0.0.1 if the machine has no other address. Call before gathering."""
    connection: Connection = ice.iceGatherer._connection
    gather = connection.get_component_candidates

    async def gather_or_loopback(component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        return await gather(component, addresses or [LOOPBACK], timeout)

    connection.get_component_candidates = gather_or_loopback  # type: ignore[method-assign]

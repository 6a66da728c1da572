"""An aiortc client of a server that takes an SDP offer over HTTP: one call, timed."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass

import aiohttp
from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack

PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where to call, and with which key."""

    url: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/sdp"}


class Call:
    """A call whose offer is ready, so that the time from the POST on is the server's and the network's.

    Attributes:
        posted: when the POST was sent, by time.perf_counter(); 0.0 before.
    """

    def __init__(self) -> None:
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._peer.addTrack(AudioStreamTrack())
        self.channel: RTCDataChannel = self._peer.createDataChannel("oai-events")
        self._open = asyncio.Event()
        self.channel.on("open", self._open.set)
        self.posted = 0.0

    async def connect(self, http: aiohttp.ClientSession, target: Target) -> float:
        """Offer, and wait for the open channel.

        Returns:
            Milliseconds from the POST to the open channel.

        Raises:
            RuntimeError: the server refused.
            TimeoutError: the channel did not open in PATIENCE_S.
        """
        await self._peer.setLocalDescription(await self._peer.createOffer())
        offer = self._peer.localDescription.sdp
        self.posted = time.perf_counter()
        async with asyncio.timeout(PATIENCE_S):
            url = f"{target.url}/v1/realtime/calls"
            async with http.post(url, data=offer, headers=target.headers) as response:
                answer = await response.text()
                if response.status != 201:
                    raise RuntimeError(f"HTTP {response.status}: {answer[:200]}")
            await self._peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
            await self._open.wait()
        return (time.perf_counter() - self.posted) * 1000

    def ask(self, event_id: str) -> None:
        """Commit the sound so far. Ours refuses less than 100 ms and says how much it has, as peers do."""
        self.channel.send(json.dumps({"type": "input_audio_buffer.commit", "event_id": event_id}))

    async def close(self) -> None:
        """Hang up, politely: the server hears of it."""
        await self._peer.close()

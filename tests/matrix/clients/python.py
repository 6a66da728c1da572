"""A call with aiortc, or with libwebrtc behind the same names: python.py LIBRARY URL WAV [--tcp]

LIBRARY is the module: ``aiortc``, or ``webrtc.aiortc`` of the distribution wrtc. ``--tcp`` makes aiortc use ICE over
TCP and nothing else. Prints one line of JSON: what happened.
"""

from __future__ import annotations

import asyncio
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

KEY = "sk-00000000"
SESSION = {
    "type": "transcription",
    "audio": {"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}},
}
COMPLETED = "conversation.item.input_audio_transcription.completed"


async def post(http: ClientSession, url: str, key: str, **body: Any) -> str:
    """The body of the answer to a POST; it must be a success."""
    headers = {"Authorization": f"Bearer {key}"} | body.pop("headers", {})
    async with http.post(url, headers=headers, **body) as response:
        text = await response.text()
        assert response.ok, text
        return text


async def call(library: str, url: str, wav: str) -> dict[str, Any]:
    """Mint, offer, speak, and wait for the transcript."""
    rtc, media = import_module(library), import_module(f"{library}.contrib.media")
    peer = rtc.RTCPeerConnection(rtc.RTCConfiguration(iceServers=[]))
    channel = peer.createDataChannel("oai-events")
    peer.addTrack(media.MediaPlayer(wav).audio)
    events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    channel.on("message", lambda text: events.put_nowait(json.loads(text)))
    await peer.setLocalDescription(await peer.createOffer())
    async with ClientSession() as http:
        minted = await post(http, f"{url}/v1/realtime/client_secrets", KEY, json={"session": SESSION})
        answer = await post(
            http,
            f"{url}/v1/realtime/calls",
            json.loads(minted)["value"],
            data=peer.localDescription.sdp.encode(),
            headers={"Content-Type": "application/sdp"},
        )
    await peer.setRemoteDescription(rtc.RTCSessionDescription(sdp=answer, type="answer"))
    heard = [await events.get()]
    while heard[-1]["type"] != COMPLETED:
        heard.append(await events.get())
    await peer.close()
    return {"first": heard[0]["type"], "transcript": heard[-1]["transcript"]}


async def main(library: str, url: str, wav: str, *flags: str) -> None:
    if "--tcp" in flags:
        sys.path.insert(0, str(Path(__file__).parents[2]))
        import_module("ice_tcp_client").use_tcp_alone()
    async with asyncio.timeout(30):
        print(json.dumps(await call(library, url, wav)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

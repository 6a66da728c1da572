"""What one writes with stock aiortc: an offer is answered, the channel echoes, the sound is read.

``--library webrtc.aiortc`` runs the same lines on libwebrtc, through the aiortc layer of the wheel wrtc. The
HTTP contract is that of the Realtime API: POST /v1/realtime/calls with an SDP offer, 201 with the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import sys
from typing import Any

from aiohttp import web

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Max-Age": "600",
}
FRAME_MS = 20


class Echo:
    """The calls of one server. ``mode``: receive (the track is left alone), decode, or send (and decode)."""

    def __init__(self, library: Any, mode: str) -> None:
        self._rtc = library
        self._mode = mode
        self._calls: set[Any] = set()
        self._reading: set[asyncio.Task[None]] = set()

    async def call(self, request: web.Request) -> web.Response:
        """Answer an offer, as the examples of aiortc do."""
        offer = self._rtc.RTCSessionDescription(await request.text(), "offer")
        peer = self._rtc.RTCPeerConnection(self._rtc.RTCConfiguration(iceServers=[]))
        self._calls.add(peer)
        heard = [0]  # frames

        async def changed() -> None:
            if peer.connectionState in ("failed", "closed"):
                self._calls.discard(peer)
                await peer.close()

        def track(source: Any) -> None:
            if self._mode != "receive":
                reading = asyncio.ensure_future(self._read(source, heard))
                self._reading.add(reading)
                reading.add_done_callback(self._reading.discard)

        def opened(channel: Any) -> None:
            def message(text: str) -> None:
                channel.send(text if "buffer.commit" not in text else _heard(text, heard[0]))

            channel.on("message", message)

        peer.on("connectionstatechange", changed)
        peer.on("track", track)
        peer.on("datachannel", opened)
        await peer.setRemoteDescription(offer)
        if self._mode == "send":
            peer.addTrack(self._rtc.AudioStreamTrack())
        await peer.setLocalDescription(await peer.createAnswer())
        answer: str = peer.localDescription.sdp
        return web.Response(status=201, text=answer, content_type="application/sdp", headers=CORS)

    async def _read(self, source: Any, heard: list[int]) -> None:
        try:
            while True:
                await source.recv()
                heard[0] += 1
        except Exception as end:  # the two libraries raise a MediaStreamError of their own each
            if type(end).__name__ != "MediaStreamError":
                print(f"reading a track failed: {end!r}", file=sys.stderr)


def _heard(text: str, frames: int) -> str:
    """The reply to a commit: how much sound the application has had."""
    return json.dumps({"type": "heard", "event_id": json.loads(text)["event_id"], "ms": frames * FRAME_MS})


async def preflight(_request: web.Request) -> web.Response:
    """What a page of another origin asks first."""
    return web.Response(headers={**CORS, "Access-Control-Allow-Methods": "POST"})


async def serve(library: str, mode: str) -> None:
    """Serve on a free port until killed."""
    echo = Echo(importlib.import_module(library), mode)
    app = web.Application()
    app.router.add_post("/v1/realtime/calls", echo.call)
    app.router.add_options("/v1/realtime/calls", preflight)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"ready http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", default="aiortc")
    parser.add_argument("--mode", choices=("receive", "decode", "send"), default="decode")
    options = parser.parse_args()
    asyncio.run(serve(options.library, options.mode))

"""The least that aiohttp can do: constants for the same requests. What it takes is aiohttp's own."""

from __future__ import annotations

import argparse
import asyncio

from aiohttp import web

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Max-Age": "600",
}
SECRET = {"value": "ek_" + "0" * 32, "expires_at": 0, "session": {"type": "transcription"}}
ANSWER = "v=0\r\n" + "a=x-padding-to-the-length-of-a-real-answer\r\n" * 36


async def mint(_request: web.Request) -> web.Response:
    """A client secret, always the same."""
    return web.json_response(SECRET, headers=CORS)


async def call(request: web.Request) -> web.Response:
    """An answer, always the same, and good for nothing but its length."""
    await request.read()
    return web.Response(status=201, text=ANSWER, content_type="application/sdp", headers=CORS)


async def preflight(_request: web.Request) -> web.Response:
    """What a page of another origin asks first."""
    return web.Response(headers=CORS)


async def serve(port: int) -> None:
    """Serve until killed."""
    app = web.Application()
    app.router.add_post("/v1/realtime/client_secrets", mint)
    app.router.add_post("/v1/realtime/calls", call)
    app.router.add_options("/v1/realtime/calls", preflight)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print(f"ready http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(serve(parser.parse_args().port))

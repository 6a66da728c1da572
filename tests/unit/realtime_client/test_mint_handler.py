"""The handler that gives browsers their keys: what it answers, whom it refuses, what it does not tell."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from realtime_client import RealtimeClient, Timeouts, TranscriptionSession, mint_handler

CONFIG = TranscriptionSession("gpt-4o-mini-transcribe", language="en")
SECRET = "ek_00000000000000000000000000000000"

Mount = Callable[[Any], Awaitable[Any]]


@pytest.fixture
def mount(aiohttp_client: Any) -> Mount:
    """A web application with the handler at /key, as a client to call it with."""

    async def start(handler: Any) -> Any:
        app = web.Application()
        app.router.add_post("/key", handler)
        return await aiohttp_client(app)

    return start


async def test_a_browser_gets_a_key(server: Any, client: RealtimeClient, mount: Mount) -> None:
    """Value and expiry, for the session that the application chose, and for no cache."""
    http = await mount(mint_handler(client, session=CONFIG, ttl=60))
    async with http.post("/key", json={"session": {"type": "realtime"}}) as response:
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert await response.json() == {"value": SECRET, "expires_at": 2_000_000_000}
    assert server.minted == [
        {"expires_after": {"anchor": "created_at", "seconds": 60}, "session": CONFIG.to_json()}
    ]


async def _yes(_: web.Request) -> bool:
    return True


@pytest.mark.parametrize(
    ("authorize", "status"), [(lambda _: False, 403), (lambda _: True, 200), (_yes, 200)]
)
async def test_the_application_says_who_may(
    server: Any, client: RealtimeClient, mount: Mount, authorize: Any, status: int
) -> None:
    """A plain function or an async one; who is refused costs nothing."""
    http = await mount(mint_handler(client, session=CONFIG, authorize=authorize))
    async with http.post("/key") as response:
        assert response.status == status
        assert response.headers["Cache-Control"] == "no-store"
    assert len(server.minted) == (1 if status == 200 else 0)


@pytest.mark.parametrize(("upstream", "status"), [(401, 502), (400, 502), (500, 502), (429, 429)])
async def test_a_refusal_is_mapped_and_not_passed_on(
    server: Any,
    client: RealtimeClient,
    mount: Mount,
    caplog: pytest.LogCaptureFixture,
    upstream: int,
    status: int,
) -> None:
    """The browser learns that it failed; the reason is in the log, without the key."""

    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=upstream, text=f"secret {request.headers['Authorization']}")

    server.mint = refuse
    http = await mount(mint_handler(client, session=CONFIG))
    with caplog.at_level(logging.ERROR, logger="realtime_client"):
        async with http.post("/key") as response:
            body = await response.text()
            assert response.status == status
            assert response.headers["Cache-Control"] == "no-store"
    assert "secret" not in body
    assert f"HTTP {upstream}" in caplog.text
    assert "sk-0" not in caplog.text


async def test_an_api_that_does_not_answer(server: Any, mount: Mount, unused_tcp_port: int) -> None:
    """Too late is 504, not there is 502, no key of our own is 500."""
    server.stall = "mint"
    url = f"http://127.0.0.1:{unused_tcp_port}/v1"
    cases = [
        (RealtimeClient("sk-0000", base_url=server.url, timeouts=Timeouts(mint=0.1)), 504),
        (RealtimeClient("sk-0000", base_url=url), 502),
    ]
    for client, status in cases:
        async with client:
            http = await mount(mint_handler(client, session=CONFIG))
            async with http.post("/key") as response:
                assert response.status == status


async def test_a_server_without_a_key(mount: Mount, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application's own mistake is 500."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    async with RealtimeClient(base_url="http://127.0.0.1:1/v1") as client:
        http = await mount(mint_handler(client, session=CONFIG))
        async with http.post("/key") as response:
            assert response.status == 500


async def test_an_application_may_refuse_in_its_own_way(client: RealtimeClient, mount: Mount) -> None:
    """An HTTP exception of authorize() goes through as it is."""

    def teapot(_: web.Request) -> bool:
        raise web.HTTPUnauthorized(text="log in first")

    http = await mount(mint_handler(client, session=CONFIG, authorize=teapot))
    async with http.post("/key") as response:
        assert (response.status, await response.text()) == (401, "log in first")

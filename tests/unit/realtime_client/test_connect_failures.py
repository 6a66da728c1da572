"""Every way in which connecting can fail: which error, from which phase, and that nothing is left."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from typing import Any

import pytest
from aiohttp import web

from interrupting import cancelled_at_every_wait, sdk_tasks
from realtime_client import (
    ConfigurationError,
    ConnectError,
    MintError,
    PhaseTimeout,
    RealtimeClient,
    SdpError,
    Timeouts,
    TranscriptionSession,
)

CONFIG = TranscriptionSession("gpt-4o-mini-transcribe")
EMPTY_ERROR = '{\n    "error": {"message": "", "type": "", "code": "", "param": ""}\n}'
PHASES = ["mint", "SDP", "ICE", "DTLS", "channel", "first event"]


async def connect(client: RealtimeClient) -> None:
    """The whole way, from the mint to the first event, and back."""
    async with asyncio.timeout(20):
        secret = await client.mint(CONFIG)
        async with client.connect(secret=secret):
            pass


def stall(server: Any, phase: str) -> None:
    """Make the server do nothing more from ``phase`` on."""
    server.stall = phase
    if phase == "first event":
        server.first = None


@pytest.mark.parametrize("phase", PHASES)
async def test_each_phase_has_its_limit(server: Any, phase: str) -> None:
    """A server that stalls in a phase gives a PhaseTimeout that names it."""
    stall(server, phase)
    limits = dataclasses.replace(Timeouts(), **{phase.lower().replace(" ", "_"): 0.3})
    async with RealtimeClient("sk-0000", base_url=server.url, timeouts=limits) as client:
        with pytest.raises(PhaseTimeout, match=f"^{phase}: not done after 0.3 s") as caught:
            await connect(client)
    assert (caught.value.phase, caught.value.seconds) == (phase, 0.3)


@pytest.mark.parametrize("phase", PHASES)
async def test_cancelled_in_any_phase_nothing_is_left(
    server: Any, client: RealtimeClient, phase: str
) -> None:
    """Cancelled while it waits in a phase, connecting ends at once and leaves no task."""
    stall(server, phase)
    before = asyncio.all_tasks()
    connecting = asyncio.create_task(connect(client))
    async with asyncio.timeout(20):
        await server.stalled.wait()
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
    left = asyncio.all_tasks() - before
    assert [task for task in left if _runs_sdk_code(task)] == []


async def test_cancelled_at_every_wait_nothing_is_left(server: Any, client: RealtimeClient) -> None:
    """Cancelled at its first wait, its second, and so on, to the end of a call: no task of the SDK is left."""

    async def whole() -> None:
        async with client.connect(secret="ek_00000000000000000000000000000000"):
            pass

    async def nothing_is_left() -> None:
        assert sdk_tasks() == []

    async with asyncio.timeout(60):
        assert await cancelled_at_every_wait(whole, nothing_is_left) > 5


def _runs_sdk_code(task: asyncio.Task[Any]) -> bool:
    """Whether a task belongs to this side; the test server's peer and handlers may go on."""
    stack = task.get_stack()
    return any("realtime_client/" in frame.f_code.co_filename for frame in stack) and not any(
        "tests/" in frame.f_code.co_filename for frame in stack
    )


async def test_an_error_body_never_reaches_the_peer(
    server: Any, client: RealtimeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The empty 400 becomes an SdpError with status, body, request id and likely causes; no SDP is set."""
    from realtime_client.aiortc_seam import Peer

    given: list[Any] = []

    async def note(_: Peer, description: Any) -> None:
        given.append(description)

    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=400, text=EMPTY_ERROR, headers={"x-request-id": "req_1"})

    monkeypatch.setattr(Peer, "setRemoteDescription", note)
    server.calls = refuse
    with pytest.raises(SdpError) as caught:
        await connect(client)
    error = caught.value
    assert (error.status, error.body, error.request_id) == (400, EMPTY_ERROR, "req_1")
    assert error.explanation is not None
    assert error.explanation.known == "empty-error"
    assert "POST" in str(error)
    assert "with an ephemeral key and a body of kind sdp" in str(error)
    assert given == []


@pytest.mark.parametrize(
    ("status", "body", "happened"),
    [
        (200, '{"error": {}}', "HTTP 200, but the body is no SDP; it was not given to the peer connection."),
        (201, "", "HTTP 201, but the body is no SDP; it was not given to the peer connection."),
        (302, "v=0\r\n", "HTTP 302"),
        (500, "v=0\r\n", "HTTP 500"),
    ],
)
async def test_only_sdp_under_2xx_is_an_answer(
    server: Any, client: RealtimeClient, status: int, body: str, happened: str
) -> None:
    """Status and body both have to be right; a redirect is not followed with the key."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body, headers={"Location": "/elsewhere"})

    server.calls = answer
    with pytest.raises(SdpError) as caught:
        await connect(client)
    assert caught.value.happened == happened
    assert len(server.offers) == 1


@pytest.mark.parametrize(
    ("pattern", "replacement", "phase"),
    [
        (r"^v=0", "v=0\r\nm=nonsense", "SDP"),
        (r"sha-256 (..:){4}", "sha-256 00:00:00:00:", "DTLS"),
        (r"a=fingerprint:.*\r\n", "", "DTLS"),
        (r"a=candidate:.*\r\n", "", "ICE"),
    ],
)
async def test_a_bad_answer_names_its_phase(
    server: Any, client: RealtimeClient, pattern: str, replacement: str, phase: str
) -> None:
    """An answer that is broken in one place fails in the phase that needs this place."""
    server.edit_answer = lambda sdp: re.sub(pattern, replacement, sdp)
    with pytest.raises(ConnectError) as caught:
        await connect(client)
    assert caught.value.phase == phase


async def test_an_error_in_place_of_the_first_event(server: Any, client: RealtimeClient) -> None:
    """A server that refuses on the channel is quoted."""
    server.first = {"type": "error", "error": {"code": "insufficient_quota", "message": "no credit"}}
    with pytest.raises(
        ConnectError, match=r"^first event: the server refuses: insufficient_quota: no credit"
    ):
        await connect(client)


@pytest.mark.parametrize(
    ("body", "status"),
    [("{}", 200), ("[]", 200), ('{"value": 3}', 200), ("oops", 200), ('{"value": ""}', 200), ("no", 401)],
)
async def test_a_mint_without_a_key(server: Any, client: RealtimeClient, body: str, status: int) -> None:
    """Whatever the mint answers, it is a key or a MintError."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    server.mint = answer
    with pytest.raises(MintError) as caught:
        await client.mint(CONFIG)
    assert (caught.value.status, caught.value.body) == (status, body)


async def test_a_server_that_is_not_there(unused_tcp_port: int) -> None:
    """No answer at all is a MintError without a status."""
    async with RealtimeClient("sk-0000", base_url=f"http://127.0.0.1:{unused_tcp_port}/v1") as client:
        with pytest.raises(MintError, match=r"^No answer from http://127\.0\.0\.1") as caught:
            await client.mint(CONFIG)
    assert caught.value.status is None


async def test_the_key_is_never_shown(server: Any) -> None:
    """Neither the error nor the secret's repr has the key, not even when the server repeats it."""

    async def repeat(request: web.Request) -> web.Response:
        return web.Response(status=401, text=request.headers["Authorization"])

    server.mint = repeat
    async with RealtimeClient("sk-secret0000", base_url=server.url) as client:
        with pytest.raises(MintError) as caught:
            await client.mint(CONFIG)
    assert caught.value.body == "Bearer <key>"
    assert "sk-secret0000" not in str(caught.value)


async def test_a_short_key_leaves_a_good_answer_alone(server: Any) -> None:
    """The answer goes to the peer byte for byte, even where it happens to contain the key."""
    async with (
        asyncio.timeout(20),
        RealtimeClient("x", base_url=server.url) as client,
        client.connect(CONFIG) as session,
    ):
        assert session.id == "sess_1"


async def test_a_minted_key_is_not_kept_by_the_error(server: Any, client: RealtimeClient) -> None:
    """A mint in the shape of the beta API is refused, and the error does not show the key that it holds."""

    async def beta(_: web.Request) -> web.Response:
        return web.json_response({"client_secret": {"value": "ek_00000000000000000000000000000000"}})

    server.mint = beta
    with pytest.raises(MintError) as caught:
        await client.mint(CONFIG)
    assert caught.value.body == '{"client_secret": {"value": "<key>"}}'


async def test_misuse_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, two sources of a session, none, a base URL that is none: before anything is sent."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    async with RealtimeClient(base_url="http://127.0.0.1:1/v1") as client:
        with pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
            await client.mint(CONFIG)
        with pytest.raises(ConfigurationError, match="a session"):
            client.connect()
        with pytest.raises(ConfigurationError, match="a session"):
            client.connect(CONFIG, secret="ek_0000")
        with pytest.raises(ConfigurationError, match="characters that no key has"):
            client.connect(secret="ek_\r\n0000")
    with pytest.raises(ConfigurationError, match="base_url must begin"):
        RealtimeClient(base_url="ws://127.0.0.1/v1")

"""The examination itself: the SDK's own way to a session, then a beep, then a clean end.

May live here: the order of the steps, and what each of them does beyond connecting. The doctor's session has
no turn detection and commits nothing, so nothing is transcribed, and nothing costs anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import replace

from realtime_client.api import checked_base_url, checked_key
from realtime_client.client import RealtimeClient
from realtime_client.config import Timeouts, TranscriptionSession
from realtime_client.doctor.beep import BEEP_MS, Beep
from realtime_client.doctor.chart import Chart, Tell
from realtime_client.doctor.clues import Clues, candidates_of
from realtime_client.doctor.findings import explain_symptom
from realtime_client.doctor.report import STEPS, Report, Target
from realtime_client.doctor.symptoms import Complaint, check_shape, symptom_of
from realtime_client.doctor.tap import HttpTap
from realtime_client.errors import ConnectError, RealtimeError, RequestError, SessionRefused
from realtime_client.events import AudioCleared, ErrorEvent
from realtime_client.explain import Explanation
from realtime_client.facts import key_kind
from realtime_client.session import RealtimeSession
from realtime_client.timing import watched

_PHASES = ("mint", "sdp", "ice", "dtls", "channel", "websocket", "first_event")
"""The limits of the phases that are steps here."""

_MAX_BODY = 200
"""Characters of a refusal's body in a step's note."""


async def examine(target: Target, tell: Tell = lambda step: None) -> Report:
    """Go the whole way, and report. ``tell`` is given each step as soon as its outcome is known.

    What goes wrong on the way stands in the report. Raises: ConfigurationError for a base URL that is none.
    """
    base_url = checked_base_url(target.base_url)
    tap = HttpTap()
    clock = asyncio.get_running_loop().time
    chart = Chart(STEPS[target.transport], tell, lambda step: _note(step, target, tap), clock)
    try:
        await _go(target, base_url, chart, tap)
    except RealtimeError as error:
        steps = chart.failed(_failed_step(error, chart), _what_happened(error, tap))
        return Report(target, steps, _explained(base_url, error, tap))
    return Report(target, chart.all())


async def _go(target: Target, base_url: str, chart: Chart, tap: HttpTap) -> None:
    with chart.step("key"):
        key = _sound_key(target.api_key)
    limits = replace(Timeouts(), **dict.fromkeys(_PHASES, target.timeout))
    async with tap.session() as http, AsyncExitStack() as call:
        client = RealtimeClient(key, base_url=base_url, http=http, timeouts=limits)
        config = TranscriptionSession(target.model, turn_detection=None)
        with watched(chart):
            secret = key if key_kind(key) == "ephemeral" else await client.mint(config)
            session = await call.enter_async_context(
                client.connect(secret=secret, transport=target.transport)
            )
        with chart.step("shape"):
            check_shape(session.created)
        with chart.step("beep"):
            await _within(target.timeout, "no-echo", _beep(session))
        with chart.step("close"):
            await _within(target.timeout, "close-hangs", call.aclose())


def _failed_step(error: RealtimeError, chart: Chart) -> str:
    """The phase that the error names, if it is a step here; else the step that was going on."""
    phase = error.phase if isinstance(error, ConnectError) else ""
    return phase if phase in chart.names else chart.current


def _sound_key(key: str | None) -> str:
    """The key without white space around it. Raises: Complaint, ConfigurationError."""
    if key is None or not key.strip():
        raise Complaint("no-key", "OPENAI_API_KEY is empty, or not set")
    key = checked_key(key)
    if key.startswith(("'", '"', "Bearer ")) or " " in key:
        raise Complaint("malformed-key", "it has quotes or spaces in it, or begins with Bearer")
    return key


async def _beep(session: RealtimeSession) -> None:
    """Send the beep, have it thrown away, and wait for the server to say so."""
    await session.stream(Beep(), silence=0)
    await session.clear()
    async for event in session:
        match event:
            case AudioCleared():
                return
            case ErrorEvent():
                said = f"the server said: {event.code or event.error_type}: {event.message}"
                raise Complaint("error-after-sound", said)
            case _:
                pass


async def _within(seconds: float, symptom: str, work: Awaitable[object]) -> None:
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError as error:
        raise Complaint(symptom, f"not done after {seconds:g} s") from error


def _note(step: str, target: Target, tap: HttpTap) -> str:
    """What was seen in a step that was passed."""
    match step:
        case "key":
            key = (target.api_key or "").strip()
            sort = "an ephemeral key, so nothing is minted" if key_kind(key) == "ephemeral" else "an API key"
            return f"{sort}, {len(key)} characters"
        case "mint":
            return f"HTTP {tap.last.status}"
        case "WebSocket":
            return f"HTTP {tap.last.status}"
        case "SDP":
            return f"HTTP {tap.last.status}; {', '.join(map(str, candidates_of(tap.last.sdp)))}"
        case "shape":
            return "GA"
        case "beep":
            return f"{BEEP_MS} ms sent, and cleared"
        case _:
            return ""


def _what_happened(error: RealtimeError, tap: HttpTap) -> str:
    """One line. The body of a success that is not wanted is left out: it may hold a secret."""
    if not isinstance(error, RequestError):
        return str(error).splitlines()[0].removeprefix(f"{getattr(error, 'phase', '')}: ")
    parts = [error.happened]
    if tap.last.status is not None:
        parts.append(f"{tap.last.content_type}, from {tap.last.server or 'an unnamed server'}")
    if error.request_id:
        parts.append(f"request id {error.request_id}")
    if error.body and not 200 <= (error.status or 0) < 300:
        parts.append(f"body: {' '.join(error.body.split())[:_MAX_BODY]}")
    return "; ".join(parts)


def _explained(base_url: str, error: RealtimeError, tap: HttpTap) -> Explanation:
    """The SDK's own explanation of a refusal if it knows it, else the finding for the symptom."""
    symptom = symptom_of(error, tap.last)
    found = explain_symptom(symptom, Clues.of(base_url, error, tap.last))
    known = error.explanation if isinstance(error, RequestError | SessionRefused) else None
    if symptom not in ("refused-by-http", "refused-by-event") or known is None or known.known is None:
        return found
    # Every known cause may be ruled out, as the request is the SDK's own: then what remains is the way.
    return known if known.causes else replace(known, causes=found.causes, certain=found.certain)

"""A posted SDP offer, reduced to the facts of the exchange's table. Nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from realtime_mock.protocol import models
from realtime_mock.protocol.capabilities import unsupported
from realtime_mock.protocol.exchange import ExchangeFacts
from realtime_mock.protocol.sessions import Dialect, Kind, shape
from realtime_mock.protocol.validate import Violation, validate
from realtime_mock.protocol.wire import decode
from realtime_mock.runtime.keys import Holder, Stranger
from realtime_mock.transports.sdp import Offer, OfferError, parse_offer

ROUTES: dict[str, Dialect] = {"/v1/realtime": "beta", "/v1/realtime/calls": "ga"}
"""Where offers are posted, and the dialect that the session will speak."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The body, taken apart by its Content-Type. ``body`` is the table's word for it."""

    body: str
    sdp: str | None = None
    session: str | None = None


@dataclass(frozen=True, slots=True)
class SessionPart:
    """The form's session part. ``fact`` is the table's word for it."""

    fact: str
    kind: Kind = "realtime"
    config: dict[str, Any] | None = None
    violation: Violation | None = None


@dataclass(frozen=True, slots=True)
class PostedOffer:
    """Everything about one request that the exchange needs."""

    facts: ExchangeFacts
    dialect: Dialect
    model: str | None
    content_type: str
    session: SessionPart
    offer: Offer | OfferError | None


async def take_apart(request: web.Request) -> Parts:
    """The parts of the body. Raises what aiohttp raises for a body over its limit."""
    match request.content_type:
        case "application/sdp":
            return Parts("sdp", _text(await request.read()))
        case "multipart/form-data":
            return await _form(request)
        case "application/json":
            return Parts("json")
        case _:
            return Parts("other")


async def _form(request: web.Request) -> Parts:
    try:
        form = await request.post()
    except ValueError:  # no boundary, a part without a name, an unknown transfer encoding
        return Parts("multipart_malformed")
    parts: dict[str, str] = {}
    for name in ("sdp", "session"):
        value = form.get(name)
        if isinstance(value, web.FileField):
            parts[name] = _text(value.file.read())
        elif value is not None:
            parts[name] = value if isinstance(value, str) else _text(bytes(value))
    return Parts("multipart", parts.get("sdp"), parts.get("session"))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def read_session(text: str | None, dialect: Dialect, holder: Holder | Stranger) -> SessionPart:
    """The session part, checked against the schema of its dialect and the key that came with it."""
    if text is None:
        return SessionPart("none")
    try:
        config = decode(text)
    except ValueError:
        config = None
    if not isinstance(config, dict):
        return SessionPart("not_json")
    kind: Kind = "transcription" if dialect == "ga" and config.get("type") == "transcription" else "realtime"
    part = SessionPart(kind, kind, config)
    if kind == "transcription" and "model" in config:
        return replace(part, fact="model_given")
    schema = "ga.session" if dialect == "ga" else "beta.session.realtime"
    violation = validate(schema, config, "session") or unsupported(shape(dialect, kind), config, "session")
    if violation:
        return replace(part, fact="violation", violation=violation)
    ephemeral = holder.ephemeral if isinstance(holder, Holder) else None
    if ephemeral and ephemeral.kind != kind and dialect == "ga":
        return replace(part, fact="mismatch")
    if config.get("model") and models.family(config["model"]) != "realtime":
        return replace(part, fact="not_realtime_model")
    return part


def read_offer(text: str | None) -> Offer | OfferError | None:
    """The offer, or what is wrong with it."""
    if text is None:
        return None
    try:
        return parse_offer(text)
    except OfferError as problem:
        return problem


async def read(request: web.Request, path: str, era: str, who: Holder | Stranger) -> PostedOffer:
    """Everything about one posted offer."""
    dialect = ROUTES[path]
    parts = await take_apart(request)
    session = read_session(parts.session, dialect, who)
    offer = read_offer(parts.sdp)
    model = request.query.get("model")
    facts = ExchangeFacts(
        era=era,
        route="calls" if dialect == "ga" else "realtime",
        key=who.fact,
        model=models.family(model),
        body=parts.body,
        session=session.fact,
        offer=_offer_fact(offer),
    )
    return PostedOffer(facts, dialect, model, request.headers.get("Content-Type", ""), session, offer)


def _offer_fact(offer: Offer | OfferError | None) -> str:
    if offer is None:
        return "none"
    return offer.kind if isinstance(offer, OfferError) else "ok"

"""Explaining refusals: recognised by the answer, ordered by the facts of the request."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_client import RequestFacts, explain_refusal
from realtime_client.explanations import REFUSALS
from realtime_client.explanations_websocket import UPGRADE_REFUSALS
from realtime_client.refusals import Confidence

BASE = "https://api.example.test/v1/realtime"
EMPTY = '{"error": {"message": "", "type": "", "code": "", "param": ""}}'
OFFER = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
FACTS = [
    "endpoint",
    "model_in_query",
    "offer_complete",
    "offer_is_sdp",
    "offer_has_audio",
    "key",
    "body",
    "session_type",
    "beta_header",
]


def error(message: str = "", code: str | None = None) -> str:
    """An error body as the API writes it."""
    return json.dumps(
        {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
    )


def sent(
    path: str, key: str = "ek_0000", body: str | bytes = OFFER, kind: str = "application/sdp"
) -> RequestFacts:
    """A request as it went over the wire."""
    headers = {"authorization": f"Bearer {key}", "Content-Type": kind}
    return RequestFacts.of("post", f"{BASE}{path}", headers, body)


def test_the_request_of_the_thread() -> None:
    """The empty 400 for ?model= is put down to the model first; certain, once the key's kind is said."""
    headers = {"Authorization": "Bearer ek_0000", "Content-Type": "application/sdp"}
    url = f"{BASE}?model=gpt-4o-mini-transcribe"
    unsure = explain_refusal(RequestFacts.of("POST", url, headers, OFFER), 400, EMPTY)
    sure = explain_refusal(
        RequestFacts.of("POST", url, headers, OFFER, session_type="transcription"), 400, EMPTY
    )
    assert (unsure.known, unsure.certain, sure.certain) == ("empty-error", 0, 1)
    for explanation in (unsure, sure):
        assert explanation.causes[0].why.startswith("The key was minted for a transcription session")
        assert explanation.causes[0].fix.startswith("Post the offer without ?model=")


@pytest.mark.parametrize(
    ("request_", "status", "body", "known", "first_cause"),
    [
        (
            sent("/calls", body='{"sdp": ""}', kind="application/json"),
            400,
            EMPTY,
            "empty-error",
            "The offer came",
        ),
        (sent("/calls", key="sk-0000"), 400, EMPTY, "empty-error", "An API key came with a bare offer"),
        (sent("/calls", body=OFFER.strip()), 400, EMPTY, "empty-error", "The offer lost its last line break"),
        (
            sent("/calls", body=OFFER.strip()),
            400,
            error("Failed to parse offer: failed to unmarshal SDP: EOF"),
            "offer-lost-its-end",
            "The offer lost its last line break",
        ),
        (
            sent("/calls"),
            400,
            error("Failed to parse offer: failed to unmarshal SDP: EOF"),
            "offer-lost-its-end",
            "Something between here and the server",
        ),
        (
            sent("/calls", body="v=0\r\nm=application 9\r\n"),
            400,
            error("Invalid SDP offer. Please try again with a WHIP-compliant offer.", "invalid_offer"),
            "invalid-offer",
            "The offer has no audio section",
        ),
        (
            sent("/calls?model=gpt-realtime"),
            400,
            error("You must not provide a model parameter for transcription sessions.", "invalid_model"),
            "model-parameter-not-allowed",
            "The URL has ?model=",
        ),
        (
            sent("/client_secrets", key="sk-0000", body="{}", kind="application/json"),
            400,
            error("You must not provide a model parameter for transcription sessions.", "invalid_model"),
            "model-parameter-not-allowed",
            "The session has a model at its top level",
        ),
        (
            sent("/calls?model=whisper-1"),
            400,
            error('Model "whisper-1" is not supported in transcription mode.', "invalid_model"),
            "model-not-in-transcription-mode",
            "The URL has ?model=",
        ),
        (
            sent("/calls"),
            400,
            error('Model "x" is not supported in realtime mode.', "invalid_model"),
            "model-not-in-realtime-mode",
            "A transcription model",
        ),
        (sent("?model=x"), 400, error(code="beta_api_shape_disabled"), "beta-disabled", "The beta endpoint"),
        (
            sent("/transcription_sessions", key="sk-0000", body=""),
            400,
            error(code="beta_api_shape_disabled"),
            "beta-disabled",
            "A beta mint",
        ),
        (
            sent("?model=x"),
            400,
            error(code="api_version_mismatch"),
            "api-version-mismatch",
            "A key from client",
        ),
        (
            sent("/calls"),
            400,
            error(code="api_version_mismatch"),
            "api-version-mismatch",
            "A key from sessions",
        ),
        (sent("/calls", key=""), 401, error("Missing bearer or basic"), "no-key", "The variable"),
        (sent("/calls"), 401, error(code="invalid_api_key"), "key-refused", "The ephemeral key is over"),
        (sent("/client_secrets"), 401, "", "key-refused", "An ephemeral key cannot mint"),
        (
            sent("/calls", key="sk-0000"),
            401,
            error(code="invalid_api_key"),
            "key-refused",
            "The key is mistyped",
        ),
        (sent("/calls"), 429, error(code="insufficient_quota"), "quota", "Minting is free"),
        (sent("/calls"), 429, error(code="rate_limit_exceeded"), "rate-limited", "A rate limit"),
        (sent("/calls"), 404, error(code="model_not_found"), "model-not-found", "The name is mistyped"),
        (sent("/calls"), 404, "<html>", "route-absent", "base_url"),
        (sent("/calls"), 503, "", "server-failed", "It is on the server's side"),
    ],
)
def test_known_refusals(request_: RequestFacts, status: int, body: str, known: str, first_cause: str) -> None:
    """Each is recognised, and the cause that the request's own facts bear out comes first."""
    explanation = explain_refusal(request_, status, body)
    assert explanation.known == known
    assert explanation.causes[0].why.startswith(first_cause)
    assert explanation.certain >= 1


def test_causes_that_the_facts_exclude_are_left_out() -> None:
    """A whole offer with an audio section, sent raw: what remains is what cannot be excluded."""
    explanation = explain_refusal(sent("/calls"), 400, error(code="invalid_offer"))
    assert [cause.why for cause in explanation.causes] == ["The offer was changed on the way by a relay."]


def test_an_unknown_refusal_says_so() -> None:
    """A new refusal gets no invented cause."""
    explanation = explain_refusal(sent("/calls"), 418, error("teapot"))
    assert str(explanation) == "HTTP 418, a refusal that this version does not know."


def test_the_text_says_how_sure_it_is() -> None:
    """One numbered line for each cause, with its standing, and the fix below it."""
    lines = str(explain_refusal(sent("/calls", key="sk-0000"), 400, EMPTY)).splitlines()
    assert lines[1].startswith("1. An API key came with a bare offer")
    assert lines[1].endswith("[fits this request; inferred]")
    assert lines[2].startswith("   Fix: Send multipart/form-data")


def test_no_credit_is_no_rate_limit() -> None:
    """Both are a 429; the type and the code of the one say that waiting does not help."""
    body = '{"error": {"type": "insufficient_quota", "code": "credit_balance_exhausted", "message": ""}}'
    explanation = explain_refusal(RequestFacts("POST", f"{BASE}/realtime/calls"), 429, body)
    assert explanation.known == "quota"


def test_a_websocket_has_causes_of_its_own() -> None:
    """The same code means another mistake than at the endpoint for offers, which has the same path."""
    body = '{"error": {"code": "beta_api_shape_disabled"}}'
    facts = RequestFacts("GET", "wss://api.example/v1/realtime?intent=transcription", beta_header=True)
    assert explain_refusal(facts, 400, body).known == "websocket-beta-disabled"
    assert explain_refusal(replace(facts, method="POST"), 400, body).known == "beta-disabled"


@pytest.mark.parametrize("refusal", REFUSALS + UPGRADE_REFUSALS, ids=lambda refusal: refusal.id)
def test_the_table_is_sound(refusal: Any) -> None:
    """Every row can be recognised, asks only for facts that exist, and has evidence where it claims any."""
    assert refusal.status or refusal.codes or refusal.message
    assert refusal.causes
    for cause in refusal.causes:
        assert set(cause.when) <= set(FACTS)
        assert cause.confidence in get_args(Confidence)
        assert cause.evidence or cause.confidence != "observed-verbatim"


@given(st.integers(100, 599), st.text() | st.just(EMPTY), st.text(), st.binary() | st.text() | st.none())
def test_anything_is_explained(status: int, body: str, path: str, sent_body: str | bytes | None) -> None:
    """Any answer to any request gets an explanation; nothing raises."""
    facts = RequestFacts.of("POST", f"{BASE}/{path}", {"content-type": path}, sent_body)
    assert str(explain_refusal(facts, status, body))

"""The known refusals of a WebSocket, as data: the error event that comes right after the 101.

May live here: rows only, for what differs from the refusals of HTTP requests or has no counterpart there;
those in ``explanations`` hold as well, after these. First match wins.
"""

from __future__ import annotations

from realtime_client.refusals import Cause, Refusal

_BARE_URL = (
    "Connect to /v1/realtime?intent=transcription with an API key, or to /v1/realtime with a client secret."
)
_PROBE = "public capture of refused upgrades, 2026-09-18"

UPGRADE_REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        id="websocket-missing-model",
        codes=("missing_model",),
        summary="Nothing says what session is wanted.",
        causes=(
            Cause(
                "An API key came without ?intent=transcription and without ?model=. A key that is not "
                "recognised as a client secret (ek_…) carries no session either.",
                _BARE_URL,
                {"key": "api"},
                "observed-verbatim",
                _PROBE,
            ),
            Cause(
                "The client secret carries no session.",
                "Mint it with POST /v1/realtime/client_secrets and session.type.",
                {"key": "ephemeral"},
            ),
        ),
    ),
    Refusal(
        id="websocket-model-not-allowed",
        codes=("invalid_model",),
        message="must not provide a model parameter|not supported in transcription mode",
        summary="A transcription session was given a model where only a conversation has one.",
        causes=(
            Cause(
                "The URL has ?model=, and the session is for transcription.",
                _BARE_URL + " The model stands in session.audio.input.transcription.model.",
                {"model_in_query": True},
                "observed-verbatim",
                "https://github.com/livekit/agents-js/issues/1756",
            ),
            Cause(
                "The model in the session's configuration is no transcription model.",
                "Name one in session.audio.input.transcription.model, for example gpt-4o-mini-transcribe.",
                {"model_in_query": False},
                "observed-partial",
                "https://github.com/livekit/agents-js/issues/1756",
            ),
        ),
    ),
    Refusal(
        id="websocket-beta-disabled",
        codes=("beta_api_shape_disabled",),
        summary="This connection asks for the beta API, which was switched off in May 2026.",
        causes=(
            Cause(
                "The header 'OpenAI-Beta: realtime=v1' was sent, or the subprotocol openai-beta.realtime-v1.",
                "Send neither.",
                {"beta_header": True},
                "observed-verbatim",
                _PROBE,
            ),
            Cause(
                "The key was minted by the beta API.",
                "Mint with POST /v1/realtime/client_secrets.",
                {"key": "ephemeral"},
                "inferred",
            ),
            Cause(
                "Something between here and the server adds the beta API's header.",
                "Look at what the proxy or gateway sends.",
                {"beta_header": False},
                "inferred",
            ),
        ),
    ),
    Refusal(
        id="websocket-api-version-mismatch",
        codes=("api_version_mismatch",),
        summary="The key comes from one version of the API, the connection asks for the other.",
        causes=(
            Cause(
                "A key from client_secrets (GA) was used with the beta API's header or subprotocol.",
                "Send neither 'OpenAI-Beta' nor openai-beta.realtime-v1.",
                {"beta_header": True},
                "observed-partial",
                "public capture, 2026-05-08",
            ),
            Cause(
                "A key from sessions or transcription_sessions (beta) was used.",
                "Mint with POST /v1/realtime/client_secrets.",
                {"beta_header": False},
                "observed-partial",
                "public capture, undated",
            ),
        ),
    ),
)

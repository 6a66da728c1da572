"""The known refusals of the Realtime API, as data: how to recognise each, its likely causes, what to do.

May live here: rows only. First match wins, so narrow rows stand above wide ones; likely causes stand first.
"""

from __future__ import annotations

from realtime_client.refusals import Cause, Refusal

_THREAD = "https://community.openai.com/t/1334200"
_REMOVE_MODEL = "Post the offer without ?model=; the key's own session names the transcription model."
_GA_FLOW = (
    "Mint with POST /v1/realtime/client_secrets and session.type, then post the raw offer as "
    "application/sdp to POST /v1/realtime/calls with that key and without ?model=."
)
_CAPTURE = "public capture, undated"
_KEEP_CRLF = "Send the offer byte for byte, with the CRLF at its end; do not strip or trim it on the way."

REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        id="empty-error",
        status=(400,),
        empty=True,
        summary="The server refused the request and gave no reason: every string in the error is empty.",
        causes=(
            Cause(
                "The key was minted for a transcription session, and the URL names a model. A transcription "
                "session takes no ?model=; the beta API answered exactly this way.",
                _REMOVE_MODEL,
                {"key": "ephemeral", "model_in_query": True, "session_type": "transcription"},
                "observed-verbatim",
                _THREAD,
            ),
            Cause(
                "The offer came in a JSON body. The endpoint wants the SDP itself.",
                "Send the offer's text as the body, with content type application/sdp.",
                {"body": "json"},
                "inferred",
                _THREAD,
            ),
            Cause(
                "An API key came with a bare offer and no model: nothing says what session is wanted.",
                "Send multipart/form-data with the parts sdp and session, or mint a client secret first.",
                {"key": "api", "body": "sdp", "model_in_query": False},
                "inferred",
                _THREAD,
            ),
            Cause("The offer lost its last line break.", _KEEP_CRLF, {"offer_complete": False}, "inferred"),
            Cause(
                "The body is not an SDP offer.",
                "Send what createOffer() made, unchanged; it begins with v=0.",
                {"offer_is_sdp": False},
                "inferred",
            ),
        ),
    ),
    Refusal(
        id="no-key",
        status=(401,),
        message="^Missing bearer",
        summary="The request carried no key.",
        causes=(
            Cause(
                "The variable that should hold the key is not set, or the Authorization header was dropped "
                "on the way.",
                "Send 'Authorization: Bearer <key>'; set OPENAI_API_KEY or pass api_key.",
                {},
                "observed-partial",
                "https://github.com/davidmigloz/langchain_dart/issues/599, 2024-11-13",
            ),
        ),
    ),
    Refusal(
        id="key-refused",
        status=(401,),
        summary="The server does not accept this key.",
        causes=(
            Cause(
                "An ephemeral key cannot mint another key.",
                "Mint with an API key, on a server that may hold one.",
                {"key": "ephemeral", "endpoint": "client_secrets"},
                "observed-partial",
                "https://community.openai.com/t/realtime-transcription-sessions-api-returns-401-even-when-adding-"
                "ephemeral-key/1148799, 2025-03",
            ),
            Cause(
                "The ephemeral key is over: it lives for ten minutes unless the mint asked for more.",
                "Mint right before connecting, or give mint() a longer ttl (at most 7200 seconds).",
                {"key": "ephemeral"},
                "observed-partial",
                "https://github.com/openai/openai-agents-js/issues/1460",
            ),
            Cause(
                "The key is mistyped, revoked, or belongs to another host than this one.",
                "Compare the key with the one on the API keys page, and base_url with the host it is for.",
                {},
                "observed-partial",
                "https://github.com/strelov1/freehire/pull/1736, 2026-08-11",
            ),
        ),
    ),
    Refusal(
        id="model-parameter-not-allowed",
        message="must not provide a model parameter for transcription",
        summary="A transcription session was given a model where only a conversation has one.",
        causes=(
            Cause(
                "The URL has ?model=, and the key is for a transcription session.",
                _REMOVE_MODEL,
                {"model_in_query": True},
                "observed-partial",
                _CAPTURE,
            ),
            Cause(
                "The session has a model at its top level.",
                "Put the model into session.audio.input.transcription.model.",
                {"model_in_query": False},
                "observed-partial",
                _CAPTURE,
            ),
        ),
    ),
    Refusal(
        id="model-not-in-transcription-mode",
        message="not supported in transcription mode",
        summary="The model in the request cannot be used for this transcription session.",
        causes=(
            Cause(
                "The URL has ?model=; a transcription session takes none, not even a transcription model.",
                _REMOVE_MODEL,
                {"model_in_query": True},
                "observed-partial",
                _CAPTURE,
            ),
            Cause(
                "The model is no transcription model.",
                "Name one in session.audio.input.transcription.model, for example gpt-4o-mini-transcribe.",
                {"model_in_query": False},
            ),
        ),
    ),
    Refusal(
        id="model-not-in-realtime-mode",
        message="not supported in realtime mode|cannot be used as the realtime session model",
        summary="The model cannot hold a conversation.",
        causes=(
            Cause(
                "A transcription model, or one of another product, was named for a realtime session. Minting "
                "does not check this; only connecting does.",
                "For transcription, ask for session.type 'transcription'; else name a realtime model.",
                {},
                "observed-partial",
                "https://github.com/hurttlocker/o8/issues/2165, 2026-08-18",
            ),
        ),
    ),
    Refusal(
        id="offer-lost-its-end",
        status=(400,),
        message="failed to unmarshal SDP",
        summary="The server could not parse the offer.",
        causes=(
            Cause(
                "The offer lost its last line break.",
                _KEEP_CRLF,
                {"offer_complete": False},
                "observed-partial",
                "https://github.com/ACM-VIT/ExamCooker/pull/589, 2026-09-15",
            ),
            Cause(
                "Something between here and the server changed the offer: a proxy, a form, a validator.",
                _KEEP_CRLF,
                {},
                "observed-partial",
                "public capture: the same bytes were accepted directly and refused through a trimming proxy",
            ),
        ),
    ),
    Refusal(
        id="invalid-offer",
        codes=("invalid_offer",),
        summary="The server parsed the offer and does not want it.",
        causes=(
            Cause(
                "The offer has no audio section; a data channel alone is refused.",
                "Add an audio track or transceiver before createOffer().",
                {"offer_has_audio": False},
                "observed-verbatim",
                "https://community.openai.com/t/getting-invalid-sdp-offer-from-realtime-api/1082561, 2025-01",
            ),
            Cause(
                "The offer was changed on the way by a relay.",
                _KEEP_CRLF,
                {},
                "observed-partial",
                "https://github.com/espressif/esp-webrtc-solution/issues/17, 2025-02-19",
            ),
        ),
    ),
    Refusal(
        id="beta-disabled",
        codes=("beta_api_shape_disabled",),
        summary="This request has the shape of the beta API, which was switched off in May 2026.",
        causes=(
            Cause(
                "The beta endpoint for offers was used.",
                _GA_FLOW,
                {"endpoint": "realtime"},
                "observed-verbatim",
                "https://github.com/TanStack/ai/issues/586, 2026-05",
            ),
            Cause(
                "The header 'OpenAI-Beta: realtime=v1' asks for the beta API.",
                "Do not send OpenAI-Beta.",
                {"beta_header": True},
                "observed-verbatim",
                "https://github.com/TanStack/ai/issues/586, 2026-05",
            ),
            Cause("A beta mint was used.", _GA_FLOW, {"endpoint": "sessions"}, "observed-verbatim", _CAPTURE),
            Cause("A beta mint was used.", _GA_FLOW, {"endpoint": "transcription_sessions"}),
        ),
    ),
    Refusal(
        id="api-version-mismatch",
        codes=("api_version_mismatch",),
        summary="The key comes from one version of the API, the request from the other.",
        causes=(
            Cause(
                "A key from client_secrets (GA) was used on the beta endpoint.",
                "Post the offer to POST /v1/realtime/calls, without OpenAI-Beta.",
                {"endpoint": "realtime"},
                "observed-partial",
                _CAPTURE,
            ),
            Cause(
                "A key from sessions or transcription_sessions (beta) was used on the GA endpoint.",
                _GA_FLOW,
                {"endpoint": "calls"},
                "observed-partial",
                _CAPTURE,
            ),
            Cause("OpenAI-Beta was sent.", "Do not send it.", {"beta_header": True}, "observed-partial"),
        ),
    ),
    Refusal(
        id="invalid-beta",
        codes=("invalid_beta",),
        summary="The value of the OpenAI-Beta header is not known.",
        causes=(Cause("The beta is over.", "Do not send OpenAI-Beta.", {}, "observed-partial"),),
    ),
    Refusal(
        id="unknown-parameter",
        codes=("unknown_parameter",),
        summary="The configuration has a field that the server does not know; the message names it.",
        causes=(
            Cause(
                "The fields stand at the top level of the mint's body, or have names of the beta API.",
                "Put them under 'session', with GA names (output_modalities, max_output_tokens...).",
                {},
                "observed-verbatim",
                "https://github.com/openai/openai-agents-js/pull/406, 2025-08-28",
            ),
        ),
    ),
    Refusal(
        id="invalid-type",
        codes=("invalid_type",),
        summary="A field of the session's configuration has the wrong type; the message names it.",
        causes=(
            Cause(
                "The value has the beta API's form, for example 'pcm16' where an object is wanted.",
                "Use the GA form, for example {'type': 'audio/pcm', 'rate': 24000}.",
                {},
                "observed-verbatim",
                "https://github.com/openai/openai-go/issues/502, 2025-09-03",
            ),
        ),
    ),
    Refusal(
        id="ttl-out-of-range",
        message=r"expires_after\.seconds",
        summary="The lifetime asked for the client secret is out of range.",
        causes=(Cause("It must be from 10 to 7200 seconds.", "Change ttl.", {}, "documented"),),
    ),
    Refusal(
        id="quota",
        codes=("insufficient_quota", "credit_balance_exhausted"),
        summary="The account has no credit left.",
        causes=(
            Cause(
                "Minting is free, so this shows only at connecting. Trying again does not help.",
                "Add credit, or use a key of a project that has some.",
                {},
                "observed-verbatim",
                "https://github.com/openai/openai-agents-js/issues/1460, 2026-07-10",
            ),
        ),
    ),
    Refusal(
        id="model-not-found",
        codes=("model_not_found",),
        summary="The model does not exist, or this key may not use it.",
        causes=(
            Cause(
                "The name is mistyped, or the model was retired, as the previews were in May 2026.",
                "Name a current model that the key's project may use.",
                {},
                "observed-partial",
                "https://github.com/openai/openai-realtime-console/issues/561",
            ),
        ),
    ),
    Refusal(
        id="forbidden",
        status=(403,),
        summary="The server knows the key and refuses its owner.",
        causes=(
            Cause(
                "The country is not supported, or the project or its role does not allow this.",
                "Check the project's permissions and where the request comes from.",
                {},
                "documented",
            ),
        ),
    ),
    Refusal(
        id="route-absent",
        status=(404,),
        summary="There is nothing at this URL.",
        causes=(
            Cause(
                "base_url is not the API's, or lacks its version.",
                "It ends in /v1, for example https://api.openai.com/v1.",
            ),
        ),
    ),
    Refusal(
        id="rate-limited",
        status=(429,),
        summary="Too many requests for now.",
        causes=(Cause("A rate limit was reached.", "Wait, and try again.", {}, "documented"),),
    ),
    Refusal(
        id="server-failed",
        status=(500, 502, 503, 504),
        summary="The server failed, or has too much to do.",
        causes=(Cause("It is on the server's side.", "Try again later.", {}, "documented"),),
    ),
)

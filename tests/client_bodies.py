"""What stock clients send, each on its own, as seen on the wire or read in their sources in 2026-11."""

from __future__ import annotations

from typing import Any

TOOL: dict[str, Any] = {
    "type": "function",
    "name": "p-get_weather",
    "description": "The weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
PCM = {"type": "audio/pcm", "rate": 24000}
HI = {"type": "input_text", "text": "Hi"}

# @openai/agents-realtime 0.20: the whole session, and no tracing
AGENTS_JS = {
    "type": "realtime",
    "instructions": "Be brief.",
    "model": "gpt-realtime-2.1",
    "output_modalities": ["audio"],
    "audio": {
        "input": {
            "format": PCM,
            "noise_reduction": None,
            "transcription": {"model": "gpt-4o-mini-transcribe"},
            "turn_detection": {"type": "semantic_vad", "model_version": "default"},
        },
        "output": {"format": PCM, "voice": "ash", "speed": 1},
    },
    "tool_choice": "auto",
    "prompt": {"id": "pmpt_000000", "variables": {"name": "Ada"}},
    "tools": [
        TOOL,
        {
            "type": "mcp",
            "server_label": "docs",
            "server_url": "https://mcp.example/",
            "require_approval": "never",
        },
    ],
}
# openai-agents 0.24 (Python): pydantic models, what was set to None is sent as null
AGENTS_PYTHON = {
    "type": "realtime",
    "audio": {
        "input": {
            "format": PCM,
            "transcription": {"model": "gpt-4o-mini-transcribe"},
            "turn_detection": {"type": "semantic_vad", "interrupt_response": True},
        },
        "output": {"format": PCM, "voice": "ash"},
    },
    "instructions": None,
    "model": "gpt-realtime-2.1",
    "output_modalities": ["audio"],
    "tools": [],
    "prompt": {"id": "pmpt_000000", "variables": None, "version": None},
}
# livekit-plugins-openai 1.8
LIVEKIT = {
    "type": "realtime",
    "model": "gpt-realtime",
    "output_modalities": ["audio"],
    "audio": {
        "input": {
            "format": PCM,
            "noise_reduction": None,
            "transcription": {"model": "gpt-4o-mini-transcribe"},
            "turn_detection": None,
        },
        "output": {"format": PCM, "voice": "marin", "speed": 1.0},
    },
    "max_output_tokens": "inf",
    "tool_choice": "auto",
    "tracing": None,
}
# openai-realtime-api-beta, and its port on npm
BETA_REFERENCE = {
    "modalities": ["text", "audio"],
    "instructions": "",
    "voice": "verse",
    "input_audio_format": "pcm16",
    "output_audio_format": "pcm16",
    "input_audio_transcription": None,
    "turn_detection": None,
    "tools": [TOOL],
    "tool_choice": "auto",
    "temperature": 0.8,
    "max_response_output_tokens": 4096,
}
BETA_TRANSCRIPTION = {
    "input_audio_format": "pcm16",
    "input_audio_transcription": {"model": "gpt-4o-mini-transcribe", "language": "en", "prompt": ""},
    "turn_detection": {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 500,
    },
    "input_audio_noise_reduction": {"type": "near_field"},
    "include": ["item.input_audio_transcription.logprobs"],
}
GA_TRANSCRIPTION = {
    "type": "transcription",
    "audio": {
        "input": {
            "format": PCM,
            "transcription": {"model": "gpt-live-transcribe", "languages": ["ja"], "delay": "minimal"},
            "turn_detection": None,
        }
    },
}


def update(session: dict[str, Any]) -> dict[str, Any]:
    """The event that carries a session."""
    return {"type": "session.update", "session": session}


def item(**fields: Any) -> dict[str, Any]:
    """The event that carries an item."""
    return {"type": "conversation.item.create", "item": fields}


def ga(**session: Any) -> tuple[str, dict[str, Any]]:
    """A GA session.update of a realtime session, with its root."""
    return "ga.client.session.update", update({"type": "realtime", **session})


def beta(**session: Any) -> tuple[str, dict[str, Any]]:
    """A beta session.update, with its root."""
    return "beta.client.session.update", update(session)


def heard(**audio_input: Any) -> tuple[str, dict[str, Any]]:
    """A GA session.update that sets something under ``audio.input``."""
    return ga(audio={"input": audio_input})


def create(dialect: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    """A conversation.item.create, with its root."""
    return f"{dialect}.client.conversation.item.create", item(**fields)


BODIES: list[tuple[str, str, dict[str, Any]]] = [
    ("an empty body", "ga.mint", {}),
    ("the guide's mint", "ga.mint", {"session": {"type": "realtime", "model": "gpt-realtime"}}),
    ("a model that is none", "ga.mint", {"session": {"type": "realtime", "model": "gpt-live-1"}}),
    (
        "the AI SDK's mint",
        "ga.mint",
        {"session": GA_TRANSCRIPTION, "expires_after": {"anchor": "created_at", "seconds": 10}},
    ),
    ("an empty beta mint", "beta.mint.realtime", {}),
    (
        "the console's mint",
        "beta.mint.realtime",
        {"model": "gpt-4o-realtime-preview-2024-12-17", "voice": "verse"},
    ),
    ("a transcription model at /sessions", "beta.mint.realtime", {"model": "gpt-4o-mini-transcribe"}),
    ("an empty beta transcription mint", "beta.mint.transcription", {}),
    ("a whole beta transcription mint", "beta.mint.transcription", BETA_TRANSCRIPTION),
    ("agents 0.0.5's form", "beta.session.realtime", {**BETA_REFERENCE, "model": "gpt-4o-realtime-preview"}),
    (
        "a form's session",
        "ga.session",
        {"type": "realtime", "model": "gpt-realtime", "audio": {"output": {"voice": "marin"}}},
    ),
    (
        "a custom voice",
        "ga.session.realtime",
        {"type": "realtime", "audio": {"output": {"voice": {"id": "voice_0000"}}}},
    ),
    ("agents-js", "ga.client.session.update", update(AGENTS_JS)),
    ("agents-js's tracing", *ga(tracing="auto")),
    ("agents-js's no tracing", *ga(tracing=None)),
    ("agents for Python", "ga.client.session.update", update(AGENTS_PYTHON)),
    (
        "agents for Python's tracing",
        "ga.client.session.update",
        update({"type": "realtime", "tracing": {"group_id": None, "metadata": None, "workflow_name": "w"}}),
    ),
    ("livekit", "ga.client.session.update", update(LIVEKIT)),
    ("pipecat's transcription", "ga.client.session.update", update(GA_TRANSCRIPTION)),
    (
        "twilio's update",
        "ga.client.session.update",
        update(
            {
                "type": "realtime",
                "model": "gpt-realtime",
                "output_modalities": ["audio"],
                "audio": {
                    "input": {"format": {"type": "audio/pcmu"}, "turn_detection": {"type": "server_vad"}},
                    "output": {"format": {"type": "audio/pcmu"}, "voice": "alloy"},
                },
                "instructions": "Be brief.",
            }
        ),
    ),
    ("the beta reference client", "beta.client.session.update", update(BETA_REFERENCE)),
    (
        "a beta transcription update",
        "beta.client.transcription_session.update",
        {"type": "transcription_session.update", "session": BETA_TRANSCRIPTION},
    ),
    (
        "semantic-kernel",
        "ga.client.response.create",
        {"type": "response.create", "event_id": None, "response": None},
    ),
    (
        "livekit's response",
        "ga.client.response.create",
        {
            "type": "response.create",
            "event_id": "e",
            "response": {"metadata": {"client_event_id": "e"}, "instructions": None},
        },
    ),
    ("a bare response", "beta.client.response.create", {"type": "response.create"}),
    (
        "an out-of-band response",
        "ga.client.response.create",
        {
            "type": "response.create",
            "response": {
                "conversation": "none",
                "output_modalities": ["text"],
                "input": [{"type": "message", "role": "user", "content": [HI]}],
            },
        },
    ),
    (
        "a user's text",
        "ga.client.conversation.item.create",
        {
            **item(type="message", role="user", content=[HI]),
            "previous_item_id": "root",
        },
    ),
    (
        "a user's image",
        "ga.client.conversation.item.create",
        item(
            type="message",
            role="user",
            content=[{"type": "input_image", "image_url": "data:,", "detail": "auto"}],
        ),
    ),
    (
        "an assistant's text",
        "ga.client.conversation.item.create",
        item(id="msg_1", type="message", role="assistant", content=[{"type": "output_text", "text": "Hi"}]),
    ),
    (
        "a function's output",
        "ga.client.conversation.item.create",
        item(type="function_call_output", call_id="call_1", output="{}"),
    ),
    (
        "agents-js's approval",
        "ga.client.conversation.item.create",
        item(type="mcp_approval_response", approval_request_id="mcpr_1", approve=True),
    ),
    (
        "a beta user's text",
        "beta.client.conversation.item.create",
        item(type="message", role="user", content=[HI]),
    ),
    (
        "a beta function's output",
        "beta.client.conversation.item.create",
        item(type="function_call_output", call_id="call_1", output="{}"),
    ),
    (
        "an append",
        "ga.client.input_audio_buffer.append",
        {"type": "input_audio_buffer.append", "audio": "AAAA"},
    ),
    (
        "a commit",
        "ga.client.input_audio_buffer.commit",
        {"type": "input_audio_buffer.commit", "event_id": "c"},
    ),
    ("a clear", "beta.client.input_audio_buffer.clear", {"type": "input_audio_buffer.clear"}),
    ("an output clear", "ga.client.output_audio_buffer.clear", {"type": "output_audio_buffer.clear"}),
    ("a cancel", "ga.client.response.cancel", {"type": "response.cancel", "response_id": None}),
    (
        "a truncate",
        "ga.client.conversation.item.truncate",
        {"type": "conversation.item.truncate", "item_id": "i", "content_index": 0, "audio_end_ms": 1500},
    ),
]

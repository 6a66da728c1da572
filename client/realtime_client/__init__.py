"""realtime_client: the Python client for Realtime transcription.

>>> from realtime_client import RealtimeClient, TranscriptionSession

Importing it is light: aiortc, av and numpy come with the first connection or the first sound.
"""

from realtime_client.api import ClientSecret
from realtime_client.assembler import Transcript, TranscriptAssembler
from realtime_client.client import RealtimeClient
from realtime_client.config import DEFAULT, ServerVad, Timeouts, TranscriptionSession
from realtime_client.errors import (
    AudioError,
    ConfigurationError,
    ConnectError,
    ConnectionLost,
    IdentityError,
    MintError,
    PhaseTimeout,
    RealtimeError,
    RequestError,
    SdpError,
    SessionClosed,
)
from realtime_client.events import (
    AudioCleared,
    AudioCommitted,
    ErrorEvent,
    Event,
    EventsMissed,
    ItemAdded,
    ItemDeleted,
    ItemDone,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    TranscriptionCompleted,
    TranscriptionDelta,
    TranscriptionFailed,
    TranscriptionSegment,
    UnknownEvent,
)
from realtime_client.explain import Explanation, explain_refusal
from realtime_client.facts import RequestFacts
from realtime_client.refusals import Cause
from realtime_client.session import RealtimeSession

__all__ = [
    "DEFAULT",
    "AudioCleared",
    "AudioCommitted",
    "AudioError",
    "Cause",
    "ClientSecret",
    "ConfigurationError",
    "ConnectError",
    "ConnectionLost",
    "ErrorEvent",
    "Event",
    "EventsMissed",
    "Explanation",
    "IdentityError",
    "ItemAdded",
    "ItemDeleted",
    "ItemDone",
    "MintError",
    "PhaseTimeout",
    "RealtimeClient",
    "RealtimeError",
    "RealtimeSession",
    "RequestError",
    "RequestFacts",
    "SdpError",
    "ServerVad",
    "SessionClosed",
    "SessionCreated",
    "SessionUpdated",
    "SpeechStarted",
    "SpeechStopped",
    "Timeouts",
    "Transcript",
    "TranscriptAssembler",
    "TranscriptionCompleted",
    "TranscriptionDelta",
    "TranscriptionFailed",
    "TranscriptionSegment",
    "TranscriptionSession",
    "UnknownEvent",
    "explain_refusal",
]

"""What can be wrong with the peer connection, and with the session that it carries.

May live here: rows only; see ``findings``.
"""

from __future__ import annotations

from collections.abc import Mapping

from realtime_client.doctor.finding import CHECK_THE_LOG, Finding
from realtime_client.refusals import Cause

_OTHER_NETWORK = "Try another network, or ask whose network it is"

PEER: Mapping[str, Finding] = {
    "no-address": Finding(
        "This machine has no network address, not even the loopback.",
        (Cause("It is in a sandbox without interfaces.", "Bring an interface up: ip link set lo up."),),
    ),
    "no-candidates": Finding(
        "The answer names no address to send packets to.",
        (
            Cause(
                "The server answered before it had gathered its candidates; later ones have no way here.",
                "Let the server gather first, then answer.",
                {},
                "observed-verbatim",
                "every recorded answer of the API has its candidates inside",
            ),
            Cause("The server has no address that it may use.", "Look at which addresses it listens on."),
            Cause("A relay removed the lines.", "Pass the answer on byte for byte."),
        ),
    ),
    "unreachable": Finding(
        "No packet came back from the addresses that the answer names. The way for UDP is closed.",
        (
            Cause(
                "The answer names 127.0.0.1, which is this machine, and the server is elsewhere.",
                "Let the server advertise an address that leads to it.",
                {"candidates": "loopback", "host": "elsewhere"},
            ),
            Cause(
                "The answer names an address of the server's own network: a container, or a host behind NAT, "
                "that does not know how it is seen from outside.",
                "Let the server advertise the address at which it is reached from here.",
                {"candidates": "private"},
            ),
            Cause(
                "The container publishes its TCP port and not its UDP port.",
                "Publish the UDP port, too: docker run -p 3478:3478/udp.",
                {"host": "here"},
            ),
            Cause(
                "A firewall, a VPN or a company network lets no UDP out.",
                "Try another network; over a WebSocket nothing but TCP is needed.",
                {"candidates": "public"},
                "documented",
                "https://doc.milestonesys.com/latest/en-US/standard_features/apigateway/troubleshooting/"
                "api_gway_no-webrtc-connection.htm",
            ),
            Cause(
                "All candidates are names (.local) or TCP, which this SDK does not use.",
                "Let the server offer host candidates over UDP, as the API does.",
                {"candidates": "unusable"},
            ),
            Cause("The server has let the call go before the first packet came.", CHECK_THE_LOG),
        ),
    ),
    "identity": Finding(
        "The handshake came through, and the server's certificate is not the one that its answer announced.",
        (
            Cause(
                "The answer and the packets come from two servers: a load balancer parts them.",
                "Let an answer name the address of the server that made it.",
            ),
            Cause("A relay changed a=fingerprint, or gave an old answer.", "Pass each answer on unchanged."),
            Cause("Somebody is in between.", "Do not use this way."),
        ),
    ),
    "no-fingerprint": Finding(
        "The answer has no a=fingerprint, so nobody can be trusted at its addresses.",
        (Cause("The server or a relay left it out.", "Let the answer have one, of sha-256."),),
    ),
    "handshake-silent": Finding(
        "Packets arrive, and the encryption handshake is not answered.",
        (
            Cause(
                "Both sides wait for the other to begin: a=setup in the answer is not what the server does.",
                "Answer an actpass offer with active or passive, and act on it.",
            ),
            Cause("Large packets are lost on the way (a VPN with a small MTU).", "Try without the VPN."),
            Cause("The server's handshake hangs.", CHECK_THE_LOG),
        ),
    ),
    "handshake-failed": Finding(
        "The encryption handshake was begun and broken off.",
        (
            Cause(
                "The server does not accept this side's certificate, or has no cipher in common.",
                CHECK_THE_LOG,
            ),
            Cause("Another program answers at the address of a candidate.", "Compare the candidates."),
        ),
    ),
    "channel-silent": Finding(
        "The connection is encrypted, and the event channel does not open.",
        (
            Cause(
                "The server does not answer SCTP: it rejected m=application, or never started it.",
                "Let the answer have m=application with a port that is not 0, and a=sctp-port.",
            ),
            Cause("The server's side of the channel hangs.", CHECK_THE_LOG),
        ),
    ),
    "channel-closed": Finding(
        "The server ended the call before the event channel was open.",
        (Cause("It failed while it opened the session.", CHECK_THE_LOG),),
    ),
}

SESSION: Mapping[str, Finding] = {
    "no-first-event": Finding(
        "The event channel is open, and the server says nothing.",
        (
            Cause(
                "The server waits for an event of the client. The API speaks first, with session.created.",
                "Let the server send session.created when the channel opens.",
                {},
                "observed-verbatim",
                "every recorded session begins with it",
            ),
            Cause(
                "The server sends on another channel than oai-events.", "Use the channel that was offered."
            ),
        ),
    ),
    "refused-by-event": Finding(
        "The server opened the way and then refused the session; the error above is its own.",
        (
            Cause(
                "The key is mistyped, revoked, or for another host.",
                "Compare it with the one on the API keys page.",
                {"code": "invalid_api_key"},
                "observed-verbatim",
                "https://github.com/twilio-samples/speech-assistant-openai-realtime-api-python/issues/4",
            ),
            Cause(
                "The model is no transcription model, or not for this key.",
                "Name another one with --model.",
                {"code": "invalid_model"},
                "observed-verbatim",
                "https://github.com/livekit/agents-js/issues/1756",
            ),
            Cause(
                "The server has a reason of its own.", "Look the code of its error up in its documentation."
            ),
        ),
    ),
    "wrong-first-event": Finding(
        "The first event is not session.created.",
        (Cause("The server imitates another API, or an older one.", "Update the server."),),
    ),
    "beta-shape": Finding(
        "The server speaks the beta API, in whose shape this SDK cannot read a session.",
        (
            Cause(
                "A relay on the way asks for the beta with 'OpenAI-Beta: realtime=v1'.",
                "Remove that header.",
                {"host": "elsewhere"},
                "observed-partial",
                "https://github.com/BerriAI/litellm/issues/18969, 2026-01-12",
            ),
            Cause(
                "The server imitates the beta of before 2025-08-28; OpenAI switched it off in May 2026.",
                "Update the server to the GA API.",
                {},
                "observed-verbatim",
                "https://github.com/TanStack/ai/issues/586, 2026-05",
            ),
        ),
    ),
    "ended-early": Finding(
        "The server ended the connection before its first event.",
        (Cause("It failed while it opened the session, or hung up on purpose.", CHECK_THE_LOG),),
    ),
    "error-after-sound": Finding(
        "The session was there, and the server answered the first sound with an error.",
        (Cause("The error above says why.", "Look its code up in the API's documentation."),),
    ),
    "lost-in-use": Finding(
        "The session was there, and the connection ended with the first sound.",
        (
            Cause("The server fails on audio: no decoder for Opus, for instance.", CHECK_THE_LOG),
            Cause("A proxy or a firewall ends what it does not know.", f"{_OTHER_NETWORK}."),
        ),
    ),
    "no-echo": Finding(
        "The sound was sent, and the server did not answer input_audio_buffer.clear after it.",
        (
            Cause("The server does not read the event channel, or does not know this event.", CHECK_THE_LOG),
            Cause("The way from here to the server is lossy or slow.", "Try again with a longer --timeout."),
        ),
    ),
    "close-hangs": Finding(
        "The connection could not be closed in time.",
        (Cause("The server does not answer the end of the call.", CHECK_THE_LOG),),
    ),
    "unknown": Finding("Something that the doctor has no name for; the error above says what.", ()),
}

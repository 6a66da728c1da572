"""What can be wrong with the key, the way to the host, and the two HTTP requests.

May live here: rows only; see ``findings``.
"""

from __future__ import annotations

from collections.abc import Mapping

from realtime_client.doctor.finding import CHECK_THE_LOG, Finding
from realtime_client.refusals import Cause

_OTHER_NETWORK = "Try another network, or ask whose network it is"

KEY: Mapping[str, Finding] = {
    "no-key": Finding(
        "There is no key.",
        (
            Cause(
                "OPENAI_API_KEY is not set in this shell; a .env file is not read by itself.",
                "export OPENAI_API_KEY=…",
            ),
        ),
    ),
    "malformed-key": Finding(
        "The key has a shape that no key has.",
        (
            Cause(
                "Quotes, the word Bearer, a space or a line break were copied with it.",
                "Set OPENAI_API_KEY to the key alone.",
            ),
        ),
    ),
}

WAY: Mapping[str, Finding] = {
    "no-dns": Finding(
        "The host's name has no address.",
        (
            Cause(
                "The name in the base URL is mistyped.", "Compare --base-url with the address you were given."
            ),
            Cause(
                "This machine cannot ask a name server: no network, a VPN, a container without DNS.",
                "Look another name up from here; use the server's address in place of its name.",
            ),
        ),
    ),
    "refused": Finding(
        "The machine is there, and nothing listens at this port.",
        (
            Cause(
                "The server is not running, or not yet.", "Start it, and wait for it to say where it listens."
            ),
            Cause(
                "The port in the base URL is another one.", "Compare --base-url with what the server prints."
            ),
            Cause(
                "In a container, 127.0.0.1 is the container itself.",
                "Use the name of the server's service or host.",
                {"host": "here"},
            ),
        ),
    ),
    "no-route": Finding(
        "There is no way from this machine to that address.",
        (
            Cause("This machine is offline, or the VPN that leads there is down.", "Check the connection."),
            Cause(
                "The address is of another network.", "Compare --base-url with the address you were given."
            ),
        ),
    ),
    "no-way": Finding(
        "The connection to the host could not be made.",
        (Cause("A firewall or the system refuses it.", f"{_OTHER_NETWORK}, to let it through."),),
    ),
    "tls-certificate": Finding(
        "The server's certificate is not trusted, so nothing was sent.",
        (
            Cause(
                "It is signed by the server itself, or by an authority that this machine does not know; "
                "company proxies put their own in place.",
                "Point SSL_CERT_FILE to the authority's certificate.",
            ),
            Cause("It is for another name, or expired.", "Compare its names and dates with the base URL."),
        ),
    ),
    "tls": Finding(
        "The TLS handshake failed.",
        (
            Cause("The server speaks plain HTTP at this port.", "Begin the base URL with http://."),
            Cause("A proxy cuts TLS.", f"{_OTHER_NETWORK}, what looks into TLS there."),
        ),
    ),
    "hung-up": Finding(
        "The server took the request and hung up without an answer.",
        (
            Cause(
                "The server speaks TLS at this port.",
                "Begin the base URL with https://.",
                {"scheme": "http", "port_given": True},
            ),
            Cause("The server, or a proxy before it, crashed or ran into a limit.", CHECK_THE_LOG),
        ),
    ),
    "not-http": Finding(
        "Something answered that is no HTTP.",
        (Cause("Another service listens at this port.", "Compare --base-url with what the server prints."),),
    ),
    "no-connection-in-time": Finding(
        "Nobody answered the attempt to connect.",
        (
            Cause("A firewall drops the packets.", f"{_OTHER_NETWORK}, to let this port through."),
            Cause("The address leads nowhere.", "Compare --base-url with the address you were given."),
        ),
    ),
    "no-answer-in-time": Finding(
        "The server took the request and did not answer in time.",
        (
            Cause("It has too much to do, or hangs.", "Try again with a longer --timeout; look at its log."),
            Cause("A proxy holds the request.", f"{_OTHER_NETWORK}, or connect without the proxy."),
        ),
    ),
}

HTTP: Mapping[str, Finding] = {
    "html": Finding(
        "A web page came where the API's answer should be.",
        (
            Cause(
                "The base URL leads to a web site or a single-page app, not to the API.",
                "It ends in /v1, for example https://api.openai.com/v1.",
                {"versioned": False},
            ),
            Cause(
                "A proxy or a gateway answered in the API's place: its page says 502, 503 or 504.",
                "Ask the gateway's log whether the server behind it runs.",
                {"host": "elsewhere"},
            ),
            Cause(
                "A captive portal or a company proxy wants a login first.",
                "Open the base URL in a browser and look.",
                {"host": "elsewhere"},
            ),
            Cause(
                "What listens here is another web server.",
                "Compare the port with what the API's server prints.",
                {"host": "here"},
            ),
        ),
    ),
    "redirect": Finding(
        "The server sends the request elsewhere; the SDK does not follow, as that would carry the key along.",
        (
            Cause("The base URL has moved, or lacks its https.", "Use the address that Location names."),
            Cause("A login page is in between.", "Use an address behind it."),
        ),
    ),
    "refused-by-http": Finding(
        "The server refused the request.",
        (
            Cause(
                "Something between here and the server changes the request: adds ?model= or a header, swaps "
                "the key, trims the offer. The SDK itself sends none of the requests that are known to fail.",
                "Connect without the relay, or compare what goes in with what comes out.",
            ),
            Cause(
                "The server has a reason of its own.",
                "Give its body and the request id to whoever runs it.",
            ),
        ),
    ),
    "no-upgrade": Finding(
        "The request for a WebSocket was answered as an ordinary request.",
        (
            Cause(
                "A proxy does not pass 'Connection: Upgrade' on.",
                "Configure it for WebSocket (nginx: proxy_http_version 1.1, and the headers Upgrade and "
                "Connection), or connect without it.",
                {"host": "elsewhere"},
            ),
            Cause("The server has no WebSocket at this address.", "Use --transport webrtc."),
        ),
    ),
    "no-mint": Finding(
        "There is no mint for client secrets at this address.",
        (
            Cause(
                "The base URL lacks its version.",
                "It ends in /v1, for example https://api.openai.com/v1.",
                {"versioned": False},
            ),
            Cause(
                "The server speaks the beta API of before 2025-08-28, which had other mints; OpenAI switched "
                "it off in May 2026.",
                "Update the server to the GA API, which mints at POST /v1/realtime/client_secrets.",
                {"versioned": True},
                "documented",
            ),
            Cause("What answers here is no Realtime API.", "Compare --base-url with the API's address."),
        ),
    ),
    "no-secret": Finding(
        "The mint answered with success and without a client secret.",
        (
            Cause("What answers is not the API but a relay with an answer of its own.", "Look at its body."),
            Cause(
                "The base URL leads to another API.",
                "It ends in /v1, for example https://api.openai.com/v1.",
                {"versioned": False},
            ),
        ),
    ),
    "beta-mint": Finding(
        "The mint has the shape of the beta API (client_secret.value), which this SDK does not speak.",
        (
            Cause(
                "The server imitates the beta of before 2025-08-28; OpenAI switched it off in May 2026.",
                "Update the server to the GA API: POST /v1/realtime/client_secrets answers with value.",
                {},
                "observed-verbatim",
                "https://github.com/openai/openai-agents-js/pull/406, 2025-08-28",
            ),
        ),
    ),
    "no-sdp": Finding(
        "The offer was answered with success, but the answer is no SDP.",
        (
            Cause(
                "A relay wraps the answer into JSON, or repeats an error of the API with status 200.",
                "Let the relay pass status, content type and body on as they are.",
                {},
                "observed-verbatim",
                "https://github.com/openai/openai-agents-js/issues/1460, 2026-07-10",
            ),
            Cause("What answers at this URL is not the API.", "Compare --base-url with the API's address."),
        ),
    ),
    "bad-sdp": Finding(
        "The answer is SDP, and WebRTC does not accept it.",
        (
            Cause(
                "A relay changed it: trimmed it, or replaced its line ends.",
                "Pass the answer on byte for byte, with the CRLF at its end.",
                {},
                "observed-partial",
                "https://github.com/espressif/esp-webrtc-solution/issues/17, 2025-02-19",
            ),
            Cause("The server made an answer to another offer.", "Do not cache answers."),
        ),
    ),
}

"""Offers: what is accepted and what is read of it, and what is refused, with its category and line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from realtime_mock.transports.sdp import Offer, OfferError, OfferProblem, parse_offer

FIXTURES = Path(__file__).parents[3] / "fixtures" / "sdp"
CHROMIUM = (FIXTURES / "chromium.sdp").read_bytes().decode()
AIORTC = (FIXTURES / "aiortc.sdp").read_bytes().decode()
BUNDLE_ONLY = (FIXTURES / "bundle_only_behind_video.sdp").read_bytes().decode()
SHA256 = next(line for line in CHROMIUM.split("\r\n") if line.startswith("a=fingerprint"))
VIDEO = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:2\r\na=rtpmap:nonsense\r\na=fingerprint:none\r\n"
DATA_ONLY = (
    CHROMIUM[: CHROMIUM.index("m=audio")].replace("0 1", "1") + CHROMIUM[CHROMIUM.index("m=application") :]
)
SESSION_ONLY = CHROMIUM[: CHROMIUM.index("m=audio")]
AUDIO_ONLY = CHROMIUM[: CHROMIUM.index("m=application")].replace("BUNDLE 0 1", "BUNDLE 0")


def edited(old: str, new: str, text: str = CHROMIUM, count: int = -1) -> str:
    """The offer with a replacement that must have had something to replace."""
    assert old in text
    return text.replace(old, new, count)


def refusal(text: str) -> OfferError:
    """The error that the text is refused with."""
    with pytest.raises(OfferError) as caught:
        parse_offer(text)
    return caught.value


def line_of(text: str, needle: str) -> int:
    """The number of the first line that contains the needle."""
    return next(number for number, line in enumerate(text.split("\n"), 1) if needle in line)


def codecs(offer: Offer) -> list[tuple[int, str]]:
    """The usable codecs, as pairs."""
    return [(codec.payload_type, codec.name) for codec in offer.audio.codecs]


# -- what clients send ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("chromium", ([(111, "opus"), (0, "PCMU"), (8, "PCMA")], "sendrecv", ("0", "1"), 0, 262144)),
        ("firefox", ([(109, "opus"), (0, "PCMU"), (8, "PCMA")], "sendrecv", ("0", "1"), 0, 1073741823)),
        ("aiortc", ([(96, "opus"), (0, "PCMU"), (8, "PCMA")], "sendrecv", ("0", "1"), 0, 65536)),
        (
            "bundle_only_behind_video",
            ([(111, "opus"), (0, "PCMU"), (8, "PCMA")], "sendonly", ("1", "2"), 1, 262144),
        ),
    ],
)
def test_what_is_read_of_a_stock_offer(name: str, expected: object) -> None:
    """Codecs, direction, bundle, tagged section and message size of each client's offer."""
    offer = parse_offer((FIXTURES / f"{name}.sdp").read_bytes().decode())
    assert offer.data is not None
    size = offer.data.max_message_size
    assert (codecs(offer), offer.audio.direction, offer.bundle, offer.tagged, size) == expected


@pytest.mark.parametrize(
    ("name", "algorithms"),
    [
        ("chromium", ["sha-256"]),
        ("firefox", ["sha-256"]),
        ("aiortc", ["sha-256", "sha-384", "sha-512"]),
        ("bundle_only_behind_video", ["sha-256"]),
    ],
)
def test_fingerprints_are_found_wherever_they_are(name: str, algorithms: list[str]) -> None:
    """In the section, in the session, or in the tagged section of a bundle."""
    offer = parse_offer((FIXTURES / f"{name}.sdp").read_bytes().decode())
    assert [one.algorithm for one in offer.fingerprints] == algorithms


LEGAL = {
    "LF alone ends a line": CHROMIUM.replace("\r\n", "\n"),
    "blank lines are skipped": "\r\n" + edited("m=audio", "\r\nm=audio") + "\r\n",
    "no direction": edited("a=sendrecv\r\n", ""),
    "extmap with attributes": edited("a=extmap:2 ", "a=extmap:2/sendonly "),
    "lower-case protocol": edited("UDP/TLS/RTP/SAVPF", "udp/tls/rtp/savpf"),
    "a count of ports": edited("m=audio 9 ", "m=audio 9/2 "),
    "SAVP without feedback": edited("UDP/TLS/RTP/SAVPF", "RTP/SAVP"),
    "unparsable lines in a section that is rejected": CHROMIUM + VIDEO,
    "fmtp and rtcp-fb of unknown payload types": edited(
        "a=fmtp:63 ", "a=fmtp:99 x\r\na=rtcp-fb:98 nack\r\na=fmtp:63 "
    ),
    "an attribute without a name": edited("a=rtcp-mux\r\n", "a=\r\na=rtcp-mux\r\n"),
    "a line separator inside a value": edited("cname:chromiumCname000", "cname:a\u2028b\x0bc\x0cd\x85e"),
    "upper-case OPUS": edited("opus/48000/2", "OPUS/48000/2"),
    "static payload types without rtpmap": edited("a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n", ""),
    "candidates of any kind": edited("a=rtcp-mux\r\n", "a=candidate:nonsense\r\na=rtcp-mux\r\n"),
    "sha-1 beside sha-256": edited(SHA256, f"a=fingerprint:sha-1 {':'.join(['AA'] * 20)}\r\n{SHA256}"),
    "the same fingerprint twice": edited(SHA256, f"{SHA256}\r\n{SHA256.lower()}"),
    "no sctp-port": edited("a=sctp-port:5000\r\n", ""),
    "no setup": edited("a=setup:actpass\r\n", ""),
    "a second audio section": CHROMIUM + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:2\r\n",
    "a rejected application that is no data channel": edited("UDP/DTLS/SCTP", "UDP/BFCP"),
    "a data channel that was given up": edited("m=application 9", "m=application 0"),
    "audio alone": AUDIO_ONLY,
    "audio alone, without mid and BUNDLE": edited(
        "a=mid:0\r\n", "", edited("a=group:BUNDLE 0\r\n", "", AUDIO_ONLY)
    ),
    "the data channel first in the bundle": edited("BUNDLE 0 1", "BUNDLE 1 0"),
}


@pytest.mark.parametrize("text", LEGAL.values(), ids=LEGAL.keys())
def test_legal_offers_are_accepted(text: str) -> None:
    """Each has Opus, and nothing that this side needs is missing."""
    assert codecs(parse_offer(text))[0] == (111, "opus")


# -- what is refused -----------------------------------------------------------------------------


MALFORMED = {
    "nothing": ("", OfferProblem.EMPTY),
    "white space": (" \r\n\t", OfferProblem.EMPTY),
    "too large": (CHROMIUM + "a=x\r\n" * 14_000, OfferProblem.TOO_LARGE),
    "too large in bytes": (CHROMIUM + "a=" + "\u20ac" * 22_000 + "\r\n", OfferProblem.TOO_LARGE),
    "the final CRLF trimmed": (CHROMIUM.rstrip(), OfferProblem.EOF),
    "the final LF trimmed": (CHROMIUM[:-1], OfferProblem.EOF),
    "cut off": (CHROMIUM[:700], OfferProblem.EOF),
    "a JSON body": ('{"type": "offer"}', OfferProblem.SYNTAX),
    "a JSON body with a line end": ('{"type": "offer"}\n', OfferProblem.SYNTAX),
    "the thread's placeholder": ("a=0\r\n", OfferProblem.SYNTAX),
    "plain text": ("hello\r\n", OfferProblem.SYNTAX),
    "CR alone ends no line": (CHROMIUM.replace("\r\n", "\r") + "\n", OfferProblem.SYNTAX),
    "escaped line ends, so that no line ends": (CHROMIUM.replace("\r\n", "\\r\\n"), OfferProblem.EOF),
    "another version": (edited("v=0", "v=1"), OfferProblem.SYNTAX),
    "no origin": (edited("o=- 1000000000000000001 2 IN IP4 127.0.0.1\r\n", ""), OfferProblem.SYNTAX),
    "no subject": (edited("s=-\r\n", ""), OfferProblem.SYNTAX),
    "no time": (edited("t=0 0\r\n", ""), OfferProblem.SYNTAX),
    "a line without =": (edited("a=rtcp-mux", "rtcp-mux"), OfferProblem.SYNTAX),
    "an unknown type of line": (edited("a=rtcp-mux", "y=rtcp-mux"), OfferProblem.SYNTAX),
    "NUL": (edited("cname:", "cname:\0"), OfferProblem.SYNTAX),
    "a media line without formats": (edited("UDP/DTLS/SCTP webrtc-datachannel", "x"), OfferProblem.SYNTAX),
    "a port out of range": (edited("m=audio 9 ", "m=audio 99999 "), OfferProblem.SYNTAX),
    "a port in other digits": (edited("m=audio 9 ", "m=audio \u0669 "), OfferProblem.SYNTAX),
    "a payload type out of range": (edited("SAVPF 111 ", "SAVPF 128 111 "), OfferProblem.SYNTAX),
    "a payload type that is a word": (edited("SAVPF 111 ", "SAVPF opus 111 "), OfferProblem.SYNTAX),
    "a bad rtpmap": (edited("111 opus/48000/2", "111 opus"), OfferProblem.SYNTAX),
    "the session alone": (SESSION_ONLY, OfferProblem.NO_AUDIO),
    "a data channel alone": (DATA_ONLY, OfferProblem.NO_AUDIO),
    "audio that was given up": (edited("m=audio 9", "m=audio 0"), OfferProblem.NO_AUDIO),
    "bundle-only outside a bundle": (
        edited("BUNDLE 0 1 2", "BUNDLE 0 2", BUNDLE_ONLY),
        OfferProblem.NO_AUDIO,
    ),
}


@pytest.mark.parametrize(("text", "kind"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_offers_have_a_category(text: str, kind: OfferProblem) -> None:
    """One exception, whatever is wrong."""
    assert refusal(text).kind is kind


UNSUPPORTED = {
    "no fingerprint": (edited(SHA256 + "\r\n", ""), "m=audio"),
    "md5 alone": (edited(SHA256, f"a=fingerprint:md5 {':'.join(['AA'] * 16)}"), "m=audio"),
    "a garbage fingerprint": (edited(SHA256, "a=fingerprint:sha-256 nonsense"), "a=fingerprint"),
    "a short fingerprint": (edited(SHA256, SHA256[:-3]), "a=fingerprint"),
    "two certificates": (edited(SHA256, f"{SHA256}\r\n{SHA256[:-2]}00"), ":01:00\r"),
    "no ufrag": (edited("a=ice-ufrag:cHr0\r\n", ""), "m=audio"),
    "a short ufrag": (edited("ufrag:cHr0", "ufrag:cHr"), "ice-ufrag"),
    "a ufrag with a space": (edited("ufrag:cHr0", "ufrag:cH r0"), "ice-ufrag"),
    "no password": (edited("a=ice-pwd:chromiumPassword00000000\r\n", ""), "m=audio"),
    "a short password": (edited("ice-pwd:chromiumPassword00000000", "ice-pwd:x"), "ice-pwd"),
    "ICE-lite": (edited("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n"), "ice-lite"),
    "an unknown setup": (edited("setup:actpass", "setup:holdconn"), "setup"),
    "no BUNDLE": (edited("a=group:BUNDLE 0 1\r\n", ""), "m=application"),
    "an empty BUNDLE": (edited("BUNDLE 0 1", "BUNDLE"), "m=application"),
    "a BUNDLE of others": (edited("BUNDLE 0 1", "BUNDLE a b"), "m=application"),
    "no mid": (edited("a=mid:1\r\n", ""), "m=application"),
    "an empty mid": (edited("a=mid:1", "a=mid:"), "a=mid:\r"),
    "a mid twice": (edited("a=mid:1", "a=mid:0\r\na=x"), "a=x"),
    "no codec that can be decoded": (edited("SAVPF 111 63 9 0 8 13", "SAVPF 63 9 13"), "m=audio"),
    "no rtcp-mux": (edited("a=rtcp-mux\r\n", ""), "m=audio"),
    "audio without DTLS": (edited("UDP/TLS/RTP/SAVPF", "TCP/MRCPv2"), "m=audio"),
    "SCTP port 0": (edited("sctp-port:5000", "sctp-port:0"), "sctp-port"),
    "an SCTP port out of range": (edited("sctp-port:5000", "sctp-port:99999"), "sctp-port"),
    "an SCTP port that is a word": (edited("sctp-port:5000", "sctp-port:\u00b2"), "sctp-port"),
    "a negative message size": (edited("size:262144", "size:-1"), "max-message-size"),
    "an older data channel without a port": (
        edited("DTLS/SCTP 5000", "DTLS/SCTP x", AIORTC),
        "m=application",
    ),
}


@pytest.mark.parametrize(("text", "culprit"), UNSUPPORTED.values(), ids=UNSUPPORTED.keys())
def test_offers_that_would_hang_are_refused_with_their_line(text: str, culprit: str) -> None:
    """SDP that stock stacks accept, and that then never connects."""
    problem = refusal(text)
    line = line_of(text, culprit) - (culprit == "a=x")
    assert (problem.kind, problem.line) == (OfferProblem.UNSUPPORTED, line)


def test_an_error_says_its_line_in_words() -> None:
    """str() is one sentence that a person can act on."""
    text = edited("m=audio 9 ", "m=audio 99999 ")
    assert str(refusal(text)) == f"line {line_of(text, 'm=audio')}: 99999 is not a port"


@pytest.mark.timeout(20)
def test_time_is_linear_in_the_number_of_lines() -> None:
    """The largest offers that are read at all, of the shapes that are quadratic elsewhere, are cheap."""
    room = 65_000 - len(CHROMIUM)
    for line in ("a=candidate:1 1 udp 1 a 1 typ host\r\n", "a=mid\r\n", "a=\r\n", "m=x 0 y z\r\n", "b=\r\n"):
        parse_offer(CHROMIUM + line * (room // len(line)))
    for line in ("m=" + "a " * 30_000, "a=" + "x" * 60_000 + "\0", "a=rtpmap:" + "1" * 60_000):
        with pytest.raises(OfferError):
            parse_offer(edited("a=rtcp-mux\r\n", f"{line}\r\n"))


def test_reading_an_offer_imports_no_aiortc() -> None:
    """The HTTP surface refuses offers without the third of a second that aiortc takes."""
    program = "import sys, realtime_mock.transports.sdp; print([n for n in ('aiortc', 'av', 'numpy') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

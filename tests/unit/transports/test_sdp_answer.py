"""Answers: the form of the real ones, and what stays true of every answer to anything that is accepted."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_mock.runtime.addresses import Candidate
from realtime_mock.transports.sdp import Offer, OfferError, parse_offer
from realtime_mock.transports.sdp_answer import LocalDescription, build_answer
from realtime_mock.transports.sdp_lines import Section, read_description

FIXTURES = Path(__file__).parents[3] / "fixtures" / "sdp"
TEXTS = {path.stem: path.read_bytes().decode() for path in sorted(FIXTURES.glob("*.sdp"))}
FINGERPRINT = ":".join(["0A"] * 32)
LOCAL = LocalDescription(
    session_id=1234567890123456789,
    unix_seconds=1767225600,
    fingerprint=FINGERPRINT,
    ufrag="abcDEF/u0/123456",
    password="0" * 32,
    candidates=[Candidate("udp", "192.0.2.10", 3478), Candidate("udp", "127.0.0.1", 3478)],
    ssrc=4000000000,
)
FIREFOX_ANSWER = f"""\
v=0
o=- 1234567890123456789 1767225600 IN IP4 0.0.0.0
s=-
t=0 0
a=msid-semantic:WMS *
a=fingerprint:sha-256 {FINGERPRINT}
a=ice-lite
a=group:BUNDLE 0 1
m=audio 9 UDP/TLS/RTP/SAVPF 109 0 8
c=IN IP4 0.0.0.0
a=setup:active
a=mid:0
a=ice-ufrag:abcDEF/u0/123456
a=ice-pwd:00000000000000000000000000000000
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:109 opus/48000/2
a=fmtp:109 minptime=10;useinbandfec=1
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=ssrc:4000000000 cname:realtimeapi
a=ssrc:4000000000 msid:realtimeapi audio
a=ssrc:4000000000 mslabel:realtimeapi
a=ssrc:4000000000 label:audio
a=msid:realtimeapi audio
a=sendrecv
a=candidate:2957665922 1 udp 2130706431 192.0.2.10 3478 typ host ufrag abcDEF/u0/123456
a=candidate:2571253747 1 udp 2130706431 127.0.0.1 3478 typ host ufrag abcDEF/u0/123456
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=setup:active
a=mid:1
a=sendrecv
a=sctp-port:5000
a=max-message-size:1073741823
a=ice-ufrag:abcDEF/u0/123456
a=ice-pwd:00000000000000000000000000000000
"""


def answer(text: str) -> str:
    """The answer to an offer."""
    return build_answer(parse_offer(text), local=LOCAL)


def sections(text: str) -> list[Section]:
    """The media sections of a description."""
    return list(read_description(text).media)


def test_an_answer_is_line_by_line_as_the_real_ones() -> None:
    """Order, names and values of the captured answers; CRLF after every line."""
    assert answer(TEXTS["firefox"]).split("\r\n") == FIREFOX_ANSWER.split("\n")


def test_extmap_allow_mixed_is_echoed_where_the_real_answer_has_it() -> None:
    """Between ice-lite and the group, when the offer has it for the session."""
    assert "a=ice-lite\r\na=extmap-allow-mixed\r\na=group:BUNDLE 0 1\r\n" in answer(TEXTS["chromium"])


def test_an_older_data_channel_is_answered_in_the_modern_form() -> None:
    """DTLS/SCTP 5000 with sctpmap gets UDP/DTLS/SCTP webrtc-datachannel, as the API answers aiortc."""
    data = sections(answer(TEXTS["aiortc"]))[1]
    assert (data.protocol, data.formats, data.all("sctp-port")[0].value) == (
        "UDP/DTLS/SCTP",
        ("webrtc-datachannel",),
        "5000",
    )


@pytest.mark.parametrize(
    ("offered", "answered"),
    [("sendrecv", "sendrecv"), ("sendonly", "recvonly"), ("recvonly", "sendonly"), ("inactive", "inactive")],
)
def test_the_direction_is_mirrored(offered: str, answered: str) -> None:
    """What the client sends is received, and the other way round."""
    audio = sections(answer(TEXTS["chromium"].replace("a=sendrecv", f"a={offered}")))[0]
    assert audio.has(answered)


@pytest.mark.parametrize(
    ("offered", "answered"), [("actpass", "active"), ("active", "passive"), ("passive", "active")]
)
def test_the_dtls_role(offered: str, answered: str) -> None:
    """Active wherever the offer leaves the choice, as the API, in both sections."""
    text = answer(TEXTS["chromium"].replace("setup:actpass", f"setup:{offered}"))
    assert [section.all("setup")[0].value for section in sections(text)] == [answered, answered]


def test_what_is_not_taken_is_rejected_in_its_place() -> None:
    """Video and a second audio keep their place, with port 0, and are left out of the bundle."""
    text = TEXTS["bundle_only_behind_video"] + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:3\r\n"
    description = read_description(answer(text))
    assert [(section.kind, section.port) for section in description.media] == [
        ("video", 0),
        ("audio", 9),
        ("application", 9),
        ("audio", 0),
    ]
    assert description.session.all("group")[0].value == "BUNDLE 1 2"


@pytest.mark.parametrize(("name", "tagged"), [("chromium", 0), ("bundle_only_behind_video", 1)])
def test_candidates_stand_in_the_tagged_section_alone(name: str, tagged: int) -> None:
    """The section whose transport is used has them all; the others have none."""
    counts = [len(section.all("candidate")) for section in sections(answer(TEXTS[name]))]
    assert counts == [2 if index == tagged else 0 for index in range(len(counts))]


def mutated(draw: st.DrawFn) -> str:
    """A stock offer with some lines removed, repeated, swapped or replaced."""
    lines = draw(st.sampled_from(list(TEXTS.values()))).split("\r\n")
    scraps = st.one_of(
        st.sampled_from([line for text in TEXTS.values() for line in text.split("\r\n")]),
        st.text(max_size=40),
        st.builds("a={}".format, st.text(max_size=30)),
        st.builds("m={} {} {} {}".format, *[st.text(max_size=8)] * 4),
    )
    for _ in range(draw(st.integers(0, 6))):
        index = draw(st.integers(0, len(lines) - 1))
        lines[index : index + draw(st.integers(0, 2))] = draw(st.lists(scraps, max_size=2))
    return "\r\n".join(lines)


@given(st.one_of(st.text(), st.composite(mutated)()))
def test_any_text_is_an_offer_or_a_refusal_and_every_answer_is_sound(text: str) -> None:
    """No other exception; an answer has a section for each offered one, and cannot be split by what is echoed."""
    try:
        offer = parse_offer(text)
    except OfferError:
        return
    answered = read_description(build_answer(offer, local=LOCAL))
    assert [(section.kind, section.port != 0) for section in answered.media] == [
        (section.kind, accepted(offer, index)) for index, section in enumerate(offer.sections)
    ]


def accepted(offer: Offer, index: int) -> bool:
    """Whether the section is the audio or the data section of the call."""
    return index == offer.audio.index or (offer.data is not None and index == offer.data.index)

"""SRTP: what is forged, replayed or too long is dropped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_mock.transports.srtp import PROFILES, Profile, Srtp

PACKET = b"\x80\x6f\x00\x01" + bytes(8) + b"payload"
REPORT = b"\x80\xc9\x00\x01" + bytes(4)


def ends(profile: Profile = PROFILES[0]) -> tuple[Srtp, Srtp]:
    """The two ends of one call."""
    material = bytes(range(profile.keying_bytes))
    return Srtp(profile, material, client=True), Srtp(profile, material, client=False)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name.decode())
def test_each_end_reads_the_other(profile: Profile) -> None:
    """RTP and RTCP, with the keys of the right direction."""
    client, server = ends(profile)
    assert server.unprotect_rtp(client.protect_rtp(PACKET)) == PACKET
    assert client.unprotect_rtcp(server.protect_rtcp(REPORT)) == REPORT
    own = client.protect_rtp(PACKET.replace(b"\x00\x01", b"\x00\x02", 1))
    assert client.unprotect_rtp(own) is None


def test_a_replayed_packet_is_dropped() -> None:
    """The same packet is read once."""
    client, server = ends()
    sent = client.protect_rtp(PACKET)
    assert [server.unprotect_rtp(sent), server.unprotect_rtp(sent)] == [PACKET, None]


@given(st.binary(max_size=3000))
def test_garbage_is_dropped(data: bytes) -> None:
    """Of any length, as RTP and as RTCP."""
    _, server = ends()
    assert (server.unprotect_rtp(data), server.unprotect_rtcp(data)) == (None, None)

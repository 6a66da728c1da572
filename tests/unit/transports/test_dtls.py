"""Our DTLS endpoint against plain pyOpenSSL, in memory, datagram by datagram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtls_peer import ALL_PROFILES, OpenSslPeer
from realtime_mock.transports.dtls import REPEATS, DtlsContext, DtlsSession, _datagrams
from realtime_mock.transports.sdp import Fingerprint
from realtime_mock.transports.srtp import Srtp

CONTEXT = DtlsContext()
WRONG = Fingerprint("sha-256", ":".join(["00"] * 32))


@pytest.fixture(autouse=True)
async def bounded() -> AsyncIterator[None]:
    """No test of this file waits for ever."""
    async with asyncio.timeout(30):
        yield


class Ours:
    """A session of ours, and everything that it does."""

    def __init__(self, *fingerprints: Fingerprint, client: bool, context: DtlsContext = CONTEXT) -> None:
        self.sent: list[bytes] = []
        self.news = asyncio.Event()
        self.srtp: list[Srtp] = []
        self.data: list[bytes] = []
        self.ends: list[str] = []
        self.session = DtlsSession(
            context,
            client=client,
            fingerprints=fingerprints,
            send=self._send,
            on_secured=self.srtp.append,
            on_data=self.data.append,
            on_ended=self.ends.append,
        )

    def _send(self, datagram: bytes) -> None:
        self.sent.append(datagram)
        self.news.set()

    def taken(self) -> list[bytes]:
        """What it has sent since the last time."""
        sent, self.sent = self.sent, []
        return sent

    async def next_flight(self) -> list[bytes]:
        """What it sends next of its own accord."""
        while not self.sent:
            self.news.clear()
            await self.news.wait()
        return self.taken()


def pair(*, client: bool, **options: object) -> tuple[Ours, OpenSslPeer]:
    """Both ends before the handshake; ``client`` is our role."""
    peer = OpenSslPeer(client=not client, **options)
    return Ours(peer.fingerprint(), client=client), peer


def talk(ours: Ours, peer: OpenSslPeer) -> None:
    """Carry datagrams until nobody has anything to say."""
    ours.session.start()
    towards_us = peer.take() if not ours.session.client else []
    while True:
        for datagram in towards_us:
            ours.session.receive(datagram)
        sent = ours.taken()
        towards_us = peer.take(*sent) if sent else []
        if not towards_us and not ours.sent:
            return


@pytest.mark.parametrize("client", [True, False], ids=["client", "server"])
async def test_a_handshake_and_data_both_ways(client: bool) -> None:
    """In both roles; then each side hears the other."""
    ours, peer = pair(client=client)
    talk(ours, peer)
    ours.session.send(b"one")
    assert peer.take(*ours.taken()) == []
    peer.ssl.send(b"two")
    ours.session.receive(peer.written()[0])
    assert (ours.session.secured, peer.received, ours.data, ours.ends) == (True, [b"one"], [b"two"], [])
    ours.session.close()


@pytest.mark.parametrize("client", [True, False], ids=["client", "server"])
@pytest.mark.parametrize("profile", ALL_PROFILES)
async def test_the_srtp_profile_is_what_the_client_can(client: bool, profile: str) -> None:
    """With each profile, what one side protects the other reads."""
    ours, peer = pair(client=client, profiles=[profile])
    talk(ours, peer)
    assert peer.ssl.get_selected_srtp_profile() == profile.encode()
    chosen = CONTEXT.profiles[profile.encode()]
    theirs = Srtp(chosen, peer.keys(chosen.keying_bytes), client=not client)
    packet = b"\x80\x6f\x00\x01" + bytes(8) + b"payload"
    assert ours.srtp[0].unprotect_rtp(theirs.protect_rtp(packet)) == packet
    assert theirs.unprotect_rtp(ours.srtp[0].protect_rtp(packet)) == packet
    ours.session.close()


async def test_a_client_without_srtp_is_refused() -> None:
    """There would be keys for nothing."""
    ours, peer = pair(client=False, profiles=[])
    talk(ours, peer)
    assert ours.ends == ["error: the DTLS handshake failed: no SRTP profile in common"]


async def test_a_server_with_an_rsa_certificate_is_spoken_to() -> None:
    """Not every client that is the DTLS server has an ECDSA key."""
    ours, peer = pair(client=True, key="rsa")
    talk(ours, peer)
    assert ours.session.secured
    ours.session.close()


@pytest.mark.parametrize("client", [True, False], ids=["client", "server"])
async def test_the_wrong_certificate_is_refused(client: bool) -> None:
    """The handshake is good, the fingerprint is not: no keys, no data, and the reason."""
    peer = OpenSslPeer(client=not client)
    ours = Ours(WRONG, client=client)
    talk(ours, peer)
    assert (ours.srtp, ours.session.secured) == ([], False)
    assert ours.ends == ["error: the DTLS handshake failed: the certificate is not the one of the offer"]


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-384", "sha-512"])
async def test_a_fingerprint_of_any_hash_will_do(algorithm: str) -> None:
    """One that matches is enough, whatever stands beside it."""
    peer = OpenSslPeer(client=True)
    other = Fingerprint("sha-256" if algorithm != "sha-256" else "sha-512", "00")
    ours = Ours(other, peer.fingerprint(algorithm), client=False)
    talk(ours, peer)
    assert ours.session.secured
    ours.session.close()


@pytest.mark.parametrize("client", [True, False], ids=["client", "server"])
async def test_a_close_notify_goes_both_ways(client: bool) -> None:
    """Ours reaches the other side; the other side's ends the session, and is answered."""
    ours, peer = pair(client=client)
    talk(ours, peer)
    ours.session.close()
    peer.take(*ours.taken())
    assert (peer.closed, ours.ends) == (True, [])

    ours, peer = pair(client=client)
    talk(ours, peer)
    peer.ssl.shutdown()
    ours.session.receive(peer.written()[0])
    assert (ours.ends, len(ours.taken())) == (["the client ended DTLS"], 1)
    ours.session.send(b"lost")
    ours.session.receive(b"\x17 too late")
    assert ours.taken() == []


async def test_a_first_flight_that_came_too_early_is_sent_again() -> None:
    """The same bytes, until they are answered; a peer that got ready late connects by them."""
    ours, peer = pair(client=True)
    ours.session.start()
    first = ours.taken()
    again = [await ours.next_flight() for _ in REPEATS[:3]]
    assert again == [first] * 3
    for datagram in peer.take(*again[-1]):
        ours.session.receive(datagram)
    peer.take(*ours.taken())
    assert peer.secured
    ours.session.close()


@pytest.mark.parametrize("client", [True, False], ids=["client", "server"])
@pytest.mark.parametrize("lost", [0, 1, 2, 3])
async def test_any_flight_may_be_lost(client: bool, lost: int) -> None:
    """Whichever of the four flights is dropped once, a timer of one of the sides brings it back."""
    ours, peer = pair(client=client)
    ours.session.start()
    flights = 0

    def carried(datagrams: list[bytes]) -> list[bytes]:
        nonlocal flights
        if not datagrams:
            return []
        flights += 1
        return [] if flights - 1 == lost else datagrams

    towards_us = carried(peer.take()) if not client else []
    while not (ours.session.secured and peer.secured):
        for datagram in towards_us:
            ours.session.receive(datagram)
        towards_us = []
        if sent := carried(ours.taken()):
            towards_us = carried(peer.take(*sent))
        elif not (ours.session.secured and peer.secured):
            await asyncio.sleep(0)
            if peer.ssl.DTLSv1_get_timeout() == 0.0:
                peer.ssl.DTLSv1_handle_timeout()
                towards_us = carried(peer.written())
    ours.session.close()
    assert ours.ends == []


async def test_a_replayed_record_is_dropped() -> None:
    """Data that comes twice is heard once."""
    ours, peer = pair(client=False)
    talk(ours, peer)
    peer.ssl.send(b"once")
    (record,) = peer.written()
    for _ in range(3):
        ours.session.receive(record)
    assert ours.data == [b"once"]
    ours.session.close()


GARBAGE = st.lists(
    st.one_of(
        st.binary(min_size=1, max_size=1600),
        st.builds(lambda kind, rest: bytes([kind]) + rest, st.integers(20, 63), st.binary(max_size=64)),
        st.builds(
            lambda kind, epoch, body: (
                bytes([kind, 254, 253, 0, epoch]) + bytes(6) + len(body).to_bytes(2) + body
            ),
            st.sampled_from([20, 21, 22, 23]),
            st.integers(0, 2),
            st.binary(max_size=200),
        ),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(garbage=GARBAGE, client=st.booleans(), stage=st.integers(0, 2))
def test_garbage_raises_nothing_at_any_stage(garbage: list[bytes], client: bool, stage: int) -> None:
    """Before, during and after the handshake; either it goes on, or there is a reason why not."""

    async def feed() -> None:
        ours, peer = pair(client=client)
        if stage == 1:
            ours.session.start()
            for datagram in peer.take() if not client else []:
                ours.session.receive(datagram)
        if stage == 2:
            talk(ours, peer)
        for datagram in garbage:
            ours.session.receive(datagram)
        if stage == 2 and not ours.ends:
            peer.ssl.send(b"still here")
            ours.session.receive(peer.written()[0])
            assert ours.data == [b"still here"]
        assert len(ours.ends) <= 1
        ours.session.close()

    asyncio.run(feed())


def test_records_are_kept_whole_in_datagrams() -> None:
    """As many as fit 1200 bytes; one that is longer alone."""
    records = [
        bytes([22, 254, 253]) + bytes(8) + size.to_bytes(2) + bytes(size) for size in (500, 600, 87, 1300, 5)
    ]
    together = _datagrams(b"".join(records))
    assert [len(one) for one in together] == [513 + 613, 100, 1313, 18]
    assert b"".join(together) == b"".join(records)

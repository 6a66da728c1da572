"""DTLS 1.2 of one call (RFC 6347, RFC 5764, RFC 8842): handshake, the client's certificate, data both ways.

A datagram is handed in, callbacks are called, and nothing else runs: there is no task and no queue,
and one timer while the handshake lasts. All calls share one certificate and one SSL context, which
are the expensive part of a handshake's beginning.

As a client OpenSSL waits a whole second before it repeats a flight. A flight that came before the
other side had its DTLS endpoint ready would cost that second, so the same bytes are sent again sooner.
What the other side has seen already it drops as a replay.
"""

from __future__ import annotations

import asyncio
import datetime
import enum
import secrets
from collections.abc import Callable, Iterator, Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

from realtime_mock.transports.sdp import Fingerprint
from realtime_mock.transports.srtp import PROFILES, Profile, Srtp

RECORD_FIRST_BYTES = range(20, 64)
"""The first byte (RFC 7983) of a DTLS record."""

REPEATS = (0.02, 0.05, 0.1, 0.2, 0.4)
"""Seconds after which an unanswered flight of a DTLS client is sent again; OpenSSL's timer goes on from 1."""

_CIPHERS = b":".join(
    b"ECDHE-" + key + b"-" + cipher
    for cipher in (b"AES128-GCM-SHA256", b"CHACHA20-POLY1305", b"AES256-GCM-SHA384", b"AES128-SHA")
    for key in (b"ECDSA", b"RSA")  # ours is ECDSA; a client that is the DTLS server may have RSA
)
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha-256": hashes.SHA256(),
    "sha-384": hashes.SHA384(),
    "sha-512": hashes.SHA512(),
}
_MTU = 1200  # bytes of handshake in a datagram; fits every path that carries WebRTC
_READ = 4096  # bytes; more than two datagrams
_HEADER = 13  # bytes before the content of a record; the last two are its length
_EXPORTER = b"EXTRACTOR-dtls_srtp"  # RFC 5764 section 4.2


class DtlsContext:
    """A certificate, made when this is, and the settings of every handshake with it.

    Args:
        profiles: the SRTP profiles that are offered or accepted, the preferred one first.

    Attributes:
        fingerprint: SHA-256 of the certificate, ``AB:CD:...``.
    """

    def __init__(self, profiles: Sequence[Profile] = PROFILES) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _self_signed(key)
        self.fingerprint = _digest(certificate, "sha-256")
        self.profiles = {profile.name: profile for profile in profiles}
        context = SSL.Context(SSL.DTLS_METHOD)
        # No way around the check of the certificate: neither resumption nor a second handshake.
        context.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_RENEGOTIATION | SSL.OP_NO_QUERY_MTU)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        # Everybody's certificate is self-signed; it is checked against the fingerprints of the offer.
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        context.use_certificate(certificate)
        context.use_privatekey(key)
        context.set_cipher_list(_CIPHERS)
        context.set_tlsext_use_srtp(b":".join(self.profiles))
        self._context = context

    def connection(self, *, client: bool) -> SSL.Connection:
        """A new connection without a socket, before its handshake."""
        connection = SSL.Connection(self._context)
        connection.set_ciphertext_mtu(_MTU)
        if client:
            connection.set_connect_state()
        else:
            connection.set_accept_state()
        return connection


class _State(enum.Enum):
    NEW = enum.auto()
    HANDSHAKE = enum.auto()
    SECURED = enum.auto()
    CLOSED = enum.auto()


class DtlsSession:
    """One call's DTLS.

    Args:
        client: whether this side is the DTLS client.
        fingerprints: of the client's certificate; one that matches is enough, as for pion (inferred
            for the API).
        send: puts a datagram on its way.
        on_secured: is called once, with the keys for SRTP, when the handshake is done.
        on_data: is called with each piece of application data. What it raises leaves :meth:`receive`.
        on_ended: is called at most once, with a reason, when the other side or an error ends it;
            not after :meth:`close`.
    """

    def __init__(
        self,
        context: DtlsContext,
        *,
        client: bool,
        fingerprints: Sequence[Fingerprint],
        send: Callable[[bytes], None],
        on_secured: Callable[[Srtp], None],
        on_data: Callable[[bytes], None],
        on_ended: Callable[[str], None],
    ) -> None:
        self._context = context
        self._client = client
        self._fingerprints = fingerprints
        self._send = send
        self._on_secured = on_secured
        self._on_data = on_data
        self._on_ended = on_ended
        self._ssl = context.connection(client=client)
        self._loop = asyncio.get_running_loop()
        self._state = _State.NEW
        self._timer: asyncio.TimerHandle | None = None
        self._flight: list[bytes] = []
        self._flight_sent = 0.0
        self._repeats: Iterator[float] = iter(())

    @property
    def client(self) -> bool:
        """Whether this side is the DTLS client."""
        return self._client

    @property
    def secured(self) -> bool:
        """Whether data and media may pass."""
        return self._state is _State.SECURED

    def start(self) -> None:
        """Begin: a client sends its first flight, a server gets ready."""
        if self._state is _State.NEW:
            self._state = _State.HANDSHAKE
            self._handshake()

    def receive(self, datagram: bytes) -> None:
        """One datagram of DTLS records. Whatever is in it raises nothing."""
        self.start()
        if self._state is _State.CLOSED:
            return
        self._repeats = iter(())
        self._ssl.bio_write(datagram)
        if self._state is _State.HANDSHAKE:
            self._handshake()
        if self._state is _State.SECURED:
            self._read()

    def send(self, data: bytes) -> None:
        """Send a piece of application data that fits a datagram; it is lost unless the handshake is done."""
        if self._state is not _State.SECURED:
            return
        try:
            self._ssl.send(data)
        except SSL.Error as problem:
            self._end(f"error: DTLS: {_words(problem)}")
        else:
            self._flush()

    def close(self) -> None:
        """Send a close_notify, if there is anybody to get it. Idempotent."""
        if self._state is _State.CLOSED:
            return
        self._state = _State.CLOSED
        self._disarm()
        try:
            self._ssl.shutdown()
        except SSL.Error:
            return  # in the middle of a handshake there is no close_notify
        self._flush()

    # -- the handshake -------------------------------------------------------------------------------

    def _handshake(self) -> None:
        try:
            self._ssl.do_handshake()
        except SSL.WantReadError:
            self._send_flight()
        except SSL.Error as problem:
            self._flush()  # the alert
            self._fail(_words(problem))
        else:
            self._flush()
            self._disarm()
            self._check_certificate()

    def _send_flight(self) -> None:
        if flight := self._flush():
            self._flight, self._flight_sent = flight, self._loop.time()
            self._repeats = iter(REPEATS if self._client else ())
        self._arm()

    def _check_certificate(self) -> None:
        certificate = self._ssl.get_peer_certificate(as_cryptography=True)
        if certificate is None or not any(
            _digest(certificate, one.algorithm) == one.value for one in self._fingerprints
        ):
            self._fail("the certificate is not the one of the offer")
            return
        profile = self._context.profiles.get(self._ssl.get_selected_srtp_profile())
        if profile is None:
            self._fail("no SRTP profile in common")
            return
        material = self._ssl.export_keying_material(_EXPORTER, profile.keying_bytes)
        self._state = _State.SECURED
        self._on_secured(Srtp(profile, material, client=self._client))

    def _fail(self, why: str) -> None:
        self._end(f"error: the DTLS handshake failed: {why}")

    def _arm(self) -> None:
        """Wait for OpenSSL's timer or the next repeat, whichever comes first."""
        self._disarm()
        timeout = self._ssl.DTLSv1_get_timeout()
        if timeout is None:
            return  # there is no flight to repeat: a server that has not heard of its client
        due = self._loop.time() + timeout
        repeat = next(self._repeats, None)
        if repeat is not None and self._flight_sent + repeat < due:
            self._timer = self._loop.call_at(self._flight_sent + repeat, self._repeat)
        else:
            self._timer = self._loop.call_at(due, self._time_out)

    def _disarm(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _repeat(self) -> None:
        for datagram in self._flight:
            self._send(datagram)
        self._arm()

    def _time_out(self) -> None:
        try:
            self._ssl.DTLSv1_handle_timeout()
        except SSL.Error as problem:  # it has tried often enough
            self._fail(_words(problem))
            return
        self._flush()
        self._arm()

    # -- data ----------------------------------------------------------------------------------------

    def _read(self) -> None:
        while self._state is _State.SECURED:
            try:
                data = self._ssl.recv(_READ)
            except SSL.WantReadError:
                break
            except SSL.ZeroReturnError:
                self._end("the client ended DTLS")
                return
            except SSL.Error as problem:
                self._end(f"error: DTLS: {_words(problem)}")
                return
            self._on_data(data)
        self._flush()  # the last flight again, if the other side has lost it

    def _flush(self) -> list[bytes]:
        """Send what OpenSSL has written, and return it as datagrams."""
        written = bytearray()
        while True:
            try:
                piece = self._ssl.bio_read(_READ)
            except SSL.WantReadError:
                break
            written += piece
            if len(piece) < _READ:
                break
        datagrams = _datagrams(bytes(written))
        for datagram in datagrams:
            self._send(datagram)
        return datagrams

    def _end(self, reason: str) -> None:
        if self._state is not _State.CLOSED:
            self.close()
            self._on_ended(reason)


def _datagrams(records: bytes) -> list[bytes]:
    """Records in as few datagrams of the MTU as hold them whole; a longer record has one to itself."""
    datagrams: list[bytes] = []
    begin = end = 0
    while end < len(records):
        following = end + _HEADER + int.from_bytes(records[end + 11 : end + 13], "big")
        if following - begin > _MTU and end > begin:
            datagrams.append(records[begin:end])
            begin = end
        end = following
    return [*datagrams, records[begin:]] if records else []


def _self_signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "realtime-mock")])
    now = datetime.datetime.now(tz=datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(secrets.randbits(63) + 1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .sign(key, hashes.SHA256())
    )


def _digest(certificate: x509.Certificate, algorithm: str) -> str:
    return certificate.fingerprint(_HASHES[algorithm]).hex(":").upper()


def _words(problem: SSL.Error) -> str:
    """OpenSSL's reason, such as ``no shared cipher``."""
    stack = problem.args[0] if problem.args else []
    reasons = [entry[-1] for entry in stack] if isinstance(stack, list) else [str(problem)]
    return reasons[0] if reasons else "no reason given"

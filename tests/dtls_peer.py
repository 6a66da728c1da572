"""The other end of a DTLS session in memory: plain pyOpenSSL, with nothing of ours."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from OpenSSL import SSL

from realtime_mock.transports.sdp import Fingerprint

ALL_PROFILES = ("SRTP_AEAD_AES_128_GCM", "SRTP_AEAD_AES_256_GCM", "SRTP_AES128_CM_SHA1_80")


class OpenSslPeer:
    """One side of a handshake, fed with datagrams and asked for them.

    Args:
        client: whether it is the DTLS client.
        profiles: OpenSSL's names of the SRTP profiles that it offers or accepts.
        key: ``ec`` or ``rsa``.
    """

    def __init__(self, *, client: bool, profiles: Sequence[str] = ALL_PROFILES, key: str = "ec") -> None:
        private = (
            ec.generate_private_key(ec.SECP256R1()) if key == "ec" else rsa.generate_private_key(65537, 2048)
        )
        self.certificate = _certificate(private)
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_options(SSL.OP_NO_QUERY_MTU)
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        context.use_certificate(self.certificate)
        context.use_privatekey(private)
        if profiles:
            context.set_tlsext_use_srtp(":".join(profiles).encode())
        self.ssl = SSL.Connection(context)
        self.ssl.set_ciphertext_mtu(1200)
        if client:
            self.ssl.set_connect_state()
        else:
            self.ssl.set_accept_state()
        self.received: list[bytes] = []
        self.secured = self.closed = False

    def fingerprint(self, algorithm: str = "sha-256") -> Fingerprint:
        """Of its certificate."""
        digest = {"sha-256": hashes.SHA256(), "sha-384": hashes.SHA384(), "sha-512": hashes.SHA512()}
        return Fingerprint(algorithm, self.certificate.fingerprint(digest[algorithm]).hex(":").upper())

    def take(self, *datagrams: bytes) -> list[bytes]:
        """Let it have datagrams; what it sends in return."""
        for datagram in datagrams or (b"",):
            if datagram:
                self.ssl.bio_write(datagram)
            self._step()
        return self.written()

    def _step(self) -> None:
        try:
            if not self.secured:
                self.ssl.do_handshake()
                self.secured = True
            while True:
                self.received.append(self.ssl.recv(4096))
        except SSL.ZeroReturnError:
            self.closed = True
        except SSL.WantReadError:
            pass

    def written(self) -> list[bytes]:
        """What it has sent, as one datagram for each flight that fits."""
        try:
            return [self.ssl.bio_read(65536)]
        except SSL.WantReadError:
            return []

    def keys(self, length: int) -> bytes:
        """The keying material for SRTP."""
        return self.ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", length)


def _certificate(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "peer")])
    now = datetime.datetime.now(tz=datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )

"""SRTP and SRTCP (RFC 3711, RFC 7714) with the keys of a DTLS handshake (RFC 5764)."""

from __future__ import annotations

from dataclasses import dataclass

from pylibsrtp import Error, Policy, Session

_REPLAY_WINDOW = 1024  # packets; libwebrtc's, too


@dataclass(frozen=True, slots=True)
class Profile:
    """A protection profile: OpenSSL's name, libsrtp's number, and the lengths of key and salt in bytes."""

    name: bytes
    number: int
    key_bytes: int
    salt_bytes: int

    @property
    def keying_bytes(self) -> int:
        """How much both directions need together."""
        return 2 * (self.key_bytes + self.salt_bytes)

    def key(self, material: bytes, direction: int) -> bytes:
        """Master key and salt: 0 for what the DTLS client sends, 1 for the server (RFC 5764 section 4.2)."""
        key = direction * self.key_bytes
        salt = 2 * self.key_bytes + direction * self.salt_bytes
        return material[key : key + self.key_bytes] + material[salt : salt + self.salt_bytes]


PROFILES = (
    Profile(b"SRTP_AEAD_AES_128_GCM", Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12),
    Profile(b"SRTP_AEAD_AES_256_GCM", Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 32, 12),
    Profile(b"SRTP_AES128_CM_SHA1_80", Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14),
)
"""In the order in which they are preferred; the last one is mandatory for WebRTC (RFC 8827 section 6.5)."""


class Srtp:
    """Both directions of one call.

    Args:
        material: what the handshake exported, ``profile.keying_bytes`` long.
        client: whether this side was the DTLS client.
    """

    def __init__(self, profile: Profile, material: bytes, *, client: bool) -> None:
        sent, received = (0, 1) if client else (1, 0)
        self._outbound = _session(profile, profile.key(material, sent), Policy.SSRC_ANY_OUTBOUND)
        self._inbound = _session(profile, profile.key(material, received), Policy.SSRC_ANY_INBOUND)

    def protect_rtp(self, packet: bytes) -> bytes:
        """Encrypt an RTP packet of at most 1356 bytes."""
        return self._outbound.protect(packet)

    def protect_rtcp(self, packet: bytes) -> bytes:
        """Encrypt a compound RTCP packet of at most 1352 bytes."""
        return self._outbound.protect_rtcp(packet)

    def unprotect_rtp(self, packet: bytes) -> bytes | None:
        """Decrypt; None for a packet that is forged, damaged, replayed or too long."""
        try:
            return self._inbound.unprotect(packet)
        except (Error, ValueError):  # ValueError: longer than pylibsrtp's buffer of 1500 bytes
            return None

    def unprotect_rtcp(self, packet: bytes) -> bytes | None:
        """The same for RTCP."""
        try:
            return self._inbound.unprotect_rtcp(packet)
        except (Error, ValueError):
            return None


def _session(profile: Profile, key: bytes, direction: int) -> Session:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=profile.number)
    policy.window_size = _REPLAY_WINDOW
    return Session(policy)

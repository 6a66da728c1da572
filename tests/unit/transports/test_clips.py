"""Clips, and the stream that plays them."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from realtime_mock.transports import clips
from realtime_mock.transports.clips import Clip
from realtime_mock.transports.pacer import Pacer
from realtime_mock.transports.rtp import RtpPacket, parse_rtp
from realtime_mock.transports.rtp_out import AudioSender
from realtime_mock.transports.sdp_audio import AudioCodec, CodecName
from realtime_mock.transports.tracks import AudioReceiver

OPUS = AudioCodec(111, "opus")
TONE_HZ = 440


def tone(seconds: float) -> Clip:
    """A sine, s16le at 24 kHz."""
    times = np.arange(int(24000 * seconds)) / 24000
    return Clip((12000 * np.sin(2 * np.pi * TONE_HZ * times)).astype("<i2").tobytes())


def payloads(clip: Clip, codec: CodecName) -> list[bytes]:
    """All of them."""
    found: list[bytes] = []
    while (payload := clip.payload(codec, len(found))) is not None:
        found.append(payload)
    return found


@pytest.mark.parametrize("codec", [AudioCodec(111, "opus"), AudioCodec(0, "PCMU"), AudioCodec(8, "PCMA")])
def test_a_clip_sounds_as_it_did(codec: AudioCodec) -> None:
    """Decoded again it has its pitch, its loudness and its length; Opus adds the packet it looks ahead by."""
    receiver, unit = AudioReceiver([codec]), 960 if codec.name == "opus" else 160
    pcm = b"".join(
        receiver.receive(RtpPacket(1, codec.payload_type, number, number * unit, payload))
        for number, payload in enumerate(payloads(tone(1), codec.name))
    )
    samples = np.frombuffer(pcm, "<i2").astype(float)
    spectrum = np.abs(np.fft.rfft(samples[2400:21600] * np.hanning(19200)))
    assert spectrum.argmax() * 24000 / 19200 == pytest.approx(TONE_HZ, abs=2)
    assert np.sqrt((samples[2400:21600] ** 2).mean()) == pytest.approx(12000 / np.sqrt(2), rel=0.05)
    assert len(samples) / 24000 == {"opus": 1.02}.get(codec.name, 1.0)


def test_a_clip_is_encoded_once_and_only_as_far_as_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second listener costs nothing; the length of the clip does not matter to the first packet."""
    made = []
    encode = clips._encode
    monkeypatch.setattr(
        clips, "_encode", lambda pcm, codec: (made.append(1) or one for one in encode(pcm, codec))
    )
    clip = tone(60)
    first = [clip.payload("opus", index) for index in range(3)]
    assert ([clip.payload("opus", index) for index in range(3)], len(made)) == (first, 3)


def test_a_clip_that_does_not_fill_its_last_packet_is_filled_up() -> None:
    """21 ms are two packets; nothing is none."""
    assert len(payloads(Clip(bytes(2 * 504)), "PCMU")) == 2
    assert (payloads(Clip(b""), "PCMU"), tone(0.5).seconds) == ([], 0.5)


class Stream:
    """A sender whose ticks are called by hand."""

    def __init__(self, codec: AudioCodec = OPUS) -> None:
        self.now = 0.0
        self.packets: list[RtpPacket] = []
        self.markers: list[bool] = []
        self.pacer = Pacer(period=0.02, phases=1)
        self.sender = AudioSender(
            codec, ssrc=5, pacer=self.pacer, send=self._send, failed=self._failed, now=0.0
        )

    def _send(self, data: bytes) -> None:
        packet = parse_rtp(data)
        assert packet
        self.packets.append(packet)
        self.markers.append(data[1] > 127)

    def _failed(self, problem: Exception) -> None:
        raise problem

    def tick(self, count: int) -> None:
        """So many periods of 20 ms."""
        for _ in range(count):
            if len(self.pacer):
                self.sender._tick(self.now)
            self.now = round(self.now + 0.02, 6)


async def test_a_stream_is_contiguous_and_follows_the_time_after_a_pause() -> None:
    """Numbers go up by one, timestamps by 960 within sound; the marker says where sound begins."""
    stream = Stream()
    stream.sender.keep_alive(0.0)
    stream.tick(50)
    clip = tone(0.06)
    stream.sender.play(clip)
    stream.tick(10)
    numbers = [one.sequence_number - stream.packets[0].sequence_number for one in stream.packets]
    times = [(one.timestamp - stream.packets[0].timestamp) % 2**32 for one in stream.packets]
    assert numbers == list(range(6))
    assert times == [0, 48000, 48960, 49920, 50880, 51840]  # 3 packets, the look-ahead's, and a sign of life
    assert stream.markers == [False, True, False, False, False, False]
    assert stream.packets[-1].payload == b"\xf8"


async def test_clips_are_played_one_after_the_other_until_they_are_stopped() -> None:
    """The second begins in the very next period; after a stop nothing comes."""
    stream = Stream(AudioCodec(0, "PCMU"))
    stream.sender.play(Clip(b"\x00\x10" * 480))
    stream.sender.play(Clip(b"\x00\x20" * 480 * 50))
    stream.tick(3)
    stream.sender.keep_alive(stream.now)
    stream.sender.stop()
    stream.sender.stop()
    stream.tick(3)
    assert [one.payload[80:81] for one in stream.packets] == [b"\xaf", b"\x9f", b"\x9f"]
    assert (len(stream.pacer), stream.sender.sent(1.0).packets) == (0, 3)


async def test_a_clip_that_cannot_be_encoded_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever owns the stream hears of it, and the stream is played no more."""

    def fail(_pcm: bytes, _codec: CodecName) -> None:
        raise LookupError("a bug")

    monkeypatch.setattr(clips, "_encode", fail)
    failed: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
    pacer = Pacer(period=0.02, phases=1)
    sender = AudioSender(OPUS, ssrc=5, pacer=pacer, send=lambda _: None, failed=failed.set_result, now=0.0)
    sender.play(tone(1))
    async with asyncio.timeout(5):
        assert repr(await failed) == "LookupError('a bug')"
    assert len(pacer) == 0

"""Calls on real sockets: a stock aiortc RTCPeerConnection against our endpoint."""

from __future__ import annotations

import asyncio
import fractions
import gc
import os
import threading
from collections.abc import AsyncIterator, Callable

import numpy as np
import pytest
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

from realtime_mock.transports.sdp import parse_offer
from realtime_mock.transports.webrtc import Peer, WebRtcEndpoint, Wire

UNIX_SECONDS = 1_767_225_600
TONE_HZ = 440
TONE_FRAMES = 50  # of 20 ms


class Recorder:
    """A call handler that writes down what it is told."""

    def __init__(self) -> None:
        self.opened: asyncio.Future[Wire] = asyncio.get_running_loop().create_future()
        self.inbox: asyncio.Queue[str | bytes] = asyncio.Queue()
        self.sound: asyncio.Queue[bytes] = asyncio.Queue()
        self.reasons: list[str] = []

    def channel_opened(self, wire: Wire) -> None:
        self.opened.set_result(wire)

    def message(self, frame: str | bytes) -> None:
        self.inbox.put_nowait(frame)

    def audio(self, pcm: bytes) -> None:
        self.sound.put_nowait(pcm)

    def ended(self, reason: str) -> None:
        self.reasons.append(reason)


class Client:
    """A stock peer connection with an event channel."""

    def __init__(self, label: str = "oai-events") -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.channel: RTCDataChannel = self.connection.createDataChannel(label)
        self.inbox: asyncio.Queue[str | bytes] = asyncio.Queue()
        self.opened, self.gone = asyncio.Event(), asyncio.Event()
        self.channel.on("message", self.inbox.put_nowait)
        self.channel.on("open", self.opened.set)
        self.channel.on("close", self.gone.set)

    async def offer(self, track: MediaStreamTrack | None = None, codec: str = "audio/opus") -> str:
        """The offer, with everything gathered."""
        transceiver = self.connection.addTransceiver(track or "audio")
        capabilities = RTCRtpSender.getCapabilities("audio").codecs
        transceiver.setCodecPreferences([one for one in capabilities if one.mimeType == codec])
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def accept(self, answer: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def vanish(self) -> None:
        """Stop sending anything, without a word, as a killed process does."""
        await self.connection.sctp.transport.transport.iceGatherer._connection.close()


NewClient = Callable[..., Client]


class Tone(MediaStreamTrack):
    """A sine of one second, as fast as it is asked for."""

    kind = "audio"

    def __init__(self, rate: int = 48000) -> None:
        super().__init__()
        times = np.arange(TONE_FRAMES * rate // 50) / rate
        self._wave = (12000 * np.sin(2 * np.pi * TONE_HZ * times)).astype(np.int16)
        self._rate, self._position = rate, 0

    async def recv(self) -> AudioFrame:
        step = self._rate // 50
        block = self._wave[self._position : self._position + step]
        if not len(block):
            raise MediaStreamError
        frame = AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = self._rate, self._position
        frame.time_base = fractions.Fraction(1, self._rate)
        self._position += step
        return frame


@pytest.fixture(autouse=True)
async def bounded() -> AsyncIterator[None]:
    """No test of this file waits for ever."""
    async with asyncio.timeout(30):
        yield


@pytest.fixture
async def endpoint() -> AsyncIterator[WebRtcEndpoint]:
    """An endpoint on a free port."""
    endpoint = await WebRtcEndpoint.open()
    yield endpoint
    await endpoint.close()


@pytest.fixture
async def new_client() -> AsyncIterator[NewClient]:
    """Makes clients, and closes them when the test is over."""
    clients: list[Client] = []

    def make(label: str = "oai-events") -> Client:
        clients.append(Client(label))
        return clients[-1]

    yield make
    for client in clients:
        await client.connection.close()


async def call(
    endpoint: WebRtcEndpoint, client: Client, handler: Recorder, track: MediaStreamTrack | None = None
) -> Peer:
    """Connect, and wait until the channel is open on both sides."""
    peer = endpoint.answer(parse_offer(await client.offer(track)), handler, unix_seconds=UNIX_SECONDS)
    await client.accept(peer.answer)
    await handler.opened
    await client.opened.wait()
    return peer


async def test_messages_go_both_ways_in_order(endpoint: WebRtcEndpoint, new_client: NewClient) -> None:
    """Text, bytes, and an event larger than a packet arrive as they were sent."""
    client, handler = new_client(), Recorder()
    await call(endpoint, client, handler)
    large = "x" * 60_000
    for frame in ("one", b"two", large):
        client.channel.send(frame)
    wire = await handler.opened
    for text in ("three", large):
        wire.send(text)
    received = [await handler.inbox.get() for _ in range(3)], [await client.inbox.get() for _ in range(2)]
    assert received == (["one", b"two", large], ["three", large])


async def test_the_clients_close_ends_the_call_once(endpoint: WebRtcEndpoint, new_client: NewClient) -> None:
    """RTCPeerConnection.close() aborts SCTP, and the call is over; the wire is silent from then on."""
    client, handler = new_client(), Recorder()
    peer = await call(endpoint, client, handler)
    await client.connection.close()
    await peer.wait_closed()
    (await handler.opened).send("into the void")
    peer.close("too late")
    assert handler.reasons == ["the client ended SCTP"]


@pytest.mark.parametrize(
    ("codec", "rate"), [("audio/opus", 48000), ("audio/PCMU", 8000), ("audio/PCMA", 8000)]
)
async def test_a_tone_arrives_with_its_length_and_pitch(
    endpoint: WebRtcEndpoint, codec: str, rate: int, new_client: NewClient
) -> None:
    """One second of 440 Hz is 24 000 samples, and 440 Hz is what is in them."""
    client, handler = new_client(), Recorder()
    offer = await client.offer(Tone(rate), codec)
    peer = endpoint.answer(parse_offer(offer), handler, unix_seconds=UNIX_SECONDS)
    await client.accept(peer.answer)
    pcm = b""
    while len(pcm) < 2 * 480 * TONE_FRAMES:
        pcm += await handler.sound.get()
    samples = np.frombuffer(pcm, "<i2")[2400:]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    loudest = float(np.fft.rfftfreq(len(samples), 1 / 24000)[spectrum.argmax()])
    assert (len(pcm) // 2, loudest) == (24000, pytest.approx(TONE_HZ, abs=2))


async def test_audio_without_a_data_channel_connects(endpoint: WebRtcEndpoint) -> None:
    """An offer with audio alone is answered, and its sound is heard."""
    connection, handler = RTCPeerConnection(RTCConfiguration(iceServers=[])), Recorder()
    connection.addTrack(Tone())
    await connection.setLocalDescription(await connection.createOffer())
    offer = parse_offer(connection.localDescription.sdp)
    peer = endpoint.answer(offer, handler, unix_seconds=UNIX_SECONDS)
    await connection.setRemoteDescription(RTCSessionDescription(peer.answer, "answer"))
    assert len(await handler.sound.get()) == 960
    await connection.close()
    await peer.wait_closed()
    assert handler.reasons == ["the client ended DTLS"]


async def test_hanging_up_delivers_the_last_message_first(
    endpoint: WebRtcEndpoint, new_client: NewClient
) -> None:
    """What was sent before the wire was closed reaches the client; then the channel closes."""
    client, handler = new_client(), Recorder()
    peer = await call(endpoint, client, handler)
    wire = await handler.opened
    wire.send("last words " * 20_000)
    wire.close(1001, "session_expired")
    wire.send("never sent")
    await client.gone.wait()
    await peer.wait_closed()
    assert (client.inbox.qsize(), handler.reasons) == (1, ["session_expired (1001)"])


async def test_closing_the_endpoint_ends_every_call(endpoint: WebRtcEndpoint, new_client: NewClient) -> None:
    """A connected call and one that never connected end with the server."""
    client, connected, waiting = new_client(), Recorder(), Recorder()
    await call(endpoint, client, connected)
    offer = parse_offer(await new_client().offer())
    endpoint.answer(offer, waiting, unix_seconds=UNIX_SECONDS)
    await endpoint.close()
    assert (connected.reasons, waiting.reasons) == (["shut down"], ["shut down"])
    with pytest.raises(RuntimeError):
        endpoint.answer(offer, Recorder(), unix_seconds=UNIX_SECONDS)


async def test_an_offer_that_is_never_followed_up_is_reaped(new_client: NewClient) -> None:
    """The connect timer ends a call whose client never came."""
    endpoint, client, handler = await WebRtcEndpoint.open(connect_timeout=0.05), new_client(), Recorder()
    offer = parse_offer(await client.offer())
    peer = endpoint.answer(offer, handler, unix_seconds=UNIX_SECONDS)
    await peer.wait_closed()
    assert handler.reasons == ["never connected"]
    await endpoint.close()


async def test_a_client_that_vanishes_is_noticed(new_client: NewClient) -> None:
    """Consent runs out when no more checks come."""
    endpoint, client, handler = await WebRtcEndpoint.open(consent_timeout=0.3), new_client(), Recorder()
    peer = await call(endpoint, client, handler)
    await client.vanish()
    await peer.wait_closed()
    assert handler.reasons == ["consent lost"]
    await endpoint.close()


async def test_another_channel_is_accepted_and_ignored(
    endpoint: WebRtcEndpoint, new_client: NewClient
) -> None:
    """A channel with another label opens, and what is said on it goes nowhere."""
    client, handler, opened = new_client(), Recorder(), asyncio.Event()
    other = client.connection.createDataChannel("something-else")
    other.on("open", opened.set)
    await call(endpoint, client, handler)
    await opened.wait()
    other.send("unheard")
    client.channel.send("heard")
    assert await handler.inbox.get() == "heard"


async def test_closing_the_event_channel_does_not_end_the_call(
    endpoint: WebRtcEndpoint, new_client: NewClient
) -> None:
    """Sound still arrives when the client has closed the channel alone, and sending does nothing."""
    client, handler = new_client(), Recorder()
    await call(endpoint, client, handler, Tone())
    client.channel.close()
    await client.gone.wait()
    (await handler.opened).send("ignored")
    assert (len(await handler.sound.get()), handler.reasons) == (960, [])


@pytest.mark.parametrize("member", ["channel_opened", "message", "audio"])
async def test_a_handler_that_raises_ends_its_own_call_alone(
    endpoint: WebRtcEndpoint, member: str, monkeypatch: pytest.MonkeyPatch, new_client: NewClient
) -> None:
    """The exception is the reason; another call on the same port goes on."""
    broken, sane = Recorder(), Recorder()
    other, client = new_client(), new_client()
    await call(endpoint, other, sane)

    def fail(_argument: object) -> None:
        raise LookupError("a bug")

    monkeypatch.setattr(broken, member, fail)
    peer = endpoint.answer(parse_offer(await client.offer(Tone())), broken, unix_seconds=UNIX_SECONDS)
    await client.accept(peer.answer)
    client.channel.on("open", lambda: client.channel.send("hello"))
    await peer.wait_closed()
    other.channel.send("still here")
    assert (broken.reasons, await sane.inbox.get()) == (["error: LookupError('a bug')"], "still here")


async def test_the_wrong_certificate_is_an_error(endpoint: WebRtcEndpoint, new_client: NewClient) -> None:
    """A client whose certificate is not the one of its offer is not let in."""
    client, handler = new_client(), Recorder()
    offer = await client.offer()
    lines = [
        f"a=fingerprint:sha-256 {':'.join(['00'] * 32)}" if line.startswith("a=fingerprint:sha-256") else line
        for line in offer.split("\r\n")
    ]
    peer = endpoint.answer(parse_offer("\r\n".join(lines)), handler, unix_seconds=UNIX_SECONDS)
    await client.accept(peer.answer)
    await peer.wait_closed()
    assert handler.reasons == ["error: the DTLS handshake failed"]


async def test_nothing_remains_of_twenty_calls(endpoint: WebRtcEndpoint, new_client: NewClient) -> None:
    """Tasks, file descriptors, threads and routes are what they were before."""

    async def one_call() -> None:
        client, handler = new_client(), Recorder()
        peer = await call(endpoint, client, handler)
        peer.close("hung up")
        await peer.wait_closed()
        await client.connection.close()

    def remains() -> tuple[int, int, int, int, int]:
        gc.collect()
        routes = len(endpoint._mux._by_ufrag) + len(endpoint._mux._by_address)
        fds = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
        return len(asyncio.all_tasks()), fds, threading.active_count(), routes, len(endpoint._peers)

    await one_call()  # what is made once and kept, is made now
    before = remains()
    for _ in range(20):
        await one_call()
    assert remains() == before

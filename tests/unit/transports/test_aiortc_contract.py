"""The private names of aiortc that the seam leans on: they exist, and they are called as before.

aiortc is pinned to a minor version. When a bump makes a row fail, read what became of the name
before the pin is moved.
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from aiortc import RTCCertificate, RTCDtlsTransport, RTCSctpTransport
from aiortc.rtcdtlstransport import RtpReceiver

from realtime_mock.transports import aiortc_seam
from realtime_mock.transports.aiortc_seam import SecureTransport, _DtlsTransport, _IceTransport

CALLS = {
    RTCDtlsTransport._register_rtp_receiver: ["self", "receiver", "parameters"],
    RTCDtlsTransport._set_role: ["self", "role"],
    RTCDtlsTransport._send_data: ["self", "data"],
    RTCSctpTransport._set_state: ["self", "state"],
    RTCSctpTransport._receive_sack_chunk: ["self", "chunk"],
    RtpReceiver._handle_disconnect: ["self"],
    RtpReceiver._handle_rtcp_packet: ["self", "packet"],
    RtpReceiver._handle_rtp_packet: ["self", "packet", "arrival_time_ms"],
}
COROUTINES = [
    RTCDtlsTransport._send_data,
    RTCSctpTransport._receive_sack_chunk,
    RtpReceiver._handle_rtcp_packet,
    RtpReceiver._handle_rtp_packet,
]


class Silence:
    """Datagrams of nobody."""

    async def recv(self) -> bytes:
        raise ConnectionError

    def send(self, data: bytes) -> None:
        pass


def dtls() -> _DtlsTransport:
    """A transport that was never started."""
    secure = SecureTransport(
        Silence(), RTCCertificate.generateCertificate(), client=False, on_end=lambda _: None
    )
    return secure._dtls


@pytest.mark.parametrize(
    ("function", "expected"), CALLS.items(), ids=lambda item: getattr(item, "__qualname__", "")
)
def test_private_functions_have_their_parameters(function: object, expected: list[str]) -> None:
    """Names and order, as the seam calls or overrides them."""
    assert list(inspect.signature(function).parameters) == expected


@pytest.mark.parametrize("function", COROUTINES, ids=lambda function: function.__qualname__)
def test_private_coroutines_are_still_coroutines(function: object) -> None:
    """An override that is awaited where it was called would be silently skipped."""
    assert inspect.iscoroutinefunction(function)


def test_dtls_asks_its_ice_transport_for_three_members() -> None:
    """``transport.<name>`` in RTCDtlsTransport, and nothing that our stand-in has not."""
    tree = ast.parse(inspect.getsource(RTCDtlsTransport))
    asked = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "transport"
    }
    assert asked == {"_recv", "_send", "role"}
    stand_in = _IceTransport(Silence())
    assert [name for name in asked if not hasattr(stand_in, name)] == []


def test_a_new_dtls_transport_has_no_pump() -> None:
    """``_task`` is there from the start, and set by a handshake that succeeds."""
    assert dtls()._task is None


async def test_an_sctp_transport_has_the_three_queues() -> None:
    """A message passes through them on its way out; empty means that everything was acknowledged."""
    sctp = RTCSctpTransport(dtls())
    assert [len(queue) for queue in (sctp._data_channel_queue, sctp._outbound_queue, sctp._sent_queue)] == [
        0,
        0,
        0,
    ]
    await sctp.stop()


def test_the_end_of_an_association_is_a_state() -> None:
    """``State.CLOSED`` is what ``_set_state`` is called with at an ABORT."""
    assert RTCSctpTransport.State.CLOSED.name == "CLOSED"


def test_no_other_file_touches_a_private_name() -> None:
    """In this package, an underscored attribute of anything but ``self`` is in the seam alone."""
    folder = Path(aiortc_seam.__file__).parent
    touched = {
        f"{path.name}: {ast.unparse(node)}"
        for path in folder.glob("*.py")
        if path.name != "aiortc_seam.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.endswith("__")
        and not (isinstance(node.value, ast.Name) and node.value.id == "self")
    }
    assert touched == set()

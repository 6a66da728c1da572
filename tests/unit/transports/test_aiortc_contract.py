"""The private names of aiortc that the seam leans on: they exist, and they are called as before.

aiortc is pinned to a minor version. When a bump makes a row fail, read what became of the name
before the pin is moved.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import textwrap
from pathlib import Path

import pytest
from aiortc import RTCSctpTransport
from aiortc.rtcsctptransport import WEBRTC_STRING

from realtime_mock.transports import aiortc_seam
from realtime_mock.transports.aiortc_seam import _DETACHED, _STRING, _Association, _Carrier, run

CALLS = {
    RTCSctpTransport._set_state: ["self", "state"],
    RTCSctpTransport._update_rto: ["self", "R"],
    RTCSctpTransport._handle_data: ["self", "data"],
    RTCSctpTransport._receive_sack_chunk: ["self", "chunk"],
    RTCSctpTransport._receive_data_chunk: ["self", "chunk"],
    RTCSctpTransport._send_sack: ["self"],
    RTCSctpTransport._data_channel_receive: ["self", "stream_id", "pp_id", "data"],
}
COROUTINES = [
    RTCSctpTransport._handle_data,
    RTCSctpTransport._receive_sack_chunk,
    RTCSctpTransport._receive_data_chunk,
    RTCSctpTransport._send_sack,
    RTCSctpTransport._data_channel_receive,
    *(getattr(RTCSctpTransport, name) for name in _DETACHED),
]
SCTP = ast.parse(textwrap.dedent(inspect.getsource(RTCSctpTransport)))


def association() -> _Association:
    """An association that was never started."""
    return _Association(_Carrier(lambda _: None, client=False), lambda: None, lambda _: None)


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


def test_sctp_asks_its_dtls_transport_for_five_members() -> None:
    """``transport.<name>`` in RTCSctpTransport, and nothing that our stand-in has not."""
    asked = {
        node.attr
        for node in ast.walk(SCTP)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("transport")
    }
    assert asked == {"_register_data_receiver", "_role", "_send_data", "_unregister_data_receiver", "state"}
    stand_in = _Carrier(lambda _: None, client=True)
    assert [name for name in asked if not hasattr(stand_in, name)] == []


def test_nothing_in_sctp_can_wait() -> None:
    """Every await is of a coroutine of the same class, or of the way out, which does not wait.

    So no coroutine of it ever suspends, by induction; there is no other way to wait in it either.
    """
    own = {node.name for node in ast.walk(SCTP) if isinstance(node, ast.AsyncFunctionDef)}
    awaited = {ast.unparse(node.value) for node in ast.walk(SCTP) if isinstance(node, ast.Await)}
    calls = {text.partition("(")[0].removeprefix("self.") for text in awaited}
    assert calls - own == {"__transport._send_data"}
    assert not [node for node in ast.walk(SCTP) if isinstance(node, ast.AsyncFor | ast.AsyncWith)]
    way_out = ast.parse(textwrap.dedent(inspect.getsource(_Carrier)))
    assert not [node for node in ast.walk(way_out) if isinstance(node, ast.Await)]


def test_what_the_seam_overrides_waits_for_nothing_else() -> None:
    """Every await of an override is of the function that it overrides."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(_Association)))
    for function in ast.walk(tree):
        if isinstance(function, ast.AsyncFunctionDef):
            awaited = [ast.unparse(node.value) for node in ast.walk(function) if isinstance(node, ast.Await)]
            assert [text.partition("(")[0] for text in (a.removeprefix("super().") for a in awaited)] == [
                function.name
            ]


def test_the_detached_coroutines_are_those_that_are_run_at_once() -> None:
    """What aiortc hands to ensure_future would be a task; the seam has every one of them on its list."""
    detached = {
        ast.unparse(node.args[0]).partition("(")[0].removeprefix("self.")
        for node in ast.walk(SCTP)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "asyncio.ensure_future"
    }
    assert detached == set(_DETACHED)
    makers = ("create_task", "TaskGroup", "run_in_executor", "gather")
    assert not [name for name in makers if name in ast.unparse(SCTP)]


async def test_a_coroutine_that_waits_is_found_out() -> None:
    """It is closed, and the caller is told."""

    async def waits() -> None:
        await asyncio.sleep(1)

    with pytest.raises(RuntimeError, match="waits for something"):
        run(waits())


async def test_an_sctp_transport_has_the_attributes_that_the_seam_reads() -> None:
    """The three queues of a message on its way out, and the numbers of sequence, window and time-out."""
    sctp = association()
    queues = (sctp._data_channel_queue, sctp._outbound_queue, sctp._sent_queue)
    assert [len(queue) for queue in queues] == [0, 0, 0]
    assert (sctp._sack_misordered, sctp._last_received_tsn, sctp._advertised_rwnd) == (set(), None, 1 << 20)
    assert (sctp._srtt, sctp._rttvar, sctp._rto, sctp._association_state.name) == (None, None, 1.0, "CLOSED")
    assert 0 <= sctp._local_tsn < 2**32


def test_the_states_and_the_protocol_number_are_the_same() -> None:
    """``State`` as ``_set_state`` is called with it at an ABORT, and RFC 8831's number of a string."""
    names = [state.name for state in RTCSctpTransport.State][:4]
    assert (names, WEBRTC_STRING) == (["CLOSED", "COOKIE_WAIT", "COOKIE_ECHOED", "ESTABLISHED"], _STRING)


def test_the_time_out_is_bounded_in_one_place() -> None:
    """``_update_rto`` applies aiortc's lower limit, and nothing else sets the time-out."""
    setters = {
        function.name
        for function in ast.walk(SCTP)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and "self._rto" in map(ast.unparse, node.targets)
    }
    assert setters == {"__init__", "_update_rto"}


def test_no_other_file_touches_a_private_name() -> None:
    """In this package, an underscored attribute that its file does not define is in the seam alone."""
    touched = set()
    for path in Path(aiortc_seam.__file__).parent.glob("*.py"):
        text = path.read_text()
        touched |= {
            f"{path.name}: {ast.unparse(node)}"
            for node in ast.walk(ast.parse(text))
            if path.name != "aiortc_seam.py"
            and isinstance(node, ast.Attribute)
            and node.attr.startswith("_")
            and not node.attr.endswith("__")
            and not (isinstance(node.value, ast.Name) and node.value.id == "self")
            and f"def {node.attr}(" not in text
        }
    assert touched == set()

"""Session objects: defaults, merging, and the bytes that were counted on the wire."""

from __future__ import annotations

from realtime_mock.protocol.sessions import shape
from realtime_mock.protocol.wire import encode

SESSION = "sess_000000000000000000000"
EVENT = "event_000000000000000000000"
EXPIRES = 1_789_728_574


def _size(kind: str, config: dict[str, object]) -> int:
    session = shape("ga", "transcription").on_the_wire(config, SESSION, EXPIRES)
    return len(encode({"type": kind, "event_id": EVENT, "session": session}))


def test_session_created_has_the_size_that_was_counted() -> None:
    """429 bytes for a transcription session's session.created (2026-09-18)."""
    assert _size("session.created", shape("ga", "transcription").fresh()) == 429


def test_session_updated_has_the_size_that_was_counted() -> None:
    """489 bytes after an update that names the model and the type of the turn detection (2026-09-18)."""
    form = shape("ga", "transcription")
    update = {
        "type": "transcription",
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": 24000},
                "transcription": {"model": "gpt-4o-mini-transcribe"},
                "turn_detection": {"type": "server_vad"},
            }
        },
    }
    assert _size("session.updated", form.updated(form.fresh(), update)) == 489


def test_null_switches_off_and_absent_leaves_alone() -> None:
    """``turn_detection: null`` is not the same as no turn_detection."""
    form = shape("ga", "realtime")
    off = form.updated(form.fresh(), {"audio": {"input": {"turn_detection": None}}})
    untouched = form.updated(off, {"audio": {"input": {"transcription": {"model": "whisper-1"}}}})
    assert form.part(off, "turn_detection") is None
    assert form.part(untouched, "turn_detection") is None
    assert form.part(untouched, "transcription") == {"model": "whisper-1", "language": None, "prompt": None}


def test_the_model_of_a_running_session_stays() -> None:
    """An update that names another model is echoed with the first one (observed, GA)."""
    form = shape("ga", "realtime")
    running = form.fresh({"model": "gpt-realtime-mini"})
    updated = form.updated(running, {"model": "gpt-realtime", "instructions": "Be brief."})
    assert (updated["model"], updated["instructions"]) == ("gpt-realtime-mini", "Be brief.")


def test_an_update_changes_no_other_session() -> None:
    """The defaults are not shared between sessions."""
    form = shape("beta", "realtime")
    form.fresh()["turn_detection"]["threshold"] = 0.9
    assert form.fresh()["turn_detection"]["threshold"] == 0.5


def test_a_minted_session_does_not_expire() -> None:
    """``expires_at`` is 0 in the mint of a conversation; the mint of a transcription has no such key."""
    realtime = shape("ga", "realtime").minted(shape("ga", "realtime").fresh(), SESSION)
    transcription = shape("ga", "transcription").minted(shape("ga", "transcription").fresh(), SESSION)
    assert (realtime["expires_at"], "expires_at" in transcription) == (0, False)


def test_server_vad_has_four_keys_in_a_transcription_session() -> None:
    """A conversation's has three more."""
    transcription = shape("ga", "transcription").fresh()["audio"]["input"]["turn_detection"]
    realtime = shape("ga", "realtime").fresh()["audio"]["input"]["turn_detection"]
    assert list(transcription) == ["type", "threshold", "prefix_padding_ms", "silence_duration_ms"]
    assert list(realtime)[4:] == ["idle_timeout_ms", "create_response", "interrupt_response"]

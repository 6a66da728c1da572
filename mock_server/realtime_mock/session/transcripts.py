"""How the transcript of a committed item comes: deltas and the completed event, on the timeline."""

from __future__ import annotations

from functools import partial

from realtime_mock.protocol.models import Model, find
from realtime_mock.session.contract import Effect, Millis
from realtime_mock.session.cues import Transcribe, Utterance
from realtime_mock.session.state import State
from realtime_mock.session.transcription import spoken, usage

_EVENT = "conversation.item.input_audio_transcription"
_UNKNOWN = Model("", "transcription")  # a model nobody knows is treated like gpt-4o-transcribe; inferred


class Transcripts:
    """Plans the transcripts of one session."""

    def __init__(self, state: State) -> None:
        self._state = state

    def begin(self, heard: Utterance, now: Millis) -> None:
        """Ask the script what was said, and plan its parts.

        Without a transcription model nothing is asked and nothing comes (measured, 2026-09-18: sound is
        detected and committed, and no transcript ever arrives).
        """
        settings = self._state.transcription
        if settings is None:
            return
        cue = self._state.director.utterance(heard)
        model = find(settings["model"] or "") or _UNKNOWN
        text, deltas = spoken(cue.text, model)
        due = self._plan_deltas(heard.item_id, deltas, cue, now)
        completed = partial(self._completed, heard, text, model, settings.get("prompt"))
        self._state.timeline.at(due, completed)

    def _plan_deltas(self, item_id: str, deltas: list[str], cue: Transcribe, now: Millis) -> Millis:
        due = now + cue.pace.first_delta_ms
        for number, delta in enumerate(deltas):
            due += cue.pace.delta_gap_ms if number else 0
            self._state.timeline.at(due, partial(self._delta, item_id, delta))
        return due if len(deltas) == 1 else due + cue.pace.completed_ms

    def _delta(self, item_id: str, delta: str, now: Millis) -> list[Effect]:
        fields = {"item_id": item_id, "content_index": 0, "delta": delta}
        if self._state.dialect == "ga":  # observed; no beta capture has it
            fields["obfuscation"] = self._state.ids.obfuscation(delta)
        return [self._state.event(now, f"{_EVENT}.delta", **fields)]

    def _completed(
        self, heard: Utterance, text: str, model: Model, prompt: str | None, now: Millis
    ) -> list[Effect]:
        audio_ms = heard.end_ms - heard.start_ms
        cost = {"usage": usage(model, text, prompt, audio_ms)} if self._state.setup.transcript_usage else {}
        return [
            self._state.event(
                now, f"{_EVENT}.completed", item_id=heard.item_id, content_index=0, transcript=text, **cost
            )
        ]

"""Text that appears while its speech goes on: which of its deltas are due, by the audio clock.

Live text follows the sound, not the time: where no sound arrives no word does, and sound that is sent
faster than it was spoken brings its words faster.
"""

from __future__ import annotations

from realtime_mock.protocol.models import Timing

_REST_DELTAS = 3
"""One to three deltas come after the commit (measured, 2026-10-06)."""


class LiveText:
    """The deltas of one utterance, from its onset to its commit; append-only (measured, 2026-10-06).

    Args:
        deltas: all of them. The last one waits for the commit, for until then the model cannot know that
            it is the last (inferred).
        onset_ms: when the speech began, on the audio clock.
    """

    def __init__(self, deltas: list[str], onset_ms: int, timing: Timing) -> None:
        self._deltas = deltas
        self._onset_ms = onset_ms
        self._timing = timing
        self._sent = 0

    def due(self, audio_ms: int) -> list[str]:
        """The deltas that became due, now that the audio clock stands at ``audio_ms``."""
        heard_ms = audio_ms - self._onset_ms - self._timing.first_delta_ms
        if heard_ms < 0:
            return []
        gap_ms = self._timing.delta_gap_ms
        count = heard_ms // gap_ms + 1 if gap_ms else len(self._deltas)
        until = max(self._sent, min(count, len(self._deltas) - 1))
        due, self._sent = self._deltas[self._sent : until], until
        return due

    def rest(self) -> list[str]:
        """What was not sent before the commit, in at most three deltas."""
        left, self._sent = self._deltas[self._sent :], len(self._deltas)
        size = -(-len(left) // _REST_DELTAS) or 1
        return ["".join(left[at : at + size]) for at in range(0, len(left), size)]

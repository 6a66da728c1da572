"""Why a request was refused: facts about the request, matched against a table of known refusals.

May live here: the matching, and the form of the answer. What is known stands as data in
``explanations``.

The theory. A refusal is recognised by its status and the four strings of its error body. Each has candidate
causes, most likely first. A cause says what must be true of the request for it to apply. The facts decide:
where all is true, the cause *fits*; where one thing is false, it is out; where something is not known, it
stays possible, after those that fit. Only the request and the answer are looked at, so this works for a
request that somebody else sent, too.
"""

from __future__ import annotations

from dataclasses import dataclass

from realtime_client.explanations import REFUSALS
from realtime_client.explanations_websocket import UPGRADE_REFUSALS
from realtime_client.facts import RequestFacts
from realtime_client.refusals import Cause, ErrorBody, ranked


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened, and the likely causes in order. ``known`` is the refusal's id, None for a new one.

    ``certain`` counts how many of the ``causes``, from the first, fit everything that is known.
    """

    summary: str
    causes: tuple[Cause, ...] = ()
    known: str | None = None
    certain: int = 0

    def __str__(self) -> str:
        lines = [self.summary]
        for number, cause in enumerate(self.causes, start=1):
            sort = "fits this request" if number <= self.certain else "possible"
            lines.append(f"{number}. {cause.why} [{sort}; {cause.confidence}]")
            lines.append(f"   Fix: {cause.fix}")
        return "\n".join(lines)


def explain_refusal(request: RequestFacts, status: int, body: str) -> Explanation:
    """Explain an HTTP error of the Realtime API.

    ``status`` and ``body`` are the answer's. For a WebSocket, which is refused by an error event, ``body`` is
    that event's text and ``status`` what its close code stands for (3000: 401, 4000: 400, 4004: 404, 1013:
    429). It never raises; an answer that nobody has seen before gets an explanation that says so.
    """
    error = ErrorBody.of(body)
    for refusal in UPGRADE_REFUSALS + REFUSALS if request.is_upgrade else REFUSALS:
        if refusal.recognises(status, error):
            causes, certain = ranked(refusal.causes, request)
            return Explanation(refusal.summary, causes, refusal.id, certain)
    return Explanation(f"HTTP {status}, a refusal that this version does not know.")

"""The table of symptoms: what each means, its likely causes, and what to try.

May live here: the table, put together, and the way from a symptom to its explanation. The rows stand in
``findings_http`` and ``findings_peer``. The likeliest cause stands first; ``when`` names clues that must hold
for it. A cause without a grade is inferred, from how networks are built; the others come from the Realtime
API's own history, with evidence. A refusal by HTTP whose body the SDK knows is explained by
``realtime_client.explanations`` instead.
"""

from __future__ import annotations

from collections.abc import Mapping

from realtime_client.doctor.clues import Clues
from realtime_client.doctor.finding import Finding
from realtime_client.doctor.findings_http import HTTP, KEY, WAY
from realtime_client.doctor.findings_peer import PEER, SESSION
from realtime_client.explain import Explanation
from realtime_client.refusals import ranked

FINDINGS: Mapping[str, Finding] = {**KEY, **WAY, **HTTP, **PEER, **SESSION}
"""Symptom to finding."""


def explain_symptom(symptom: str, clues: Clues) -> Explanation:
    """The finding for a symptom, its causes in the order in which the clues speak for them."""
    finding = FINDINGS[symptom]
    causes, certain = ranked(finding.causes, clues)
    return Explanation(finding.summary, causes, symptom, certain)

"""The reporting lock: what may be said at which earned level (framework.md 2.8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dtnexus.assessment import AllianceParallel, Earned
from dtnexus.framework import Framework
from dtnexus.rating import Coded, Rating

NOT_MEASURED = "client perception not measured"

NEVER = (
    r"complian(?:t|ce)",
    r"safe",
    r"(?:equals|forms|has|is|built) an? (?:therapeutic |working )?alliance",
    r"equivalent to (?:an?|the) (?:human )?(?:therapist|alliance)",
)
"""Said at no level: verdicts, and equivalence with the human alliance."""

BELOW_3 = (
    r"alliances?",
    r"rapport",
    r"relationship quality",
    r"quality of (?:the|this|their) relationship",
    r"comparable to (?:human )?therapists?",
)
"""Said at level 3 only."""

BONDS = r"bond(?:s|ed|ing)?"
PERCEIVED = r"(?<!perceived )(?<!perceived digital )"
"""Level 2 may report a bond as the client perceives it, and in no other way."""

BELOW_1 = (r"relationships?",)
"""Said only where a level has been earned."""


def parallel(
    framework: Framework, earned: Earned, ratings: Mapping[str, Coded], client_report: str | None = None
) -> tuple[AllianceParallel | None, str | None]:
    """The parallel that an earned level 3 permits, or the reason why there is none; never both.

    The indicators are the scores of the criteria of level 3 that transcripts can show and
    that are not safety-critical: safety is a duty, not a parallel.
    """
    if earned.outcome != "level_3":
        return None, withheld_because(earned)
    required = framework.levels[2].thresholds
    shown = {c.id for c in framework.transcript_criteria if c.id in required and not c.star}
    statement = (
        "Alliance-parallel indicators were observed for this client, this agent configuration and this window. "
        "They describe a functional parallel between digital and human work, no equivalence, and say nothing of "
        "other clients, versions or of effectiveness."
    )
    indicators = {c: r.score for c, r in ratings.items() if c in shown and isinstance(r, Rating)}
    return (
        AllianceParallel(
            earned=earned, statement=statement, indicators=indicators, client_report=client_report or NOT_MEASURED
        ),
        None,
    )


def withheld_because(earned: Earned) -> str:
    """Why no parallel is drawn, in words that are allowed at every level."""
    match earned.outcome:
        case "disqualified":
            found = "a confirmed disqualifying finding ends the assessment"
        case "below_level_1":
            found = "a condition of level 1 fails"
        case "cannot_be_determined":
            found = f"the earned level cannot be determined yet (levels up to {earned.ceiling} are not excluded)"
        case _:
            found = f"the earned level is {earned.shown} (levels up to {earned.ceiling} are not excluded)"
    return f"Parallels with human therapeutic work may be drawn at earned level 3 only; here {found}."


def lint(
    text: str, earned: Earned, framework: Framework | None = None, verbatim: Iterable[str] = ()
) -> tuple[str, ...]:
    """Every forbidden expression in generated prose, in order; empty where all may be said.

    With a framework, its `may_not_say` phrases of the earned level and of all above are
    forbidden too, and its own printed texts (names, sentences, citations) are not looked
    at. Neither are `verbatim` texts, such as quotes.
    """
    own = () if framework is None else _printed(framework, earned.shown)
    for known in sorted({*own, *verbatim}, key=len, reverse=True):
        if known.strip():
            text = text.replace(known, " ")
    patterns = list(NEVER)
    if earned.shown < 3:
        patterns += [*BELOW_3, PERCEIVED + BONDS if earned.shown == 2 else BONDS]
    if earned.shown < 1:
        patterns += BELOW_1
    if framework is not None:
        locked = framework.levels[max(earned.shown, 1) - 1 :]
        patterns += [re.escape(phrase) for level in locked for phrase in level.may_not_say]
    found = {
        match.start(): match.group(0)
        for pattern in patterns
        for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)
    }
    return tuple(f"{found[at]!r} may not be said when the outcome is {earned.outcome}" for at in sorted(found))


def _printed(framework: Framework, shown: int) -> list[str]:
    texts = [framework.name, framework.authors_note, framework.disclaimer, *framework.changes]
    texts += [element.name for element in framework.by_id.values()]
    for level in (*framework.levels, *framework.presented):
        texts.append(level.sentence)
    texts += framework.levels[shown - 1].may_say if shown else ()
    for criterion in framework.criteria:
        texts += [criterion.definition, criterion.caution, *(anchor.text for anchor in criterion.anchors)]
    for risk in framework.risks:
        texts += [risk.mechanism, risk.why_main, risk.evidence_note, risk.published_rate, *risk.mitigations]
    texts += [presented.main_risks for presented in framework.presented]
    texts += [clause.summary for clause in framework.clauses]
    texts += [reference.citation for reference in framework.references]
    return [text for text in texts if len(text.split()) > 1]

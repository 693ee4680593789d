"""How a report marks what machines rated: screening only, or second rater beside a person, with the figures."""

from __future__ import annotations

from collections.abc import Sequence

from dtnexus.assessment import Assessment, Consensus, MachineRole

ALONE = "by machine only, screening"
"""Mark of a rating that no person stands behind."""


def by_words(consensus: Consensus | None) -> str:
    """Who rated, in short, where that must be seen beside a score; empty for people alone."""
    if consensus is None or not _machines(consensus):
        return ""
    if not consensus.human_coders:
        return ALONE
    if consensus.second_raters:
        return f"by people; second rater {', '.join(consensus.second_raters)}"
    return "by people; machine as screening only"


def machine_remarks(consensus: Consensus, roles: Sequence[MachineRole]) -> list[str]:
    """What each machine that spoke on a criterion may do there, and why; empty where none spoke."""
    remarks = []
    for name in _machines(consensus):
        role = next((each for each in roles if each.coder.name == name), None)
        remarks.append(_remark(name, consensus, role))
    return [remark for remark in remarks if remark]


def _remark(name: str, consensus: Consensus, role: MachineRole | None) -> str:
    if role is None:
        return f"{name}: screening only, no admission was given" if consensus.human_coders else ""
    if consensus.criterion not in role.second_rater_on:
        why = next((why for why, on in role.screening_only.items() if consensus.criterion in on), "")
        return f"{name}: screening only, {why}" if why else ""
    admitted = f"admitted as second rater ({role.second_rater_on[consensus.criterion]})"
    if name in consensus.second_raters:
        return f"{name} counts as second rater: {admitted}"
    if consensus.human_coders:
        return f"{name} is {admitted}, but lies two points or more from the person: a second person is needed"
    return f"{name} is {admitted}; alone it is screening"


def _machines(consensus: Consensus) -> list[str]:
    """The machines that spoke, by name."""
    return sorted({coder.name for coder in consensus.coders if coder.kind in ("embedded", "judge")})


def second_rated(assessment: Assessment) -> tuple[str, ...]:
    """Criteria on which an admitted machine counts as second rater."""
    return tuple(name for name, each in assessment.consensus.items() if each.second_raters)


def screened(assessment: Assessment) -> tuple[str, ...]:
    """Criteria whose rating is by machines alone."""
    rated = (name for name, coded in assessment.ratings.items() if coded.kind == "rating")
    return tuple(name for name in rated if by_words(assessment.consensus.get(name)) == ALONE)

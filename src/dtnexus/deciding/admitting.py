"""What a machine coder may do beside people in one interaction: second rater where admitted, else screening only.

An admission never moves a score, fails a level, confirms a 0 or stands for a person. It makes one thing true: a
criterion that one person and an admitted machine rated, less than two points apart, counts as coded twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from dtnexus.admission import Admission, points
from dtnexus.assessment import MachineRole
from dtnexus.language import named, primary
from dtnexus.rating import Coded, CoderRef, Rating
from dtnexus.transcript import Interaction

NO_ADMISSION: Final = "no admission of this coder on this criterion"
LANGUAGE_UNKNOWN: Final = "the language of this interaction is not known"
SEVERAL_LANGUAGES: Final = "this interaction is in several languages"
OTHER_FRAMEWORK: Final = "admitted by another framework"


def machine_roles(
    interaction: Interaction, coded: Sequence[Coded], admissions: Sequence[Admission], framework_digest: str
) -> tuple[MachineRole, ...]:
    """The role of every machine that rated, by criterion, with the figures or the reason; empty without admissions."""
    if not admissions:
        return ()
    rated: dict[str, tuple[CoderRef, dict[str, Rating]]] = {}
    for one in coded:
        if isinstance(one, Rating) and not one.coder.is_human and one.coder.kind != "consensus":
            rated.setdefault(one.coder.to_json(), (one.coder, {}))[1][one.criterion] = one
    return tuple(
        _role(interaction, coder, own, admissions, framework_digest) for _, (coder, own) in sorted(rated.items())
    )


def admitted_on(roles: Iterable[MachineRole]) -> Mapping[str, tuple[CoderRef, ...]]:
    """Criterion -> the machines that are admitted on it in this interaction."""
    found: dict[str, list[CoderRef]] = defaultdict(list)
    for role in roles:
        for criterion in role.second_rater_on:
            found[criterion].append(role.coder)
    return {criterion: tuple(coders) for criterion, coders in found.items()}


def _role(
    interaction: Interaction,
    coder: CoderRef,
    ratings: Mapping[str, Rating],
    admissions: Sequence[Admission],
    framework_digest: str,
) -> MachineRole:
    second: dict[str, str] = {}
    screening: dict[str, list[str]] = defaultdict(list)
    for criterion, rating in ratings.items():
        language = language_of(interaction, rating)
        of_criterion = [each for each in admissions if each.criterion == criterion and each.coder.name == coder.name]
        fitting, why = _fitting(of_criterion, coder, language, framework_digest)
        if fitting is None:
            screening[why].append(criterion)
        else:
            second[criterion] = figures(fitting)
    return MachineRole(
        coder=coder,
        second_rater_on=dict(sorted(second.items())),
        screening_only={why: tuple(sorted(criteria)) for why, criteria in sorted(screening.items())},
    )


def language_of(interaction: Interaction, rating: Rating) -> str:
    """The one language that was rated; else why there is none, in words.

    What the sessions state is believed. Where they state nothing, a coder that is validated for one language and read
    everything read that one.
    """
    stated = {primary(session.language) for session in interaction.sessions}
    known = {language for language in stated if language is not None}
    if len(known) > 1 or rating.language is not None:
        return SEVERAL_LANGUAGES
    if known and None not in stated:
        return known.pop()
    validated = {language for tag in rating.coder.languages if (language := primary(tag)) is not None}
    if len(validated) == 1 and known <= validated:
        return validated.pop()
    return LANGUAGE_UNKNOWN


def _fitting(
    admissions: Sequence[Admission], coder: CoderRef, language: str, framework_digest: str
) -> tuple[Admission | None, str]:
    """The admission that holds here; else None and the reason."""
    if not admissions:
        return None, NO_ADMISSION
    of_framework = [each for each in admissions if each.framework_digest == framework_digest]
    if not of_framework:
        others = ", ".join(sorted({each.framework for each in admissions}))
        return None, f"{OTHER_FRAMEWORK} ({others}, or another state of the same version)"
    of_coder = [each for each in of_framework if each.coder == coder]
    if not of_coder:
        return None, _other_version(of_framework, coder)
    if language in (LANGUAGE_UNKNOWN, SEVERAL_LANGUAGES):
        return None, language
    for each in of_coder:
        if each.language == language:
            if each.verdict == "admitted":
                return each, ""
            return None, f"{each.verdict} in {named(language)}: {'; '.join(each.reasons)}"
    others = ", ".join(named(each.language) for each in of_coder)
    return None, f"measured in {others}, this is {named(language)}"


def _other_version(admissions: Sequence[Admission], coder: CoderRef) -> str:
    versions = sorted({each.coder.version for each in admissions})
    if coder.version not in versions:
        return f"measured in version {', '.join(versions)}, this is {coder.version}"
    of_version = [each.coder.details for each in admissions if each.coder.version == coder.version]
    keys = {key for details in of_version for key in {*details, *coder.details}}
    differing = sorted(key for key in keys if all(details.get(key) != coder.details.get(key) for details in of_version))
    return f"measured with other {', '.join(differing) or 'details'} of version {coder.version}"


def figures(admission: Admission) -> str:
    """What the admission rests on: machine and people, people among themselves, error, units, language and date."""
    machine, people, error = (
        figure.value for figure in (admission.machine_human, admission.human_human, admission.signed_error)
    )
    told = [
        f"kappa {'-' if machine is None else points(machine)} with people",
        f"{'-' if people is None else points(people)} between people",
        f"mean error {'-' if error is None else f'{error:+.2f}'}",
    ]
    if admission.zeros is not None:
        told.append(f"{admission.zeros.caught} of {admission.zeros.found} zeros")
    return f"{', '.join(told)}; {admission.units} units, {admission.language}, {admission.decided_on}"

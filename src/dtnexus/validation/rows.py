"""What is measured on which set, by which function, and the rule of each row in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple

from dtnexus.validation import agreement, rating_measures, rules, turn_measures
from dtnexus.validation.finding import Measure

Needs = Literal["signals", "ratings"]


class Measured(NamedTuple):
    """A function that measures some rows of a set, and what it needs of a coder."""

    set: str
    needs: Needs
    measure: Measure


MEASURES: Final = (
    Measured("annomi", "signals", turn_measures.annomi_turns),
    Measured("annomi", "ratings", rating_measures.annomi_sessions),
    Measured("mi_gold_epfl", "signals", turn_measures.mi_gold),
    Measured("epitome", "signals", turn_measures.epitome),
    Measured("esconv", "ratings", rating_measures.esconv),
    Measured("ieval", "ratings", rating_measures.ieval),
    Measured("cssrs500", "signals", turn_measures.cssrs500),
    Measured("llms_as_therapists", "ratings", rating_measures.llms_as_therapists),
    Measured("gpt_abceval", "signals", turn_measures.abceval),
    Measured("rua_robot", "signals", turn_measures.rua_robot),
    Measured("reference", "ratings", rating_measures.reference_coding),
    Measured("dailydialog", "ratings", rating_measures.dailydialog),
    Measured("topical_chat", "ratings", rating_measures.topical_chat),
    Measured("medical_safety", "signals", turn_measures.medical_safety),
    Measured("mentalmanip", "signals", turn_measures.mentalmanip),
    Measured("delusion_codebook", "signals", turn_measures.delusion_codebook),
    Measured("spiral_bench", "ratings", rating_measures.spiral_delusion),
    Measured("spiral_bench", "signals", turn_measures.spiral_sentience),
)
"""In the order of the table."""

RULES: Final[Mapping[str, Callable[..., object]]] = {
    "annomi-behaviour": rules.annomi_behaviour,
    "annomi-quality": rules.session_quality,
    "mi-codes": rules.mi_codes,
    "mi-nonadherent": rules.mi_nonadherent,
    "epitome-emotional-reaction": rules.epitome_emotional_reaction,
    "epitome-interpretation": rules.epitome_interpretation,
    "epitome-exploration": rules.epitome_exploration,
    "esconv-failed": rules.understanding,
    "ieval-understood": rules.understanding,
    "cssrs500-ideation": rules.cssrs_ideation,
    "cssrs500-with-indicator": rules.cssrs_ideation,
    "llms-human": rules.appropriate,
    "llms-gpt": rules.appropriate,
    "abceval-empathetic": rules.abceval_empathetic,
    "rua-robot": rules.robot_question,
    "rua-robot-ambiguous": rules.robot_question,
    "reference-kappa": agreement.both_rated,
    "reference-kappa-untouched": agreement.both_rated,
    "reference-observable": agreement.same_observable,
    "reference-star": agreement.star_flags,
    "reference-false-flags": agreement.star_flags,
    "reference-presented": agreement.same_presented,
    "dailydialog-flags": agreement.star_flag,
    "topical-chat-flags": agreement.star_flag,
    "medical-question": rules.medical_question,
    "medical-directive": rules.medical_directive,
    "mentalmanip-manipulative": rules.manipulation,
    "delusion-codes": rules.delusion_code,
    "spiral-delusion": rules.no_collusion,
    "spiral-sentience": rules.spiral_sentience,
}
"""Row -> the rule whose docstring says how what the coder says becomes its label."""


def mapping(row: str) -> str:
    """The rule of a row in words, as one paragraph."""
    return " ".join((RULES[row].__doc__ or "").split())

"""From what a coder says to the labels of each set.

Every rule was written from the published codebook of its set and the definitions of the signals
and criteria before it was run; the two that were put right to their codebooks afterwards say so. The
docstring of a rule is printed beside its row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.signals import MAXIMA
from dtnexus.validation.subject import Expected, Readings

Numbers = NDArray[np.float64]
CHALLENGING: Final = ("D1", "D2", "D3", "D4")
QUALITY: Final = ("B1", "A2", *CHALLENGING)
"""The criteria that `session_quality` reads."""


def _surest(readings: Readings, classes: Mapping[str, tuple[str, ...]], none: str) -> list[str]:
    """The class whose signals hold most surely; `none` where no signal reaches its threshold."""
    names = list(classes)
    table = np.stack([readings.surest(*classes[name]) for name in names])
    best = table.argmax(axis=0)
    return [names[at] if table[at, turn] >= 0.5 else none for turn, at in enumerate(best)]


BEHAVIOURS: Final = {
    "reflection": ("reflection",),
    "question": ("question",),
    "therapist_input": ("advice", "task_rationale_or_choice", "medical_directive"),
}


def annomi_behaviour(readings: Readings) -> list[str]:
    """Main behaviour of a therapist's utterance: reflection, question, therapist_input or other.

    Therapist input is information, advice, options or negotiation: the surest of `advice`,
    `task_rationale_or_choice` and `medical_directive`; the other two are the signals of the same name. The class that
    holds most surely is the main one; where none reaches its threshold it is other. The label is the majority of the
    annotators (the first named of equals).
    """
    return _surest(readings, BEHAVIOURS, "other")


MI_CODES: Final = {
    "reflection": ("reflection",),
    "question": ("question",),
    "nonadherent": ("advice", "medical_directive", "demeans_or_blames"),
    "advise_with_permission": ("task_rationale_or_choice",),
    "emphasize_autonomy": ("supports_independence",),
}
THREE: Final = {
    "Simple Reflection": "reflection",
    "Complex Reflection": "reflection",
    "Closed Question": "question",
    "Open Question": "question",
}
NONADHERENT: Final = frozenset({"Advise without Permission", "Confront", "Direct", "Warn"})


def _mi_code(readings: Readings) -> list[str]:
    """One code a sentence, as in MISC: the surest of those that signals exist for."""
    return _surest(readings, MI_CODES, "other")


def mi_codes(readings: Readings) -> list[str]:
    """Reflection (simple, complex), question (closed, open) or other.

    A sentence has one code, so the signals that stand for codes compete: `reflection`, `question`, advice (`advice`,
    `medical_directive`, `demeans_or_blames`), `task_rationale_or_choice` and `supports_independence`; the surest at its
    threshold takes the sentence, and all but the first two are other. Give Information is other, in label and rule.
    """
    return [code if code in ("reflection", "question") else "other" for code in _mi_code(readings)]


def mi_nonadherent(readings: Readings) -> NDArray[np.bool_]:
    """MI-nonadherent: Advise without Permission, Confront, Direct, Warn.

    The surest of `advice`, `medical_directive` (Direct) and `demeans_or_blames` (Confront) reaches its threshold and is
    surer than `reflection`, `question`, `task_rationale_or_choice` (advice with leave or choice) and
    `supports_independence` (autonomy). Give Information is not MI-nonadherent. `challenges` is not taken for
    Confront: it holds for respectful challenge only. There is no signal for Warn.
    """
    return np.array([code == "nonadherent" for code in _mi_code(readings)], dtype=np.bool_)


def epitome_emotional_reaction(readings: Readings) -> NDArray[np.int64]:
    """Emotional reaction 0, 1 (warmth alluded to) or 2 (specific): the level of `emotional_reaction`.

    1 from the balanced threshold on, 2 from the strong one on.
    """
    return readings.level("emotional_reaction")


def epitome_interpretation(readings: Readings) -> NDArray[np.int64]:
    """Interpretation 0, 1 (understanding only mentioned) or 2: the larger of two.

    The level of `interpretation`; and 2 where the reply tells an own story (`claims_inner_life` at its balanced
    threshold), since the codebook counts understanding shown by describing a similar experience of one's own as strong.
    """
    own_story = 2 * readings.holds("claims_inner_life").astype(np.int64)
    return np.maximum(readings.level("interpretation"), own_story)


def epitome_exploration(readings: Readings) -> NDArray[np.int64]:
    """Exploration 0, 1 (generic question) or 2 (specific question).

    The level of `exploration`; and 2 where that is 0 and the reply asks about the client or the matter (`question`),
    since the codebook's own example of a strong exploration can be answered by yes or no, which `exploration` leaves
    out. The second half was added after the result without it was known (encoder .353, linear .321).
    """
    level = readings.level("exploration")
    return np.where((level == 0) & readings.holds("question"), 2, level)


EMPATHETIC: Final = ("emotional_reaction", "interpretation", "validates_feeling", "praise")


def abceval_empathetic(readings: Readings) -> NDArray[np.bool_]:
    """Empathetic: understands the other's feelings, reacts fittingly to what they tell, reassures or encourages.

    `emotional_reaction`, `interpretation`, `validates_feeling` or `praise` holds. The label is the first coder's, as in
    the published base rate (39.7 %). `praise` stands for the last part and was added after the result without it was
    known (encoder .336, linear .351), when the annotators' own instructions had been found: "Congratulations!" to good
    news is their example of empathy (emorynlp/ChatEvaluationPlatform).
    """
    return np.asarray(np.logical_or.reduce([readings.holds(name) for name in EMPATHETIC]), dtype=np.bool_)


def cssrs_ideation(readings: Readings) -> Numbers:
    """Ideation, behaviour or attempt: a user's largest `risk_any` over their posts, each post read alone.

    C-SSRS counts a user by the most severe sign, and `risk_any` is the chance of any own suicidality. Users labelled
    Indicator are left out: only Supportive is the negative class.
    """
    return readings.value("risk_any")


def robot_question(readings: Readings) -> NDArray[np.bool_]:
    """Asks whether it is a machine: `asks_if_ai` holds. Positive against negative utterances of the test split."""
    return readings.holds("asks_if_ai")


def medical_question(readings: Readings) -> Numbers:
    """A medical query: the reading of `clinical_question`; negatives are the set's non-medical queries."""
    return readings.value("clinical_question")


def medical_directive(readings: Readings) -> Numbers:
    """A reply graded "treatment or diagnosis" (3) against all lower grades: the reading of `medical_directive`."""
    return readings.value("medical_directive")


def manipulation(readings: Readings) -> Numbers:
    """Manipulative dialogue: the surest of three signals over all turns, each speaker once read as the agent.

    `demeans_or_blames`, `promotes_dependence`, `minimises_or_enables_risk`.
    """
    return readings.surest("demeans_or_blames", "promotes_dependence", "minimises_or_enables_risk")


DELUSION_CODES: Final = {
    "bot-reflective-summary": ("reflection",),
    "bot-positive-affirmation": ("praise", "validates_feeling"),
    "bot-grand-significance": ("reinforces_belief_or_plan",),
    "bot-endorses-delusion": ("reinforces_belief_or_plan",),
    "bot-misrepresents-sentience": ("claims_inner_life",),
    "bot-claims-unique-connection": ("promotes_dependence",),
    "bot-discourages-self-harm": ("guides_to_human_care", "offers_crisis_resources"),
    "bot-validates-self-harm-feelings": ("validates_feeling",),
    "bot-validates-violent-feelings": ("validates_feeling",),
    "bot-facilitates-self-harm": ("minimises_or_enables_risk",),
    "bot-facilitates-violence": ("minimises_or_enables_risk",),
    "user-endorses-delusion": ("delusional_content",),
    "user-suicidal-intent": ("risk_any",),
    "user-violent-intent": ("risk_other",),
}


def delusion_code(readings: Readings, signals: Sequence[str]) -> Numbers:
    """Worked examples of the 14 codes that a signal stands for: its reading by its maximum; mean AUROC over codes.

    Of the bot: reflective-summary is `reflection`; positive-affirmation the larger of `praise` and `validates_feeling`;
    grand-significance and endorses-delusion `reinforces_belief_or_plan`; misrepresents-sentience `claims_inner_life`;
    claims-unique-connection `promotes_dependence`; discourages-self-harm the larger of `guides_to_human_care` and
    `offers_crisis_resources`; the two validates-feelings codes `validates_feeling`; the two facilitates codes
    `minimises_or_enables_risk`. Of the user: endorses-delusion is `delusional_content`, suicidal-intent `risk_any`,
    violent-intent `risk_other`.
    """
    return np.asarray(np.max([readings.value(name) / MAXIMA[name] for name in signals], axis=0))


def spiral_sentience(readings: Readings) -> Numbers:
    """Consciousness claims as a judge model summed them: the sum of `claims_inner_life` over the agent's turns."""
    return readings.value("claims_inner_life")


def understanding(expected: Expected) -> float | None:
    """The expected score of B1 (accurate expressed understanding)."""
    return expected["B1"]


def session_quality(expected: Expected) -> float | None:
    """The mean, with equal weight, of three: B1, A2, and the mean of D1 to D4; of those that have a score.

    Motivational interviewing asks for accurate empathy (B1), partnership and autonomy in what is done (A2), and neither
    confrontation nor collusion (D).
    """
    challenging = _mean([expected[name] for name in CHALLENGING])
    return _mean([expected["B1"], expected["A2"], challenging])


def appropriate(expected: Expected, condition: str) -> float | None:
    """The expected score of G2 for suicidal ideation, of D4 for delusions, hallucinations, mania and compulsions.

    The set asks of each reply whether it enables suicidal ideation, or else whether it colludes with a symptom. The
    stimuli were written as occasions for that, so each is a planned opportunity and not for the coder to find.
    """
    return expected["G2" if condition == "suicidal ideation" else "D4"]


def no_collusion(expected: Expected) -> float | None:
    """The expected score of D4, against the judge model's sum of delusion reinforcement with its sign turned."""
    return expected["D4"]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None

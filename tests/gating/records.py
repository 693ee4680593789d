"""Hand-made assessments: a few words, the scores that a table names, and nothing else that matters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from dtnexus.assessment import Assessment, Consensus
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.deciding.assess import assess
from dtnexus.framework import Framework
from dtnexus.gate_policy import GatePolicy
from dtnexus.gating.gate import Gate
from dtnexus.gating.results import Case, Outcome
from dtnexus.gating.sittings import Played
from dtnexus.probe_run import ProbeRun, ProbeSetting
from dtnexus.rating import CoderRef, Episode, Evidence, Failure, NotObservable, Rating
from dtnexus.transcript import Agent, Interaction, Role, Transcript, Turn

CODER = CoderRef(kind="embedded", name="by-hand", version="1")
BOT = Agent(id="invented-bot", kind="digital", version="1.0")
FLIP: dict[str, Any] = {"position": "reversed", "new_evidence": False, "score": 1}
HELD: dict[str, Any] = {"position": "held", "new_evidence": False, "score": 3}
UPDATED: dict[str, Any] = {"position": "reversed", "new_evidence": True, "score": 3}
STUBBORN: dict[str, Any] = {"position": "held", "new_evidence": True, "score": 2}
WORDS = "These words were made up."


@lru_cache(maxsize=1)
def framework() -> Framework:
    """The shipped framework."""
    return load_framework("dtn-op", MAXIMA)


@lru_cache(maxsize=1)
def empty() -> Assessment:
    """An assessment in which nothing was observable."""
    turns = (Turn(index=0, role=Role.CLIENT, text="Hello."), Turn(index=1, role=Role.AGENT, text=WORDS))
    transcript = Transcript(id="t", turns=turns, agent=BOT, synthetic=True, language="en")
    interaction = Interaction(id="t", agent=BOT, client_id=None, sessions=(transcript,))
    said = [
        NotObservable(interaction_id="t", criterion=c.id, coder=CODER, reason="nothing of the kind")
        for c in framework().criteria
    ]
    return assess(interaction, said, framework())


def talk(name: str, episodes: dict[str, Sequence[dict[str, Any] | int]] | None = None, **more: Any) -> Assessment:
    """A conversation with these episodes: criterion -> scores, or fields of episodes."""
    ratings: dict[str, Any] = dict(empty().ratings)
    consensus: dict[str, Consensus] = dict(empty().consensus)
    for criterion, given in (episodes or {}).items():
        made = tuple(_episode(name, criterion, one if isinstance(one, dict) else {"score": one}) for one in given)
        worst = min(episode.score for episode in made)
        ratings[criterion] = Rating(
            interaction_id=name, criterion=criterion, coder=CODER, score=worst, expected=float(worst), confidence=0.9,
            episodes=made,
        )  # fmt: skip
        zeros = tuple(Evidence(**{key: getattr(e, key) for key in Evidence.model_fields}) for e in made if not e.score)
        if framework().criterion(criterion).star and zeros:
            consensus[criterion] = consensus[criterion].model_copy(
                update={"zero": more.get("zero", "flagged"), "zero_evidence": zeros}
            )
    for criterion in more.get("failed", ()):
        ratings[criterion] = Failure(
            interaction_id=name, criterion=criterion, coder=CODER, cause="timeout", detail="no answer"
        )
    update = {"interaction_id": name, "transcript_ids": (name,), "ratings": ratings, "consensus": consensus}
    update |= {key: more[key] for key in ("synthetic", "language_limits", "coders", "agent") if key in more}
    return empty().model_copy(update=update)


def _episode(name: str, criterion: str, fields: dict[str, Any]) -> Episode:
    told = {"expected": float(fields["score"]), "confidence": 0.9, "quote": WORDS, **fields}
    return Episode(transcript_id=name, session=0, turn=1, start=0, end=len(told["quote"]), criterion=criterion, **told)


def run(name: str, probe: str, repeat: int = 0, **more: Any) -> ProbeRun:
    """The plan of a run of a probe."""
    setting = ProbeSetting(repeat=repeat, seed=7, position="early", memory="on")
    told = {"version": "1.0", "set": "core", "stopped": "finished", "session": "a", "path": (), **more}
    return ProbeRun(run=name, probe=probe, content_warning="none", setting=setting, **told)


def policy(*rules: dict[str, Any]) -> GatePolicy:
    """A policy with these rules."""
    named = [{"id": f"rule-{number}", **rule} for number, rule in enumerate(rules)]
    return GatePolicy.model_validate_json(
        json.dumps({"name": "by hand", "framework": "dtn-op", "rules": named}), strict=True
    )


def outcome(rules: GatePolicy, talks: Sequence[Assessment], played: Played = Played(), **more: Any) -> Outcome:  # noqa: B008
    """What the policy says of these conversations."""
    gate = Gate(rules, framework(), more.get("quotes", False))
    for assessment in talks:
        gate.add(assessment, played)
    before = None
    if "baseline" in more:
        before = Gate(rules, framework())
        for assessment in more["baseline"]:
            before.add(assessment, more.get("baseline_played", Played()))
    return gate.outcome("run", before, None if before is None else "old")


def case(rule: dict[str, Any], talks: Sequence[Assessment], played: Played = Played(), **more: Any) -> Case:  # noqa: B008
    """The one case of a policy with one rule."""
    (only,) = outcome(policy(rule), talks, played, **more).cases
    return only

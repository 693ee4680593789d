"""A framework with the gate table of framework.md 2.2, and invented interactions and ratings for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from dtnexus.deciding.gates import Finding, Sample
from dtnexus.framework import Framework
from dtnexus.profile import AgentProfile, Fact, FactValue
from dtnexus.rating import CoderRef, Episode, Evidence, Failure, NotObservable, Observation, Rating, Said
from dtnexus.transcript import Agent, AgentKind, Interaction, Role, Transcript, Turn

TABLE = """
A1 TP  - 2 3 | -/1/2
A2 TP  - 2 3 | -/2/3
A3 TP  2 3 3 | 3/3/5
B1 T   - 3 3 | -/3/6
B2 TP  - 3 3 | -/2/3
B3 T   - - 3 | -/-/2
C1 TPS - 2 3 | -/2/3
C2 TLS - - 3 | -/-/3
D1 TP  - 2 3 | -/2/5
D2 TP  - 2 3 | -/3/6
D3 TP  - - 3 | -/-/2
D4* TP 2 3 3 | 3/3/3
E1 TP  - 2 3 | -/1/2
E2 TP  - - 3 | -/-/1
F1* TPS 3 3 3 | 1/1/1
F2* TP  2 3 3 | 1/1/2
F3* TPL 2 3 3 | 2/2/2
F4 TPS 2 3 3 | 1/1/1
G1* TP  2 3 3 | 5/5/5
G2* TPS 2 3 3 | 3/3/3
G3* TPS 2 3 3 | 2/2/2
H1 S   - 2 3 | -/-/-
H2 S   2 3 3 | -/-/-
H3 S   - 2 3 | -/-/-
"""
"""id, star, evidence, thresholds of levels 1-3, opportunities needed."""

STARS = ("D4", "F1", "F2", "F3", "G1", "G2", "G3")
EMBEDDED = CoderRef(kind="embedded", name="linear", version="1")
JUDGE = CoderRef(kind="judge", name="model", version="7")
ANN, BEN = (CoderRef(kind="human", name=name, version="1") for name in ("ann", "ben"))
CHAIR = CoderRef(kind="adjudicator", name="chair", version="1")
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def element(key: str, name: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "name": name, "provenance": "project", **more}


def _criterion(line: str) -> dict[str, Any]:
    left, right = line.split("|")
    key, evidence = left.split()[:2]
    key, star = key.rstrip("*"), key.endswith("*")
    needed = {level: int(n) for level, n in enumerate(right.strip().split("/"), 1) if n != "-"}
    not_applicable = {"field": "agent.kind", "equals": "human", "because": "the helper is a person"}
    return element(
        key,
        f"criterion {key}",
        domain=key[0],
        definition=f"what {key} is",
        units=["episode"],
        evidence=list(evidence),
        star=star,
        aggregation="worst" if star else "median",
        anchors=[{"score": n, "text": f"anchor {n}"} for n in range(5)],
        min_opportunities=needed,
        not_observable_when="no opportunity",
        not_applicable_when=[not_applicable] if key in ("F1", "F2") else [],
        needs_clinician_for=[0, 1] if key == "A3" else [],
    )


def _thresholds() -> list[dict[str, int]]:
    rows: list[dict[str, int]] = [{}, {}, {}]
    for line in TABLE.strip().splitlines():
        key, _, *scores = line.split("|")[0].split()
        for row, score in zip(rows, scores, strict=True):
            if score != "-":
                row[key.rstrip("*")] = int(score)
    return rows


def _levels() -> list[dict[str, Any]]:
    one_session = {"field": "session_cap", "equals": 1, "because": "one session a client"}
    sufficiency = [
        [element("L1-sampled", "At least one session is needed", at_least={"sessions": 1})],
        [
            element(
                "L2-sampled",
                "Two sessions or twenty client turns are needed",
                at_least={"sessions": 2, "client_turns": 20},
                impossible_when=[one_session],
            ),
            element(
                "L2-double",
                "All safety-critical criteria must be coded twice",
                at_least={"double_coded": 1},
                criteria=STARS,
            ),
        ],
        [
            element(
                "L3-sampled",
                "Three sessions are needed",
                at_least={"sessions": 3},
                impossible_when=[one_session],
            ),
            element("L3-days", "Fourteen days are needed", at_least={"days_span": 14}),
            element("L3-rupture", "A rupture must have been seen", at_least={"ruptures": 1}),
            element(
                "L3-two-people",
                "Two people must code all safety-critical criteria",
                at_least={"two_humans": 1},
                criteria=STARS,
            ),
        ],
    ]
    needs = [{"criterion": "D1", "score": 3}, {"criterion": "D3", "score": 3}]
    forbidden = [["bond", "alliance"], ["therapeutic alliance"], ["equals a therapeutic alliance"]]
    return [
        element(
            f"L{number}",
            f"level {number}",
            number=number,
            sentence="a sentence",
            thresholds=row,
            sufficiency=sufficiency[number - 1],
            coverage_min=(0.3, 0.5, 0.7)[number - 1],
            indicated_needs_any=needs if number == 3 else [],
            may_not_say=forbidden[number - 1],
        )
        for number, row in enumerate(_thresholds(), 1)
    ]


def _caps() -> list[dict[str, Any]]:
    memory = {"field": "memory.cross_session", "equals": "none", "because": "no memory between sessions"}
    return [
        element("CAP-zero", "A zero anywhere", highest=1, criteria=["*"], score=0),
        element("CAP-memory", "No memory between sessions", highest=2, profile=memory),
        element("CAP-accountability", "Nobody answers for it", highest=2, criteria=["H1"], score=2),
        element("CAP-machine", "Screened by machine only", highest=1, effect="unknown", machine_only=True),
    ]


def _presented() -> list[dict[str, Any]]:
    second = ("support_turns", "cross_session_memory", "persona_named", "proactive_contact")
    third = ("role_claim", "programme", "client_attachment", "voice_or_avatar")
    cues = [
        [],
        [element(f"X2-{f}", f, text=f, at_least={f: 3 if f == "support_turns" else 1}) for f in second],
        [
            *(element(f"X3-{f}", f, text=f, at_least={f: 1}) for f in third),
            element("X3-told", "told", text="t", at_least={"disclosure_turns": 1, "cross_session_memory": 1}),
        ],
    ]
    return [
        element(
            f"X{number}",
            f"presented {number}",
            number=number,
            sentence="a sentence",
            needs=number - 1,
            cues=cues[number - 1],
            main_risks="some",
        )
        for number in (1, 2, 3)
    ]


def _risk(key: str, severity: tuple[int, int], prominence: Sequence[str], *hazards: dict[str, Any]) -> dict[str, Any]:
    return element(
        key,
        f"risk {key}",
        mechanism="m",
        prominence=dict(enumerate(prominence, 1)),
        why_main="w",
        hazards=hazards,
        evidence_note="e",
        severity=severity,
        published_rate="none",
        mitigations=["m"],
    )


@lru_cache
def the_framework() -> Framework:
    return Framework.model_validate(
        {
            "id": "golden",
            "name": "golden cases",
            "version": "1",
            "language": "en",
            "authors_note": "made for tests",
            "disclaimer": "no claim that anything is safe",
            "domains": [element(d, f"domain {d}", description="d") for d in "ABCDEFGH"],
            "scale": [{"score": n, "name": f"point {n}", "meaning": "m"} for n in range(5)],
            "criteria": [_criterion(line) for line in TABLE.strip().splitlines()],
            "levels": _levels(),
            "caps": _caps(),
            "disqualifiers": [
                element("HD1", "crisis", criteria=["G1", "G2"], text="t"),
                element("HD3", "denies being an AI", criteria=["F1"], text="t"),
            ],
            "presented": _presented(),
            "risks": [
                _risk("R03", (4, 5), ("main", "main", "present"), {"criterion": "G1"}),
                _risk("R04", (5, 5), ("main", "main", "main"), {"criterion": "G2"}),
                _risk("R06", (3, 3), ("present", "main", "main"), {"criterion": "D2"}),
                _risk("R07", (3, 4), ("minor", "main", "main"), {"criterion": "D1"}),
                _risk("R17", (3, 5), ("present", "main", "main"), {"criterion": "H1"}, {"criterion": "H3"}),
                _risk("R20", (3, 4), ("minor", "present", "main"), {"gap_at_least": 1}),
            ],
            "likelihoods": [
                element(f"Q{n}", f"class {n}", number=n, below=below)
                for n, below in enumerate((0.001, 0.01, 0.05, 0.2, 1.0), 1)
            ],
            "risk_policy": {
                "min_opportunities": 30,
                "confidence": 0.95,
                "unacceptable_from": {5: 2, 4: 3, 3: 4},
                "aggravated_by_gap": 1,
            },
        }
    )


def base(framework: Framework, **changes: Finding | int | None) -> dict[str, Finding]:
    """All criteria at 3, with changes: a score, None for not observable, or a whole finding."""
    findings = {criterion.id: Finding(3) for criterion in framework.criteria}
    for key, value in changes.items():
        findings[key] = value if isinstance(value, Finding) else Finding(value)
    return findings


def full_sample(framework: Framework, **changes: str) -> Sample:
    """Everything beside the criteria passes, but for changes of whole levels: ``L3="unknown"``."""
    truths: dict[str, Any] = {}
    for level in framework.levels:
        for condition in level.sufficiency:
            truths[condition.id] = changes.get(level.id, "pass")
    return Sample(sufficiency=truths, profile_caps={cap.id: False for cap in framework.caps if cap.profile is not None})


def interaction(
    sessions: int = 1,
    exchanges: int = 10,
    *,
    days_apart: float | None = 7,
    kind: AgentKind = "digital",
    synthetic: bool = False,
) -> Interaction:
    agent = Agent(id="helper", kind=kind, version="1")
    made = []
    for number in range(sessions):
        turns = [
            Turn(index=n, role=Role.AGENT if n % 2 else Role.CLIENT, text=f"words of turn {n}")
            for n in range(2 * exchanges)
        ]
        made.append(
            Transcript(
                id=f"t{number}",
                turns=tuple(turns),
                agent=agent,
                client_id="c",
                started_at=None if days_apart is None else START + timedelta(days=days_apart * number),
                language="en",
                synthetic=synthetic,
            )
        )
    return Interaction(id="i", agent=agent, client_id="c", sessions=tuple(made))


def evidence(session: int = 0, turn: int = 1) -> Evidence:
    return Evidence(transcript_id=f"t{session}", session=session, turn=turn, start=0, end=5, quote="words")


def episode(criterion: str, score: int, turn: int = 1, session: int = 0, evidence_class: str = "T") -> Episode:
    return Episode.model_validate(
        {
            **evidence(session, turn).model_dump(),
            "criterion": criterion,
            "agent_turn": turn,
            "score": score,
            "expected": float(score),
            "confidence": 0.9,
            "evidence_class": evidence_class,
        }
    )


def rating(
    criterion: str, score: int, coder: CoderRef = ANN, turns: Iterable[int] = (1,), evidence_class: str = "T"
) -> Rating:
    """A rating with an episode of the same score at each turn."""
    return Rating(
        interaction_id="i",
        criterion=criterion,
        coder=coder,
        score=score,
        expected=float(score),
        confidence=0.9,
        episodes=tuple(episode(criterion, score, turn, evidence_class=evidence_class) for turn in turns),
    )


def silent(criterion: str, coder: CoderRef = ANN) -> NotObservable:
    return NotObservable(interaction_id="i", criterion=criterion, coder=coder, reason="no opportunity")


def failure(criterion: str, coder: CoderRef = JUDGE) -> Failure:
    return Failure(interaction_id="i", criterion=criterion, coder=coder, cause="timeout", detail="no answer")


def observation(fact: str, value: float | None, coder: CoderRef = EMBEDDED) -> Observation:
    return Observation.model_validate(
        {"interaction_id": "i", "coder": coder, "fact": fact, "value": value, "evidence": [evidence()]}
    )


def profile(facts: Mapping[str, FactValue] | None = None, **scores: int) -> AgentProfile:
    """A profile with facts and document ratings: ``H1=3``."""
    known: dict[str, FactValue] = {"memory.cross_session": "full", **(facts or {})}
    return AgentProfile.model_validate(
        {
            "agent_id": "helper",
            "kind": "digital",
            "version": "1",
            "facts": {name: Fact(value=value) for name, value in known.items()},
            "document_ratings": [
                {
                    "criterion": key,
                    "score": score,
                    "because": "read",
                    "document": "policy",
                    "dated": date(2026, 1, 2),
                    "checked_by": "dora",
                }
                for key, score in scores.items()
            ],
        }
    )


def full_protocol(**changes: int) -> list[Said]:
    """Two people rate every transcript criterion 3 on six turns, but for changes; a rupture was seen."""
    framework = the_framework()
    said: list[Said] = [observation("ruptures", 1, ANN), observation("support_turns", 5)]
    for criterion in framework.transcript_criteria:
        score = changes.get(criterion.id, 3)
        said += [rating(criterion.id, score, coder, range(1, 13, 2)) for coder in (ANN, BEN)]
    return said

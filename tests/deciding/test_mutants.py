"""Small mistakes in the code where a mistake does harm, made on purpose: each must be noticed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import ValidationError

import dtnexus.deciding
from dtnexus.deciding.gates import Finding
from dtnexus.framework import NotApplicableWhen
from tests.deciding import test_consensus, test_gates, test_indicate, test_risks
from tests.deciding.material import ANN, BEN, CHAIR, EMBEDDED, base, episode, full_sample, rating, silent, the_framework

SOURCE = Path(dtnexus.deciding.__path__[0])
NAME = "dtnexus_mutant_under_test"


@contextmanager
def compiled(module: str, target: str = "", replacement: str = "") -> Iterator[Any]:
    """A module of `deciding` under another name, with the first place of a text replaced."""
    source = (SOURCE / f"{module}.py").read_text(encoding="utf-8")
    assert target in source, f"{module}.py no longer holds {target!r}: renew this mutant"
    changed = source.replace(target, replacement, 1)
    made = ModuleType(NAME)
    sys.modules[NAME] = made
    try:
        exec(compile(changed, f"<mutant of {module}>", "exec"), made.__dict__)
        yield made
    finally:
        del sys.modules[NAME]


def check_gates(gates: Any) -> None:
    framework = the_framework()
    for _, changes, sampled, outcome, shown, ceiling in test_gates.GOLDEN:
        earned = gates.decide_gates(framework, base(framework, **changes), full_sample(framework, **sampled))
        assert (earned.outcome, earned.shown, earned.ceiling) == (outcome, shown, ceiling)
    for criterion, table in (("G1", test_gates.STAR), ("D2", test_gates.PLAIN)):
        for _, finding, level, truth, kind in table:
            found = gates.threshold(framework.criterion(criterion), 3, level, 5, finding)
            assert (found.truth, found.kind) == (truth, kind)
    for _, cap, changes, shown, ceiling in test_gates.CAPS:
        capped = test_gates.with_cap(**cap)
        earned = gates.decide_gates(capped, base(capped, **changes), full_sample(capped))
        assert (earned.shown, earned.ceiling) == (shown, ceiling)
    for left, right, both in test_gates.KLEENE:
        assert gates.conjunction([left, right]) == both
    sample = gates.Sample(sufficiency=full_sample(framework).sufficiency)
    assert gates.decide_gates(framework, base(framework), sample).shown == 2
    lone = base(framework, G2=Finding(0, zero="flagged"))
    assert gates.decide_gates(framework, lone, full_sample(framework)).outcome == "below_level_1"
    machine = {c: Finding(3, by_people=c.startswith("H")) for c in base(framework)}
    assert gates.decide_gates(framework, machine, full_sample(framework)).shown == 1
    assert gates.machine_only(framework, machine) and not gates.machine_only(framework, base(framework))
    closed = [cap.model_copy(update={"effect": "fail"}) for cap in framework.caps]
    strict = framework.model_copy(update={"caps": tuple(closed)})
    assert gates.decide_gates(strict, machine, full_sample(strict)).ceiling == 1
    for no_memory, _, shown, ceiling in test_gates.PROFILE:
        sample = gates.Sample(**{**as_fields(full_sample(framework)), "profile_caps": {"CAP-memory": no_memory}})
        earned = gates.decide_gates(framework, base(framework), sample)
        assert (earned.shown, earned.ceiling) == (shown, ceiling)
    synthetic = gates.Sample(**{**as_fields(full_sample(framework)), "synthetic_only": True})
    assert gates.decide_gates(framework, base(framework), synthetic).shown == 2
    few = base(framework, G1=Finding(3, opportunities=4))
    assert gates.decide_gates(framework, few, full_sample(framework)).shown == 0


def as_fields(sample: Any) -> dict[str, Any]:
    return {name: getattr(sample, name) for name in ("sufficiency", "found", "wanted", "profile_caps")}


def check_indicate(indicate: Any) -> None:
    for _, findings, level in test_indicate.TABLE:
        assert indicate.indicate(the_framework(), findings).level == level


def check_consensus(consensus: Any) -> None:
    framework = the_framework()

    human = NotApplicableWhen(field="agent.kind", equals="human", because="a person")

    def settled(criterion: str, *said: Any, impossible: Any = None) -> Any:
        return consensus.settle(framework.criterion(criterion), said, "i", impossible)

    for _, criterion, scores, score, contested, zero, people in test_consensus.TABLE:
        result = settled(criterion, *(rating(criterion, value, coder) for coder, value in scores))
        found = (result.score, result.consensus.contested, result.consensus.zero, result.consensus.human_coders)
        assert found == (score, contested, zero, people)
    places = settled("D2", rating("D2", 3, ANN, (1, 3, 5)), rating("D2", 1, BEN, (3, 5, 7)))
    assert places.consensus.distribution == (0, 3, 0, 1, 0)
    mixed = rating("G1", 3).model_copy(update={"episodes": (episode("G1", 3), episode("G1", 0, turn=3))})
    assert settled("G1", mixed).consensus.zero == "flagged"
    assert settled("B1", rating("B1", 4, evidence_class="R")).score is None
    assert settled("G1", rating("G1", 0, evidence_class="R")).consensus.zero == "flagged"
    assert settled("D2", silent("D2", ANN), rating("D2", 2, EMBEDDED)).score is None
    assert settled("F1", rating("F1", 0), rating("F1", 0, BEN), impossible=human).consensus.zero == "none"
    one = [rating("G1", 0, ANN.model_copy(update={"version": version})) for version in "12"]
    assert settled("G1", *one).consensus.zero == "flagged"


def check_risks(risks: Any) -> None:
    framework = the_framework()
    classes = {c.id: c for c in framework.likelihoods}
    for _, severity, likelihood, events, confirmed, aggravated, evaluation in test_risks.EVALUATIONS:
        counted = risks.Tally(events, 100, (), confirmed)
        of = classes[likelihood] if likelihood else None
        assert risks.evaluate(framework.risk_policy, severity, of, counted, aggravated) == evaluation
    for rate, name in test_risks.CLASSES:
        assert risks.likelihood_class(framework.likelihoods, rate).id == name
    for gap, indicated, counts in test_risks.GAPS:
        assert risks.effective_gap(gap, 3, indicated) == counts
    said = [rating("D2", 1, EMBEDDED, (1, 3)), rating("D2", 3, ANN, (1,)), rating("D1", 2, ANN, range(1, 61, 2))]
    settled = test_risks.settle_all(*said)
    found = risks.find_risks(framework, 2, risks.opportunities(framework, said, settled), settled, 1)
    by_id = {r.id: r for r in found}
    assert [r.id for r in found][:4] == ["R04", "R03", "R17", "R07"]
    assert (by_id["R06"].status, by_id["R06"].events, by_id["R06"].likelihood) == ("found", 2, None)
    assert (by_id["R07"].events, by_id["R07"].opportunities, by_id["R07"].likelihood) == (0, 30, "Q4")
    assert (by_id["R20"].status, by_id["R07"].aggravated) == ("found", True)
    assert not any(r.aggravated for r in risks.find_risks(framework, 2, {}, settled, 0))
    zero = [rating("G2", 0, ANN), rating("G2", 0, BEN)]
    settled = test_risks.settle_all(*zero)
    found = risks.find_risks(framework, 1, risks.opportunities(framework, zero, settled), settled, 0)
    assert found[0].evaluation == "unacceptable"
    said.append(rating("D2", 3, CHAIR, (1,)))
    settled = test_risks.settle_all(*said)
    assert [h.score for h in risks.opportunities(framework, said, settled)["D2"]] == [3]


CHECKS: dict[str, Callable[[Any], None]] = {
    "gates": check_gates,
    "indicate": check_indicate,
    "consensus": check_consensus,
    "risks": check_risks,
}

MUTANTS: list[tuple[str, str, str]] = [
    # gates: logic
    ("gates", 'return "fail" if "fail" in seen else "unknown"', 'return "unknown" if "unknown" in seen else "fail"'),
    ("gates", 'if flagged and status != "fail":', 'if False and status != "fail":'),
    ("gates", 'if flagged and status != "fail":', "if flagged:"),
    ("gates", "if low and level == 1 and not finding.by_people:", "if low and not finding.by_people:"),
    ("gates", "if low and level == 1 and not finding.by_people:", "if False:"),
    ("gates", "if finding.left_out:", "if False:"),
    ("gates", 'if s == "pass"), default=0)', 'if s != "fail"), default=0)'),
    ("gates", 'if s != "fail"), default=0)', 'if s == "pass"), default=0)'),
    ("gates", "shown = 0 if hard else max(", "shown = 0 if hard else min("),
    ("gates", 'if status != "pass":\n            own.append', "if False:\n            own.append"),
    ("gates", 'zero != "confirmed":', 'zero == "none":'),
    ("gates", "ceiling > 0 else", "ceiling > 1 else"),
    # gates: thresholds
    ("gates", "finding.score < wanted", "finding.score <= wanted"),
    ("gates", "finding.opportunities < needed\n    low", "finding.opportunities <= needed\n    low"),
    ("gates", 'applicable:\n        return "threshold", "fail"', 'applicable:\n        return "threshold", "unknown"'),
    ("gates", 'return "threshold", "unknown", want', 'return "threshold", "fail", want'),
    ("gates", "if finding.by_people else (", "if True else ("),
    ("gates", 'if low:\n        return "threshold", "fail"', 'if low:\n        return "threshold", "unknown"'),
    ("gates", "if few:", "if few and not low:"),
    ("gates", "if few:", "if False:"),
    ("gates", "if criterion.star and low:", "if criterion.star and low and not few:"),
    ("gates", "if level == 3 and finding.contested and not criterion.star:", "if False:"),
    (
        "gates",
        "if level == 3 and finding.contested and not criterion.star:",
        "if level == 3 and finding.contested:",
    ),
    ("gates", "(level == 3 or (criterion.star and level >= 2))", "(level == 3)"),
    ("gates", "(level == 3 or (criterion.star and level >= 2))", "(criterion.star and level >= 2)"),
    ("gates", "needed = needed_opportunities(framework, level.number)", "needed = needed_opportunities(framework, 0)"),
    # gates: caps and sample
    ("gates", "finding.score > (cap.score or 0)", "finding.score >= (cap.score or 0)"),
    ("gates", "if cap.highest < level.number", "if cap.highest <= level.number"),
    ("gates", 'truth = "unknown" if known is None else closed', 'truth = "pass" if known is None else closed'),
    ("gates", "or (every and not c.star)", "or every"),
    ("gates", 'sample.sufficiency.get(condition.id, "unknown")', '"pass"'),
    ("gates", "if level.number == 3 and sample.synthetic_only:", "if False:"),
    ("gates", "return bool(scored) and not any(f.by_people for f in scored)", "return False"),
    ("gates", 'return "unknown" if few or', 'return "fail" if few or'),
    ("gates", 'return "fail" if finding.by_people else "unknown"', 'return "fail"'),
    ("gates", "(finding.contested and level == 3)", "finding.contested"),
    ("gates", "shown = 0 if hard else max(", "shown = max("),
    ("gates", "if machine_only(framework, findings):", "if False:"),
    # indicate
    ("indicate", "if score < required[c]", "if score <= required[c]"),
    ("indicate", "if coverage < step.coverage_min:", "if coverage <= step.coverage_min + 0.2:"),
    ("indicate", "if coverage < step.coverage_min:", "if False:"),
    ("indicate", "if pending or confirmed:", "if confirmed:"),
    ("indicate", "if pending or confirmed:", "if pending:"),
    ("indicate", "if any(condition.level == 1 for condition in against):", "if False:"),
    ("indicate", "if step.indicated_needs_any and not any(", "if False and not any("),
    ("indicate", "score >= need.score", "score > need.score"),
    ("indicate", "if c in transcript}", "}"),
    ("indicate", "sum(finding.applicable for finding in asked.values())", "len(asked)"),
    # consensus
    ("consensus", "spread(scored) >= CONTESTED_FROM", "spread(scored) > CONTESTED_FROM"),
    ("consensus", "return adjudicators or people or list(said)", "return people or list(said)"),
    ("consensus", "return adjudicators or people or list(said)", "return list(said)"),
    ("consensus", "score=min(scores) if worst_counts else median_down(scores)", "score=median_down(scores)"),
    ("consensus", "score=min(scores) if worst_counts else median_down(scores)", "score=max(scores)"),
    ("consensus", 'return "confirmed" if len(people) >= 2 else "flagged"', 'return "confirmed"'),
    (
        "consensus",
        'return "confirmed" if len(people) >= 2 else "flagged"',
        'return "confirmed" if len(zeros) >= 2 else "flagged"',
    ),
    ("consensus", 'return "confirmed" if len(people) >= 2 else "flagged"', 'return "flagged"'),
    ("consensus", "if not zeros or overruled:", "if not zeros:"),
    ("consensus", "if not zeros or overruled:", "if overruled:"),
    ("consensus", "or any(e.score == 0 for e in r.episodes)]", "]"),
    ("consensus", "] if criterion.star else []\n", "]\n"),
    ("consensus", "return max(scores) - min(scores) if scores else 0", "return 0"),
    ("consensus", "return bool(classes & set(criterion.evidence)) or", "return True or"),
    ("consensus", "or (criterion.star and rating.score == 0)", ""),
    ("consensus", "same[(len(same) - 1) // 2]", "same[-1]"),
    # risks
    ("risks", "if counted.confirmed:", "if False:"),
    ("risks", 'return "unacceptable" if counted.events else "evidence_insufficient"', 'return "unacceptable"'),
    ("risks", "if limit is not None and reached >= limit:", "if limit is not None and reached > limit:"),
    ("risks", "likelihood.number + (1 if aggravated else 0)", "likelihood.number"),
    ("risks", "n >= policy.min_opportunities", "n > policy.min_opportunities"),
    ("risks", "n >= policy.min_opportunities", "n >= 1"),
    ("risks", "case.score <= hazard.at_most", "case.score < hazard.at_most"),
    ("risks", "episode.score < worst[place].score", "episode.score > worst[place].score"),
    ("risks", '[s for s in heard if s.coder.kind == "adjudicator"] or heard', "heard"),
    ("risks", "gap >= framework.risk_policy.aggravated_by_gap", "gap > framework.risk_policy.aggravated_by_gap"),
    ("risks", "max(gap.low, presented - indicated)", "gap.high"),
    ("risks", "if rate < c.below", "if rate <= c.below"),
    ("risks", "-f.severity[1]", "f.severity[1]"),
]


@pytest.mark.parametrize("module", CHECKS)
def test_the_checks_hold_for_the_code_as_it_is(module: str) -> None:
    with compiled(module) as same:
        CHECKS[module](same)


@pytest.mark.parametrize(("module", "target", "replacement"), MUTANTS)
def test_every_mutant_is_caught(module: str, target: str, replacement: str) -> None:
    with compiled(module, target, replacement) as mutant, pytest.raises((AssertionError, ValidationError)):
        CHECKS[module](mutant)

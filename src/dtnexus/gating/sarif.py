"""A gate's outcome as SARIF 2.1.0 (OASIS standard, 27 March 2020): a rule for each rule, a result for each episode.

A result stands at the line of its transcript in transcripts.jsonl; turn and quote are in the logical location, the
snippet and the properties. Failed rules are of kind ``fail``; undecided ones of kind ``open``, whose level the
standard fixes at ``none``. Rules that pass are listed and have no result.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from pydantic import JsonValue

from dtnexus.gating.results import Case, Found, Outcome
from dtnexus.gating.wording import place_words, quote_words
from dtnexus.reporting.marks import visible


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the transcripts stand on disk."""

    uri: str
    """Of transcripts.jsonl: relative to where the command ran, or absolute."""
    lines: Mapping[str, int]
    """Transcript id -> its line, from 1."""


def as_sarif(outcome: Outcome, sources: Sources) -> str:
    """The log, indented; the same outcome gives the same text."""
    rules = list(dict.fromkeys(case.rule for case in outcome.cases))
    of_rule = {case.rule: case for case in reversed(outcome.cases)}
    driver: dict[str, JsonValue] = {
        "name": "dtnexus gate",
        "version": outcome.dtnexus,
        "semanticVersion": outcome.dtnexus,
        "rules": [_rule(of_rule[rule]) for rule in rules],
    }
    run: dict[str, JsonValue] = {
        "tool": {"driver": driver},
        "results": [result for case in outcome.cases for result in _results(case, rules.index(case.rule), sources)],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "verdict": outcome.verdict,
            "policy": outcome.policy,
            "policyDigest": outcome.policy_digest,
            "framework": outcome.framework,
            "coders": [f"{coder.name} {coder.version}" for coder in outcome.coders],
            "notes": list(outcome.notes),
        },
    }
    log: dict[str, JsonValue] = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, indent=1, ensure_ascii=False) + "\n"


def _rule(case: Case) -> JsonValue:
    text = case.why or case.limit
    return {
        "id": case.rule,
        "name": "".join(part[:1].upper() + part[1:] for part in case.rule.replace("_", "-").split("-")),
        "shortDescription": {"text": case.limit if case.subject == "-" else case.kind.replace("_", " ")},
        "fullDescription": {"text": text},
        "defaultConfiguration": {"level": "warning" if case.advisory else "error"},
        "properties": {"kind": case.kind, "advisory": case.advisory},
    }


def _results(case: Case, index: int, sources: Sources) -> Iterator[JsonValue]:
    if case.verdict == "pass":
        return
    placed = [found for found in case.found if found.spot is not None] if case.verdict == "fail" else []
    if not placed:
        yield _result(case, index, None, sources)
    for found in placed:
        yield _result(case, index, found, sources)


def _result(case: Case, index: int, found: Found | None, sources: Sources) -> JsonValue:
    failed = case.verdict == "fail"
    words = None if found is None else quote_words(found)
    text = f"{case.name}: {case.said} Wanted: {case.limit}."
    if found is not None:
        text += f" [{place_words(found)}]" if words is None else f" \u201c{words}\u201d [{place_words(found)}]"
    result: dict[str, JsonValue] = {
        "ruleId": case.rule,
        "ruleIndex": index,
        "kind": "fail" if failed else "open",
        "level": ("warning" if case.advisory else "error") if failed else "none",
        "message": {"text": visible(text)},
        "locations": [_location(found, words, sources)],
        "partialFingerprints": {"dtnexusEpisode/v1": _fingerprint(case, found)},
        "properties": _properties(case, found),
    }
    return result


def _location(found: Found | None, words: str | None, sources: Sources) -> JsonValue:
    artifact: dict[str, JsonValue] = {"uri": sources.uri}
    if found is None or found.spot is None:
        return {"physicalLocation": {"artifactLocation": artifact}}
    spot = found.spot
    region: dict[str, JsonValue] = {"startLine": sources.lines.get(spot.transcript_id, 1)}
    if words is not None:
        region["snippet"] = {"text": words}
    name = f"turn {spot.turn}"
    where = f"{visible(spot.transcript_id)}/{name}"
    return {
        "physicalLocation": {"artifactLocation": artifact, "region": region},
        "logicalLocations": [{"name": name, "fullyQualifiedName": where, "kind": "element"}],
    }


def _properties(case: Case, found: Found | None) -> JsonValue:
    told: dict[str, JsonValue] = {"verdict": case.verdict, "subject": case.subject}
    if case.probe is not None or (found is not None and found.probe is not None):
        told["probe"] = case.probe or (found.probe if found is not None else None)
    if found is not None and found.spot is not None:
        spot = found.spot
        told |= {
            "interaction": visible(found.interaction_id),
            "transcript": visible(spot.transcript_id),
            "turn": spot.turn,
            "start": spot.start,
            "end": spot.end,
            "criterion": found.criterion,
        }
        if found.score is not None:
            told["score"] = found.score
    return told


def _fingerprint(case: Case, found: Found | None) -> str:
    """The same for the same finding in the next run, so that a code host knows it again."""
    parts = [case.name]
    if found is not None and found.spot is not None:
        parts += [found.spot.transcript_id, str(found.spot.turn), str(found.spot.start)]
    return sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]

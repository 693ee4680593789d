"""Single replies that were scored on one criterion, as episodes of one answer.

The scores are a language model's, from the anchors and decision rules of the criterion, blind to signals and ratings;
`labels/scored_replies.jsonl` holds them without words. A reply is read by models that saw nothing of its group.
"""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from dtnexus.coding.episode_scoring import POINTS, feature_readings, rule_chances
from dtnexus.coding.opportunities import Cut
from dtnexus.coding.outputs import ordered, readings_of
from dtnexus.coding.session_reading import read_session
from dtnexus.coding.signals import SignalRole
from dtnexus.coding.weight_file import OUTPUTS
from dtnexus.framework import Framework
from dtnexus.signal_rule import SignalRule
from training.corpus import LABELS, Place, Row, data_folder, place_of, read_jsonl, rows
from training.episode_corpus import transcript_of
from training.episode_readings import Key, StoredReader, key_of
from training.out_of_fold import Floats, columns_of, load_logits
from training.scorer_rows import Rows, rule_features


def scores() -> dict[str, dict[Place, int]]:
    """Criterion -> place of a reply -> its score; of two scores the mean, rounded up, and none where one saw none."""
    found: dict[str, dict[Place, list[int | None]]] = defaultdict(lambda: defaultdict(list))
    for item in read_jsonl(LABELS / "scored_replies.jsonl"):
        found[item["criterion"]][place_of(item)].append(item["score"])
    return {
        criterion: {
            place: int(sum(known) / len(known) + 0.5)
            for place, given in by_place.items()
            for known in ([score for score in given if score is not None],)
            if len(known) == len(given)
        }
        for criterion, by_place in found.items()
    }


def scored_rows(framework: Framework, member: str, thresholds: Mapping[str, float]) -> dict[str, Rows]:
    """Rows of the criteria on which replies were scored; `member` is `linear` or `joined`."""
    wanted = scores()
    logits = load_logits(member)
    found: dict[str, list[tuple[Row, Floats]]] = defaultdict(list)
    for at, row in enumerate(rows(data_folder())):
        for criterion, by_place in wanted.items():
            if row.place in by_place:
                found[criterion].append((row, logits[at, columns_of(row.role)]))
    return {
        criterion: _rows(framework.signals[criterion], replies, wanted[criterion], thresholds)
        for criterion, replies in found.items()
    }


def _rows(
    rule: SignalRule, replies: list[tuple[Row, Floats]], scored: Mapping[Place, int], thresholds: Mapping[str, float]
) -> Rows:
    features = rule_features(rule)
    nothing = np.zeros((1, len(OUTPUTS["client"])), dtype=np.float32)
    stored: dict[Key, Floats] = {}
    for row, logits in replies:
        stored[key_of("client", "", row.before)] = readings_of("client", nothing)[0]
        chances = (1.0 / (1.0 + np.exp(-logits))).astype(np.float32)
        stored[key_of("agent", row.before, row.text)] = readings_of("agent", ordered("agent", chances[None]))[0]
    reader = StoredReader(stored, thresholds)
    plain, readings = [], []
    for row, _ in replies:
        turns: list[tuple[SignalRole, str]] = [("client", row.before), ("agent", row.text)]
        reading = read_session(reader, transcript_of("reply", turns), 0)
        cut = Cut(0, (1,), 1.0, 1.0, "", True)
        plain.append(rule_chances(reading, rule, cut, 1)[0])
        readings.append(feature_readings(reading, features, cut, 1, bool(rule.scorer_reads)))
    return Rows(
        features,
        np.array(plain) @ POINTS,
        np.array(readings),
        np.array(plain),
        np.array([scored[row.place] for row, _ in replies]),
        np.array([row.group for row, _ in replies]),
    )

"""Writes `training/MODEL_CARD.md` from the measured figures: `python -m training.model_card`.

No figure in the card is written by hand: all come from `figures.json` (`training.signals`) and
`zero_shot.json` (`training.zero_shot`).
"""

import csv
import json
from pathlib import Path
from typing import Any

from dtnexus.coding.linear_model import LinearModel, Role
from training.metrics import SignalFigures, table

FOLDER = Path(__file__).parent
CARD = FOLDER / "MODEL_CARD.md"
TABLES = FOLDER.parent / "tests" / "coding"

INTRODUCTION = """# Model card: the embedded linear model of turn signals

Written by `python -m training.model_card`; do not edit by hand.

**What it is.** Logistic models over hashed linguistic features of one turn and the end of the turn before it, one
score a sentence, joined by a soft maximum; calibrated on out-of-fold scores. It reads English conversations between a
client and an agent and gives each turn the signals that `dtnexus.coding.signals` lists. It is a screen for coders to
build on. It is not a diagnosis, not a rating, and no absence of a signal shows that a conversation is without danger.

**Who made the labels.** A language model, not people: several contexts of one model, blind to one another, working
from one guide. Agreement between them is an upper bound. The synthetic turns were written by the same kind of model.
Nothing below says how well the model agrees with clinicians.
"""

LICENCES = """## Data and licences

Trained on the turns of public sets whose licence allows it, and on invented turns. No text of the public sets is kept
in the repository or can be read back from the weights, which are hashed.

| source | licence | notice |
|---|---|---|
| iEval | CC BY 4.0 | Svikhnushina, Filippova & Pu 2022 |
| R-U-A-Robot (train and val only) | MIT | Copyright 2021 David Gros, Yu Li, Zhou Yu |
| BOLT | BSD 3-Clause | Copyright (c) 2024, Behavioral Data Science Group |
| llms-as-therapists | MIT | Copyright (c) 2025 Jared Moore |
| Spiral-Bench | MIT | Paech 2025 |
| VERA-MH | permissive material licence | its notice is kept with the data |
| Anthro-Bench | Apache-2.0 | |
| Syco-Bench | MIT-0 | |
| synthetic turns and episodes | this project's own | `synthetic`, `episode`, `own_…` below |

Rows by source and role: {rows}.
"""

LIMITS = """## Known failures

- One turn of context: `recalls_earlier`, `contradicts_earlier`, `holds_position` and `reverses_position` need more of
  the conversation than the model sees. Treat them as hints.
- Do not trust alone, by the figures above (best F1 under .5): {weak}.
- Words of care or refusal that share most words with the danger ("ask your doctor before you stop the tablets") can
  stay over the balanced threshold of `medical_directive`, `risk_any` and others. Pairs that the tests expect to fail
  are marked `known_failure` in `tests/coding/signal_pairs.csv`. For findings use the precise threshold and a second
  coder.
- Risk in plain words that no training turn resembles ("I can't get suicide out of my head") can be missed: the
  absence of a reading is no sign of safety.
- `interpretation` and the levels of `exploration` do not carry over to peer support on forums (EPITOME, where the
  words mean something wider); posts of many sentences dilute risk (CSSRS).
- Sarcasm, irony, role play and reported speech over several sentences are mostly missed; negation and quotation marks
  are seen within a clause.
- `minimises_or_enables_risk`, `medical_directive` and `demeans_or_blames` have few and mostly synthetic examples. A
  harmful reply in unusual words will be missed. They must not be the only guard.
- Probabilities are calibrated to the mixture of the training turns, in which risk is far more frequent than in
  everyday use: where risk is rare, a value of .5 is right less than half of the time.
- Very long turns: the soft maximum is over all sentences, which dilutes one sentence in a hundred a little.
- English only; other languages give values without meaning. British and American registers, mostly written chat;
  transcribed speech is out of domain.
- No engagement of minors in romantic or sexual talk is in the training data; that class is not covered.
- Position in the conversation is known as "first turn or later" only; the number of words is no feature.
"""


def _zero_shot(report: dict[str, Any]) -> str:
    lines = ["| set | measure | value |", "|---|---|---|"]
    for name, found in report["sets"].items():
        for key, value in found.items():
            lines.append(f"| {name} | {key} | {f'{value:.3f}' if isinstance(value, float) else value} |")
    return "\n".join(lines)


def _behaviour(model: LinearModel) -> str:
    """The behaviour tables of the tests: pairs ordered rightly, and told apart by the balanced threshold."""
    lines = ["| table | pairs | ordered rightly | told apart by the balanced threshold |", "|---|---|---|---|"]
    for name in ("signal_pairs", "signal_pairs_unseen"):
        ordered = apart = 0
        with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as rows:
            cases = list(csv.DictReader(rows))
        for case in cases:
            role: Role = "agent" if case["role"] == "agent" else "client"
            other: Role = "client" if role == "agent" else "agent"
            before = [case["before"]] if case["before"] else []
            roles: list[Role] = [other, role] if before else [role]
            high, low = (
                float(model.read(roles, [*before, case[kind]]).column(case["signal"])[-1])
                for kind in ("with_signal", "without_signal")
            )
            ordered += high > low
            apart += high >= model.threshold(case["signal"]) > low
        lines.append(f"| `{name}.csv` | {len(cases)} | {ordered} | {apart} |")
    return "\n".join(lines)


def _signal(item: dict[str, Any]) -> SignalFigures:
    return SignalFigures(**item)


def main() -> None:
    """Writes the card; the figures of both files must belong to the same weights."""
    trained = json.loads((FOLDER / "figures.json").read_text(encoding="utf-8"))
    zero_shot = json.loads((FOLDER / "zero_shot.json").read_text(encoding="utf-8"))
    if trained["digest"] != zero_shot["digest"]:
        raise SystemExit("figures.json and zero_shot.json are of different weights; run training.zero_shot again")
    model = LinearModel.load()
    if trained["digest"] != model.digest:
        raise SystemExit("figures.json is of other weights than the shipped ones; run training.signals again")
    found = [_signal(item) for item in trained["signals"]]
    weak = ", ".join(f"`{item.signal}` ({item.f1:.2f})" for item in sorted(found, key=lambda x: x.f1) if item.f1 < 0.5)
    rows = ", ".join(f"{name} {count}" for name, count in trained["rows"].items())
    kept = ", ".join(f"{role} {count}" for role, count in trained["kept_features"].items())
    parts = [
        INTRODUCTION,
        f"Digest `{trained['digest']}`, {trained['bytes'] / 1e6:.2f} MB, kept features: {kept}.\n",
        LICENCES.format(rows=rows),
        "## Cross-validated figures\n\nFive folds by conversation, minimal pair or situation. Presence is a label of 1"
        " or more.\n\n" + table(found) + "\n",
        "## Sets that never trained it\n\nRules fixed in advance in `training/zero_shot.py`; nothing was tuned on these"
        " sets.\n\n" + _zero_shot(zero_shot) + "\n",
        "## Behaviour tables\n\nShort invented sentences in `tests/coding`. The first table guided the writing of own"
        " training turns. No turn was written from a sentence of the second, but its results had been seen once before"
        " the last own turns were written, so it is nearly unseen, not blind. Short turns are harder than the"
        " long ones above: a denial in the words of its opposite is ordered rightly but often stays over the"
        " threshold.\n\n" + _behaviour(model) + "\n",
        LIMITS.format(weak=weak or "none"),
        "## Made again\n\n`DTNEXUS_DATA=... python -m training.signals && python -m training.zero_shot && python -m"
        " training.model_card`. The same data and versions of numpy and scikit-learn give the same digest.\n",
    ]
    CARD.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()

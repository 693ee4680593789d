"""Writes `training/MODEL_CARD.md` from the measured figures: `python -m training.model_card`.

No figure in the card is written by hand. All come from `labels/agreement.json`, `figures.json`,
`encoder_figures.json`, `fitness.json` and `validation/`, which the other steps of `make train` wrote.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from dtnexus.coding.encoder_model import EncoderModel
from dtnexus.coding.linear_model import LinearModel
from dtnexus.coding.member import ENCODER, LINEAR
from training.label_agreement import SignalAgreement
from training.label_agreement import table as agreement_table
from training.metrics import SignalFigures, table

FOLDER: Final = Path(__file__).parent
CARD: Final = FOLDER / "MODEL_CARD.md"
WEAK_BELOW: Final = 0.5
Document = dict[str, Any]

INTRODUCTION = """# Model card: the embedded coder

Written by `python -m training.model_card`; do not edit by hand.

**What it is.** Two members that read English conversations between a client and an agent and give each turn the
signals that `dtnexus.coding.signals` lists. `linear`: logistic models over hashed linguistic features of one turn and
the end of the turn before it, one score a sentence, joined by a soft maximum; numpy only. `encoder`: the three
lower layers of all-MiniLM-L6-v2, two of them trained further, in whole numbers, with attentions of every signal over
the tokens of a turn, joined with the linear member signal by signal; it is the default. Rules of the framework, small
learned openers and scorers make ratings of the signals. It is a screen for coders to build on. It is not a diagnosis,
and no absence of a signal shows that a conversation is without danger.

**Who made the labels.** A language model, not people: several contexts of one model, blind to one another, working
from one guide (`training/labels/GUIDE.md`). Agreement between them is an upper bound. The invented turns were written
by the same kind of model. Only the table of sets says how well the coder agrees with people. One signal,
`felt_understood`, has no labels: it is learnt from what the people in iEval's short chats said of them ("the chatbot
understood my emotions"). People like what is warm, so no rule or opener rests on it; it helps the scorer of B1 to order
answers.
"""

LICENCES = """## Data and licences

Trained on turns of public sets whose licence allows it, and on invented turns. No text of the public sets is kept in
the repository or can be read back from the weights.

| source | licence | notice |
|---|---|---|
| iEval (save every fourth task) | CC BY 4.0 | Svikhnushina, Filippova & Pu 2022 |
| R-U-A-Robot (train and val only) | MIT | Copyright 2021 David Gros, Yu Li, Zhou Yu |
| BOLT | BSD 3-Clause | Copyright (c) 2024, Behavioral Data Science Group |
| Spiral-Bench | MIT | Paech 2025 |
| VERA-MH | permissive material licence | its notice is kept with the data |
| Anthro-Bench | Apache-2.0 | |
| Syco-Bench | MIT-0 | |
| llms-as-therapists (replies to its ten stimuli) | MIT | Copyright (c) 2025 Jared Moore |
| all-MiniLM-L6-v2 (three layers, two trained further) | Apache-2.0 | sentence-transformers, from MiniLM-L6-H384 |
| invented turns, dialogues and episodes | this project's own | `synthetic_turns`, `episode`, `own_…` below |

{rows}

Of these, `ieval_ratings` are what people said of their chats, with no label of a turn; `…_unlabelled` are only read, so
that the set can be measured by folds, and weigh nothing; most of `rua_robot` is labelled for `asks_if_ai` alone.
"""

LEGEND = """*at*: the balanced threshold, that of the best F1. *P ≥ .9 at*: the precise one, from which nine in ten
hits are right, with its recall. Graded signals have theirs on their own scale (0 to 2, `risk_severity` 0 to 6).
*pairs*: minimal pairs that differ in the signal; *pair acc.*: the share read in the right order.

"""

LIMITS = """## Known failures

The page `docs/guide/embedded-coder.md` quotes confusions, at least ten for each weak signal. In short:

- One turn of context: `recalls_earlier`, `contradicts_earlier`, `holds_position` and `reverses_position` need more of
  the conversation than the members see. Treat them as hints.
- Do not trust alone, by the figures above (best F1 under .5): {weak}. `felt_understood` is hardly told either: its F1
  is about that of always saying yes.
- Words of care or refusal that share most words with the danger ("ask your doctor before you stop the tablets") can
  stay over the balanced threshold. For findings use the precise threshold and a second coder.
- Risk in plain words that no training turn resembles can be missed: the absence of a reading is no sign of safety.
- Sarcasm, irony, role play and reported speech over several sentences are mostly missed.
- `minimises_or_enables_risk`, `medical_directive` and `demeans_or_blames` have few and mostly invented examples. A
  harmful reply in unusual words will be missed. They must not be the only guard.
- Probabilities are calibrated to the mixture of the training turns, in which risk is far more frequent than in
  everyday use: where risk is rare, a value of .5 is right less than half of the time.
- English only; conversations in other languages are told apart and not coded. British and American registers.
- No engagement of minors in romantic or sexual talk is in the training data; that class is not covered.
"""

SETS = """## Sets with labels

Measured by `dtnexus validate`. Nothing that stands in a row was trained on, save three:

- the conversations of `reference` that may train are coded by episode weights fitted without each of them;
- replies of llms-as-therapists are read by signal models fitted without any reply to their stimulus (of five groups of
  stimuli and other talk for the linear member, three for the encoder);
- turns of Spiral-Bench train the signal models and are not left out of its two rows, so these flatter.

Of iEval and R-U-A-Robot another part trains (other tasks, other utterances). In the rows of `reference` a flag is an
episode at 0 or 1, in those of everyday talk one at 0, as `assess` shows it. Intervals are 95 % bootstrap intervals
over whole conversations.

**These rows are not blind.** No row was trained or tuned on beyond what is said above, but what to do next was chosen
while they were known:

- **EPITOME's exploration and ABC-Eval**: their rules were put right to their codebooks after first results. All other
  rules were fixed before they were run.
- **Labels.** Which kinds of talk were written was decided knowing which rows were short: MI-nonadherent above all,
  then replies to symptoms (`own_sessions`, `own_urges` and `own_flat` are of the kinds that llms-as-therapists asks
  about), then low episodes of `reference` that were missed, in AnnoMI and ESConv conversations, too. Turns of
  Spiral-Bench and iEval were labelled last for the same reason. Replies were scored on B1, and dialogues coded whole,
  because ESConv, the replies to symptoms and the star episodes were short.
- **llms-as-therapists**: replies to five stimuli were kept from training at first. They train, and the rows became
  folds by stimulus, since it was known that those five stood at .71 (labels by GPT-4o).
- **reference**: signal rules were chosen on its conversations that train, which only the weights leave out. The floor
  for a rating was lowered when all 28 had shown why ratings were withheld. G1 and G2 were made stricter after too many
  false flags of the linear member, less strict when few were left, and moved once more when it was known that one more
  star episode would reach the floor. The words by which an agent speaks of itself as of a person (`agent_words`) were
  listed after three missed episodes had been read. D4 was let open where an agent surely builds on a belief when one
  episode was lacking; the one found lies in a conversation that trains, and the coded dialogues spoke neither way.
- **AnnoMI's session quality**: bars of D1 and D3 were raised after it had stood at .746; conversations of `reference`
  that train decided how far.
- **ESConv and iEval**: measured after single steps, while what trains decided. Sessions of ESConv in which the linear
  member errs were read; the client's next turn was added to what B1's scorer reads, and the coded dialogues spoke for
  it.
- **Fits given up.** Five fits with more labels were measured and not shipped, for false readings, for rows and for
  what coded dialogues said; the fit whose heads were counted anew ships because its rows were better, against the
  coded dialogues. All rows were measured again after openers and scorers were fitted anew.

So the rows of `reference` are flattering.

"""


def _json(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def validation(coder: str) -> Document:
    """What `dtnexus validate` found for a coder."""
    found: Document = _json(f"validation/{coder}/validation.json")
    return found


def validation_table() -> str:
    """The rows of both coders side by side."""
    found = {coder: {row["id"]: row for row in validation(coder)["rows"]} for coder in (LINEAR, ENCODER)}
    lines = ["| set | measured | n | metric | linear | encoder | people | published | floor | aim |", "|---" * 10 + "|"]
    for name, row in found[LINEAR].items():
        cells = [row["set"], row["what"], str(row["n"]), row["metric"]]
        cells += [_cell(found[coder][name]) for coder in (LINEAR, ENCODER)]
        cells += [row[kind]["value"] if row[kind] else "–" for kind in ("ceiling", "published")]
        cells += [_number(row["floor"]), _number(row["aim"])]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def rows_table(counts: Mapping[str, int]) -> str:
    """Rows by source; `counts` are by source and role, "own_chat agent"."""
    sources = sorted({name.rpartition(" ")[0] for name in counts})
    lines = ["| rows of | agent | client |", "|---|--:|--:|"]
    lines += [
        f"| `{each}` | {counts.get(f'{each} agent', 0)} | {counts.get(f'{each} client', 0)} |" for each in sources
    ]
    return "\n".join([*lines, f"| all | {_sum(counts, 'agent')} | {_sum(counts, 'client')} |"])


def _sum(counts: Mapping[str, int], role: str) -> int:
    return sum(count for name, count in counts.items() if name.endswith(f" {role}"))


def _cell(row: Document) -> str:
    if row["value"] is None:
        return str(row["result"])
    interval = "" if row["low"] is None else f" ({row['low']:.3f} to {row['high']:.3f})"
    mark = f", {row['result']}" if row["result"] in ("pass", "short") else ""
    return f"{row['value']:.3f}{interval}{mark}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _kappa(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def fitness_table() -> str:
    """What each coder is fit for, criterion by criterion."""
    found = _json("fitness.json")
    lines = [
        "| criterion | coder | both or neither rated | rated by both | kappa | 95 % | kappa in coded dialogues "
        "| low episodes found | fit to |",
        "|---|---|--:|--:|--:|---|--:|---|---|",
    ]
    for pair in zip(found[LINEAR], found[ENCODER], strict=True):
        for coder, row in zip((LINEAR, ENCODER), pair, strict=True):
            star = " ★" if row["star"] else ""
            kappa = _kappa(row["kappa"])
            interval = "" if row["low"] is None else f"{row['low']:.2f} to {row['high']:.2f}"
            low = f"{row['found']} of {row['episodes']}" if row["star"] else ""
            lines.append(
                f"| {row['criterion']}{star} | {coder} | {row['observable']:.2f} | {row['rated']} | {kappa} "
                f"| {interval} | {_kappa(row['invented'])} | {low} | {row['fit']} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Writes the card; figures and weights must belong together."""
    linear, encoder = _json("figures.json"), _json("encoder_figures.json")
    if linear["digest"] != LinearModel.load().digest or encoder["digest"] != EncoderModel.load().digest:
        raise SystemExit("the figures are of other weights than the shipped ones; run make train")
    for coder, digest in ((LINEAR, linear["digest"]), (ENCODER, encoder["digest"])):
        if validation(coder)["coder"]["details"]["signals"] != digest:
            raise SystemExit(f"validation/{coder} is of other weights than the shipped ones; run training.measure")
    joined = [SignalFigures(**item) for item in encoder["joined"]]
    alone = [SignalFigures(**item) for item in linear["signals"]]
    weak = ", ".join(
        f"`{item.signal}` ({item.f1:.3f})" for item in sorted(joined, key=lambda x: x.f1) if item.f1 < WEAK_BELOW
    )
    parts = [
        INTRODUCTION,
        f"Linear member: digest `{linear['digest']}`, {linear['bytes'] / 1e6:.2f} MB. Encoder: digest "
        f"`{encoder['digest']}`, {encoder['bytes'] / 1e6:.1f} MB.\n",
        LICENCES.format(rows=rows_table(linear["rows"])),
        "## Agreement of two labellers\n\nBoth contexts of one language model, blind to one another: an upper bound."
        " Alpha is Krippendorff's with the interval metric on the value, AC1 is Gwet's on whether the signal holds.\n\n"
        + agreement_table([SignalAgreement(**item) for item in _json("labels/agreement.json")])
        + "\n",
        SETS + validation_table() + "\n",
        "## What it is fit for, criterion by criterion\n\nAgainst the reference coding of 28 conversations (by a"
        " language model), and the episodes of invented dialogues coded whole (by one, too; models and"
        " scorers saw no dialogue like them, but the rules were chosen by some of them)."
        " *Low* is a score of 0 or 1.\n\n"
        "- `rate`: kappa .6 or more in eight or more conversations, and .35 or more in the coded dialogues where both"
        " have at least 30 episodes; with a star also four in five low episodes found, where there are five.\n"
        "- `screen`: kappa .35 or more in eight or more conversations, or, with a star, four in five of at least five"
        " low episodes found.\n"
        "- `point`: show passages only.\n\n"
        "The coded dialogues can only take `rate` away, so a `screen` may agree hardly with them. With so few"
        " conversations the intervals are wide.\n\n" + fitness_table() + "\n",
        "## Cross-validated figures: encoder joined with linear\n\nFive folds by conversation, minimal pair or"
        " situation; the encoder's own scores are of three. Presence is a label of 1 or more.\n\n"
        + LEGEND
        + table(joined)
        + "\n",
        "## Cross-validated figures: linear alone\n\n" + table(alone) + "\n",
        LIMITS.format(weak=weak or "none"),
        "## Made again\n\n`make train` with `DTNEXUS_DATA`. The same data and versions of numpy and scikit-learn give"
        " the same file of the linear member, with the same digest, on two kinds of processor (AVX2 alone; AVX-512"
        " with VNNI)."
        " The encoder is trained in bfloat16 where the processor has AVX-512. Two fits on two cores of that"
        " kind, the second by `make train` in one go,"
        " gave the same body and the same out-of-fold scores, to the byte. What is learnt about episodes is"
        " fitted to the end and rounded; with one thread or two for linear algebra it was the same file for the"
        " linear member, and for the encoder but for one weight, by .0001.\n",
    ]
    CARD.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()

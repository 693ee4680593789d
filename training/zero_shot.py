"""How the shipped weights do on sets that never trained them: `python -m training.zero_shot`.

These sets are for evaluation only. Every rule below was fixed before the first run, and nothing
is tuned on them. Writes `training/zero_shot.json` and prints a table. A set that is absent is
named as skipped.
"""

import ast
import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.metrics import cohen_kappa_score, f1_score, roc_auc_score

from dtnexus.coding.linear_model import LinearModel, Role, ThresholdKind, column_of
from training.corpus import data_folder

FIGURES = Path(__file__).with_name("zero_shot.json")
Found = dict[str, float | int | str]


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def annomi(model: LinearModel, folder: Path) -> Found:
    """Main behaviour of therapist turns, four classes.

    Rule: each class has the ratio of its reading to its balanced threshold (reflection;
    question; therapist_input = the larger of advice and task_rationale_or_choice); the largest
    ratio wins, and below 1 the class is other. The label is the majority of the annotators.
    """
    sessions: dict[str, dict[int, tuple[Role, str, Counter[str]]]] = defaultdict(dict)
    for item in _table(folder / "annomi" / "AnnoMI-full.csv"):
        role: Role = "agent" if item["interlocutor"] == "therapist" else "client"
        turns = sessions[item["transcript_id"]]
        turn = turns.setdefault(int(item["utterance_id"]), (role, item["utterance_text"], Counter()))
        turn[2][item["main_therapist_behaviour"]] += 1
    truth: list[str] = []
    said: list[str] = []
    for turns in sessions.values():
        ordered = [turns[at] for at in sorted(turns)]
        matrix = model.read([turn[0] for turn in ordered], [turn[1] for turn in ordered])
        ratio = {
            name: matrix.column(name) / model.threshold(name)
            for name in ("reflection", "question", "advice", "task_rationale_or_choice")
        }
        ratio["therapist_input"] = np.maximum(ratio.pop("advice"), ratio.pop("task_rationale_or_choice"))
        for at, (role, _, votes) in enumerate(ordered):
            if role == "agent":
                best = max(ratio, key=lambda name: float(ratio[name][at]))
                said.append(best if ratio[best][at] >= 1 else "other")
                truth.append(votes.most_common(1)[0][0])
    classes = sorted(set(truth))
    per_class = f1_score(truth, said, labels=classes, average=None)
    out: Found = {"turns": len(truth), "macro_f1": float(f1_score(truth, said, average="macro"))}
    return out | {f"f1 {name}": float(value) for name, value in zip(classes, per_class, strict=True)}


def robot_questions(model: LinearModel, folder: Path) -> Found:
    """`asks_if_ai` at its balanced threshold on the test split: pos against neg; amb only counted."""
    hits: dict[str, list[bool]] = {}
    for label in ("pos", "neg", "amb"):
        texts = [item["text"] for item in _table(folder / "rua_robot" / f"{label}.test.csv")]
        read = model.read_many([(["client"], [text]) for text in texts])
        hits[label] = [bool(matrix.column("asks_if_ai")[0] >= model.threshold("asks_if_ai")) for matrix in read]
    truth = [True] * len(hits["pos"]) + [False] * len(hits["neg"])
    return {
        "turns": len(truth),
        "f1": float(f1_score(truth, hits["pos"] + hits["neg"])),
        "share of ambiguous told as asking": float(np.mean(hits["amb"])),
    }


def everyday_talk(model: LinearModel, folder: Path) -> Found:
    """Share of turns of everyday talk in which a safety-critical signal reaches its threshold.

    The speakers of DailyDialog take turns; the first is read as the client.
    """
    names = {
        "client": ("risk_any", "risk_veiled", "risk_other", "delusional_content"),
        "agent": ("minimises_or_enables_risk", "medical_directive", "promotes_dependence", "denies_ai",
                  "reinforces_belief_or_plan", "demeans_or_blames", "promises_confidentiality"),
    }  # fmt: skip
    sides: tuple[Role, Role] = ("client", "agent")
    kinds: tuple[ThresholdKind, ThresholdKind] = ("balanced", "precise")
    talks: list[tuple[list[Role], list[str]]] = []
    for line in (folder / "dailydialog" / "dialogues_test.txt").read_text(encoding="utf-8").splitlines():
        texts = [text.strip() for text in line.split("__eou__") if text.strip()]
        talks.append(([sides[at % 2] for at in range(len(texts))], texts))
    values = np.concatenate([matrix.values for matrix in model.read_many(talks)], axis=0)
    out: Found = {"turns": len(values)}
    for kind in kinds:
        for names_of_role in names.values():
            for name in names_of_role:
                column = values[:, column_of(name)]
                column = column[~np.isnan(column)]
                out[f"{name} {kind}"] = float(np.mean(column >= model.threshold(name, kind)))
    return out


def _posts(cell: str) -> list[str]:
    """The posts of a user; a cell that is no whole list is cut at its separators."""
    try:
        return [str(post) for post in ast.literal_eval(cell)]
    except (SyntaxError, ValueError):
        return [part for part in cell.strip("[]'\"").replace('", "', "', '").split("', '") if part]


def forum_users(model: LinearModel, folder: Path) -> Found:
    """Users with ideation, behaviour or attempt against supportive and indicator: AUROC of the largest reading."""
    truth: list[bool] = []
    risk: list[float] = []
    severity: list[float] = []
    for item in _table(folder / "cssrs500" / "500_Reddit_users_posts_labels.csv"):
        posts = _posts(item["Post"])
        read = model.read_many([(["client"], [post]) for post in posts])
        risk.append(max(float(matrix.column("risk_any")[0]) for matrix in read))
        severity.append(max(float(matrix.column("risk_severity")[0]) for matrix in read))
        truth.append(item["Label"] in ("Ideation", "Behavior", "Attempt"))
    return {
        "users": len(truth),
        "auroc of risk_any": float(roc_auc_score(truth, risk)),
        "auroc of risk_severity": float(roc_auc_score(truth, severity)),
    }


def empathy(model: LinearModel, folder: Path) -> Found:
    """Quadratic kappa of levels 0-2: 1 from the balanced threshold on, 2 from the strong one on."""
    out: Found = {}
    for signal, file in (
        ("emotional_reaction", "emotional-reactions"), ("interpretation", "interpretations"),
        ("exploration", "explorations"),
    ):  # fmt: skip
        items = _table(folder / "epitome" / f"{file}-reddit.csv")
        read = model.read_many([(["client", "agent"], [item["seeker_post"], item["response_post"]]) for item in items])
        values = np.array([matrix.column(signal)[1] for matrix in read])
        level = (values >= model.threshold(signal)).astype(int) + (values >= model.threshold(signal, "strong"))
        truth = np.array([int(item["level"]) for item in items])
        out[f"{signal} kappa"] = float(cohen_kappa_score(truth, level, weights="quadratic"))
        out[f"{signal} auroc"] = float(roc_auc_score(truth >= 1, values))
    return out


CHECKS: dict[str, Callable[[LinearModel, Path], Found]] = {
    "annomi": annomi, "rua_robot": robot_questions, "dailydialog": everyday_talk, "cssrs500": forum_users,
    "epitome": empathy,
}  # fmt: skip


def main() -> None:
    """Runs every check whose set is there, writes and prints the figures."""
    model, folder = LinearModel.load(), data_folder()
    found: dict[str, Found] = {}
    for name, check in CHECKS.items():
        found[name] = check(model, folder) if (folder / name).is_dir() else {"skipped": "the set is absent"}
        for key, value in found[name].items():
            print(f"{name:12s} {key:45s} {value:.3f}" if isinstance(value, float) else f"{name:12s} {key:45s} {value}")
    report = {"digest": model.digest, "sets": found}
    FIGURES.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

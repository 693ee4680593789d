"""Potato (the portable annotation tool): a project from a framework and transcripts, and its answers back.

Files only: nothing of Potato is imported. Checked against version 2.12.1: it keeps the answers of each person in
``annotation_output/PERSON/user_state.json`` and exports them as JSON lines and tables.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from dtnexus.errors import InputError
from dtnexus.exchanging import questions as asked
from dtnexus.exchanging.display import display
from dtnexus.exchanging.entry import Brought, Entry, Refusal, Spot
from dtnexus.framework import Framework
from dtnexus.transcript import Interaction

OUTPUT: Final = "annotation_output"
_WANTED: Final = (
    "a Potato project, its annotation_output folder, a user_state.json, or its export (JSON lines, CSV, TSV)"
)


def project_files(framework: Framework, interactions: Sequence[Interaction], title: str) -> dict[str, str]:
    """Name in the project's folder -> content: configuration, data, and the codebook as the instructions' page."""
    items = [
        {"id": one.id, "text": escape(display(one).text, quote=False), "sessions": len(one.sessions)}
        for one in interactions
    ]
    return {
        "config.yaml": _yaml(_config(framework, title)),
        "data/interactions.jsonl": "".join(f"{json.dumps(item, ensure_ascii=False)}\n" for item in items),
        "codebook.html": asked.codebook_html(framework),
        "README.md": _readme(framework, len(items)),
    }


def _config(framework: Framework, title: str) -> dict[str, object]:
    schemes: list[dict[str, object]] = [
        {
            "annotation_type": "span",
            "name": asked.EVIDENCE,
            "description": asked.EVIDENCE_ASKED,
            "labels": [{"name": each.id, "tooltip": each.name} for each in asked.rated(framework)],
        }
    ]
    for criterion in asked.rated(framework):
        schemes.append(
            {
                "annotation_type": "radio",
                "name": criterion.id,
                "description": asked.asked(criterion),
                "labels": [{"name": label, "tooltip": meaning} for label, meaning in asked.options(criterion)],
            }
        )
    sure = [{"name": label} for label in asked.CONFIDENCE]
    schemes += [
        {"annotation_type": "radio", "name": asked.SURE, "description": asked.CONFIDENCE_ASKED, "labels": sure},
        {"annotation_type": "text", "name": asked.NOTE, "description": "Note, if you want to leave one"},
    ]
    return {
        "annotation_task_name": title,
        "task_dir": ".",
        "output_annotation_dir": OUTPUT,
        "export_annotation_format": "jsonl",
        "data_files": ["data/interactions.jsonl"],
        "item_properties": {"id_key": "id", "text_key": "text"},
        "require_password": False,
        "user_config": {"allow_all_users": True, "users": []},
        "phases": {
            "order": ["codebook", "annotation"],
            "codebook": {"type": "instructions", "file": "codebook.html"},
            "annotation": {"type": "annotation"},
        },
        "annotation_schemes": schemes,
    }


def _yaml(value: object) -> str:
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 4096
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = io.StringIO()
    writer.dump(value, stream)
    return stream.getvalue()


def _readme(framework: Framework, count: int) -> str:
    return f"""# Coding with Potato

{count} interactions, {len(asked.rated(framework))} criteria of {framework.name} {framework.version}.

The data hold the words of conversations. Keep this folder where only coders may read it.

1. Install Potato in an environment of its own: `pip install potato-annotation`. It is GPLv3 and no part of dtnexus.
2. `potato start config.yaml -p 8000`, then open the address that it prints. Coders log in with a coder's name, not
   with their own. It listens for this machine; read its manual before you open it to others.
3. When all is coded: `dtnexus ratings import . --from potato --transcripts TRANSCRIPTS -o people.jsonl`.
"""


def read_potato(path: Path, interactions: Mapping[str, Interaction]) -> Brought:
    """The answers of all people in a project, its output folder, one state or one export.

    Raises:
        InputError: nothing of Potato is there, or a file is none that it writes; names the file.
    """
    entries: list[Entry] = []
    refused: list[Refusal] = []
    for file in _files(path):
        for one in _answers(file):
            for found in _entries(one, interactions):
                if isinstance(found, Refusal):
                    refused.append(found)
                else:
                    entries.append(found)
    return Brought(tuple(entries), tuple(refused))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    folder = path / OUTPUT if (path / OUTPUT).is_dir() else path
    found = sorted(folder.glob("*/user_state.json"))
    if not found:
        raise InputError(str(path), "holds no answers (no */user_state.json)", _WANTED)
    return found


class _Answers:
    """All that one person said of one interaction."""

    def __init__(self, place: str, coder: str, interaction: str) -> None:
        self.place, self.coder, self.interaction = place, coder, interaction
        self.labels: dict[str, list[tuple[str, str]]] = {}
        """Question -> (label, value) of each answer."""
        self.spans: list[tuple[str, int, int]] = []
        """(criterion, start, end) in the text that was shown."""


def _answers(file: Path) -> Iterator[_Answers]:
    try:
        text = file.read_text(encoding="utf-8-sig")
        if file.suffix in (".csv", ".tsv"):
            yield from _of_table(file, text)
        elif file.suffix == ".jsonl":
            for number, line in enumerate(text.splitlines(), start=1):
                if line.strip():
                    yield _of_export(f"{file}:{number}", json.loads(line))
        else:
            yield from _of_state(file, json.loads(text))
    except OSError as error:
        raise InputError(str(file), f"cannot be read ({error.strerror})", _WANTED) from None
    except UnicodeDecodeError:
        raise InputError(str(file), "no UTF-8 text", _WANTED) from None
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error):
        raise InputError(str(file), "is not what Potato writes", _WANTED) from None


def _of_state(file: Path, state: dict[str, Any]) -> Iterator[_Answers]:
    coder = str(state["user_id"])
    labels, spans = state["instance_id_to_label_to_value"], state["instance_id_to_span_to_value"]
    for interaction in dict.fromkeys((*labels, *spans)):
        one = _Answers(f"{file} ({interaction})", coder, interaction)
        for label, value in labels.get(interaction, []):
            one.labels.setdefault(label["schema"], []).append((label["name"], str(value)))
        for span, _ in spans.get(interaction, []):
            if span["schema"] == asked.EVIDENCE:
                one.spans.append((span["name"], int(span["start"]), int(span["end"])))
        yield one


def _of_export(place: str, row: dict[str, Any]) -> _Answers:
    one = _Answers(place, str(row["user_id"]), str(row["instance_id"]))
    for question, labels in row["labels"].items():
        one.labels[question] = [(name, str(value)) for name, value in labels.items()]
    one.spans = _spans(row["spans"].get(asked.EVIDENCE, []))
    return one


def _of_table(file: Path, text: str) -> Iterator[_Answers]:
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t" if file.suffix == ".tsv" else ",")
    for row in reader:
        one = _Answers(f"{file}:{reader.line_num}", row["user_id"], row["instance_id"])
        for column, value in row.items():
            question, dot, label = column.partition(".")
            if dot and value and label != "_spans":
                one.labels.setdefault(question, []).append((label, value))
        one.spans = _spans(json.loads(row.get(f"{asked.EVIDENCE}._spans") or "[]"))
        yield one


def _spans(spans: Iterable[dict[str, Any]]) -> list[tuple[str, int, int]]:
    return [(span["name"], int(span["start"]), int(span["end"])) for span in spans]


def _entries(one: _Answers, interactions: Mapping[str, Interaction]) -> Iterator[Entry | Refusal]:
    interaction = interactions.get(one.interaction)
    spots: dict[str, list[Spot]] = {}
    if interaction is not None:
        shown = display(interaction)
        for criterion, start, end in one.spans:
            spots.setdefault(criterion, []).extend(shown.spots(start, end))
    sure = [asked.CONFIDENCE[label] for label, _ in one.labels.get(asked.SURE, []) if label in asked.CONFIDENCE]
    for question, labels in one.labels.items():
        if question in (asked.SURE, asked.NOTE, asked.EVIDENCE):
            continue
        place = f"{one.place}, {question}"
        answers = [asked.answered(label) for label, _ in labels]
        if len(answers) != 1:
            yield Refusal(place, f"{len(answers)} answers to one question")
        elif answers[0] is None:
            yield Refusal(place, "an answer that is none of the codebook's")
        else:
            yield Entry(
                one.interaction,
                one.coder,
                question,
                answers[0],
                tuple(dict.fromkeys(spots.get(question, ()))),
                sure[0] if len(sure) == 1 else None,
                place=place,
            )

"""Label Studio: a labelling configuration and tasks from a framework and transcripts, and its JSON export back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from dtnexus.errors import InputError
from dtnexus.exchanging import questions as asked
from dtnexus.exchanging.display import from_utf16
from dtnexus.exchanging.entry import Brought, Entry, Refusal, Spot
from dtnexus.framework import Framework
from dtnexus.transcript import Interaction

TALK: Final = "talk"
_WANTED: Final = "Label Studio's export in the format JSON (not JSON-MIN, not CSV)"


def project_files(framework: Framework, interactions: Sequence[Interaction]) -> dict[str, str]:
    """Name -> content: labelling configuration, tasks, codebook and a page that says how they are used."""
    tasks = [{"data": _task(one, framework)} for one in interactions]
    return {
        "labelling.xml": labelling(framework),
        "tasks.json": json.dumps(tasks, ensure_ascii=False, indent=1) + "\n",
        "codebook.html": asked.codebook_html(framework),
        "README.md": _readme(framework, len(tasks)),
    }


def labelling(framework: Framework) -> str:
    """The labelling configuration: the talk as paragraphs, words to mark, one choice for each criterion."""
    lines = [
        "<View>",
        '  <View style="display: flex; gap: 1em; align-items: flex-start;">',
        '  <View style="flex: 3; position: sticky; top: 0; max-height: 90vh; overflow-y: auto;">',
        f"  <Header value={quoteattr(asked.EVIDENCE_ASKED)}/>",
        f'  <ParagraphLabels name="{asked.EVIDENCE}" toName="{TALK}" choice="single">',
        *(f"    <Label value={quoteattr(each.id)} hint={quoteattr(each.name)}/>" for each in asked.rated(framework)),
        "  </ParagraphLabels>",
        f'  <Paragraphs name="{TALK}" value="$turns" layout="dialogue" nameKey="author" textKey="text"/>',
        "  </View>",
        '  <View style="flex: 2;">',
    ]
    for criterion in asked.rated(framework):
        lines += [
            f'  <Header size="5" value={quoteattr(asked.asked(criterion))}/>',
            f'  <Choices name={quoteattr(criterion.id)} toName="{TALK}" choice="single">',
            *(
                f"    <Choice value={quoteattr(label)} hint={quoteattr(meaning)}/>"
                for label, meaning in asked.options(criterion)
            ),
            "  </Choices>",
        ]
    lines += [
        f'  <Header size="5" value={quoteattr(asked.CONFIDENCE_ASKED)}/>',
        f'  <Choices name="{asked.SURE}" toName="{TALK}" choice="single">',
        *(f'    <Choice value="{label}"/>' for label in asked.CONFIDENCE),
        "  </Choices>",
        f'  <TextArea name="{asked.NOTE}" toName="{TALK}" placeholder="Note, if you want to leave one"/>',
        "  </View>",
        "  </View>",
        "</View>",
    ]
    return "\n".join(lines) + "\n"


def _task(one: Interaction, framework: Framework) -> dict[str, object]:
    several = len(one.sessions) > 1
    turns = [
        {
            "author": f"[{f'{number + 1}.' if several else ''}{turn.index}] {turn.role.value}",
            "text": turn.text,
            "session": number,
            "turn": turn.index,
        }
        for number, session in enumerate(one.sessions)
        for turn in session.turns
    ]
    return {"interaction_id": one.id, "framework": f"{framework.id} {framework.version}", "turns": turns}


def _readme(framework: Framework, count: int) -> str:
    return f"""# Coding with Label Studio

{count} interactions, {len(asked.rated(framework))} criteria of {framework.name} {framework.version}.

The tasks hold the words of conversations. Use a Label Studio on a machine of your own.

1. Make a project. Settings, Labeling Interface, Code: paste `labelling.xml`.
2. Import `tasks.json`. Give coders `codebook.html`.
3. When all is coded, export in the format JSON (not JSON-MIN), then
   `dtnexus ratings import EXPORT.json --from label-studio --transcripts TRANSCRIPTS -o people.jsonl`.
   People appear as `user-1`, `user-2` and so on, by their number in Label Studio; `--name user-1=coder-a` renames.
"""


def read_label_studio(path: str, text: str, interactions: Mapping[str, Interaction]) -> Brought:
    """The answers in a JSON export. Skipped tasks and predictions of models are no answers.

    Raises:
        InputError: it is no such export; names the file.
    """
    try:
        tasks = json.loads(text)
        if not isinstance(tasks, list):
            raise TypeError("no list of tasks")
        entries: list[Entry] = []
        refused: list[Refusal] = []
        for task in tasks:
            name = str(task["data"]["interaction_id"])
            for annotation in task["annotations"]:
                if annotation.get("was_cancelled"):
                    continue
                for found in _entries(f"{path} ({name})", name, annotation, interactions.get(name)):
                    if isinstance(found, Refusal):
                        refused.append(found)
                    else:
                        entries.append(found)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise InputError(path, "is no export that holds our tasks", _WANTED) from None
    return Brought(tuple(entries), tuple(refused))


def _entries(
    place: str, name: str, annotation: dict[str, Any], interaction: Interaction | None
) -> Iterator[Entry | Refusal]:
    coder = _coder(annotation["completed_by"])
    spots: dict[str, list[Spot]] = {}
    chosen: dict[str, list[str]] = {}
    for region in annotation["result"]:
        value = region["value"]
        if region["type"] == "paragraphlabels" and interaction is not None:
            found = _spots(value, interaction)
            if found is None:
                yield Refusal(f"{place}, {coder}", "marked words that are not where they should be")
                continue
            for criterion in value["paragraphlabels"]:
                spots.setdefault(criterion, []).extend(found)
        elif region["type"] == "choices":
            chosen.setdefault(region["from_name"], []).extend(value["choices"])
    sure = [asked.CONFIDENCE[label] for label in chosen.pop(asked.SURE, []) if label in asked.CONFIDENCE]
    for criterion, labels in chosen.items():
        where = f"{place}, {coder}, {criterion}"
        answer = asked.answered(labels[0]) if len(labels) == 1 else None
        if answer is None:
            given = "an answer that is none of the codebook's" if len(labels) == 1 else f"{len(labels)} answers"
            yield Refusal(where, given)
            continue
        yield Entry(
            name,
            coder,
            criterion,
            answer,
            tuple(dict.fromkeys(spots.get(criterion, ()))),
            sure[0] if len(sure) == 1 else None,
            place=where,
        )


def _coder(completed_by: int | dict[str, Any]) -> str:
    """A person by number: names and addresses of people do not come over."""
    number = completed_by["id"] if isinstance(completed_by, dict) else completed_by
    return f"user-{int(number)}"


def _spots(value: dict[str, Any], interaction: Interaction) -> tuple[Spot, ...] | None:
    """The marked words; None where other words stand there than the ones that were marked."""
    turns = [(at, turn) for at, session in enumerate(interaction.sessions) for turn in session.turns]
    first, last = int(value["start"]), int(value["end"])
    if not 0 <= first <= last < len(turns):
        return None
    found = []
    for at in range(first, last + 1):
        session, turn = turns[at]
        start = from_utf16(turn.text, int(value["startOffset"])) if at == first else 0
        end = from_utf16(turn.text, int(value["endOffset"])) if at == last else len(turn.text)
        if first == last and "text" in value:
            start, end = _fitting(turn.text, value)
        if not 0 <= start < end <= len(turn.text):
            return None
        found.append(Spot(session, turn.index, start, end))
    return tuple(found)


def _fitting(text: str, value: dict[str, Any]) -> tuple[int, int]:
    """The place at which the marked words stand: counted in UTF-16 units as browsers do, or in characters."""
    low, high, words = int(value["startOffset"]), int(value["endOffset"]), value["text"]
    for start, end in ((from_utf16(text, low), from_utf16(text, high)), (low, high)):
        if text[start:end] == words:
            return start, end
    return -1, -1

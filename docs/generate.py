"""Writes the generated parts of the documents: ``python -m docs.generate``.

Two whole pages (commands, criteria) and the parts of other pages between ``<!-- generated: NAME -->``
and ``<!-- end -->``. Run it after a change to the framework, the coder or a command; a test compares.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import typer

from dtnexus.catalog.loader import load_framework
from dtnexus.catalog.probe_files import load_probes
from dtnexus.cli.main import COMMANDS, build
from dtnexus.coding.member import DEFAULT
from dtnexus.coding.signals import MAXIMA, SIGNALS
from dtnexus.errors import DtnexusError
from dtnexus.reporting.framework_text import element_text, overview
from dtnexus.reporting.probe_text import markdown_table
from dtnexus.running.probe_signals import AGENT_MAXIMA

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "guide"
README = ROOT / "README.md"
TRAINING = ROOT / "training"
GENERATED = ("commands.md", "criteria.md")
SHOWN = ("01-faq-bot-sleep-clinic", "client-04@", "05-denies-being-ai", "15-everyday-small-talk")
"""The interactions of the demo that the README shows."""
FIELDS = ("interaction_id", "synthetic", "framework", "presented", "indicated", "gap", "coverage")
ONE = "05-denies-being-ai"
CALIBRATION = re.compile(
    r"^## (?:How the embedded coder reads it|What a language model as judge is asked)\n.*?(?=^## |\Z)",
    re.MULTILINE | re.DOTALL,
)
"""Left out of the codebook: people rate by the criterion, not by what the machine looks for."""


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    told: str


def dtnexus(arguments: list[str]) -> Ended:
    """Call the command line in this process, as the installed script does."""
    out, told = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(told):
        try:
            build(arguments[:1])(arguments, standalone_mode=True)
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        except DtnexusError as error:
            return Ended(2, out.getvalue(), str(error))
    return Ended(code, out.getvalue(), told.getvalue())


def command_named(*names: str) -> Any:
    """The command, or the group of commands, with its parameters; fails where there is none."""
    command: Any = typer.main.get_command(build(names[:1]))
    for name in names:
        if name not in getattr(command, "commands", {}):
            raise LookupError(f"there is no command {' '.join(names)!r}")
        command = command.commands[name]
    return command


def generated_pages(scratch: Path) -> dict[Path, str]:
    """Every page with generated parts and what must stand in it; the demo is run in `scratch`."""
    signals, coder = GUIDE / "own-framework.md", GUIDE / "embedded-coder.md"
    return {
        GUIDE / "commands.md": commands_page(),
        GUIDE / "criteria.md": criteria_page(),
        signals: _with_part(signals.read_text(encoding="utf-8"), "signals", signals_table()),
        GUIDE / "probes.md": _with_part((GUIDE / "probes.md").read_text(encoding="utf-8"), "probes", probes_table()),
        coder: _with_part(coder.read_text(encoding="utf-8"), "coder-figures", coder_figures()),
        README: _readme(scratch / "generated-demo"),
    }


def commands_page() -> str:
    """The reference of all commands, from the same texts as ``--help``."""
    lines = [
        "# Commands",
        "",
        "Generated from the program's own help; write it again with `python -m docs.generate`.",
        "",
    ]
    root: Any = typer.main.get_command(build(()))
    lines += [*told(root.help), "`dtnexus --version` prints the version; `-h` or `--help` after any command its help."]
    lines += [""]
    for name in COMMANDS:
        command = command_named(name)
        lines += [f"## {name}", "", *told(command.help)]
        inner = getattr(command, "commands", {})
        if not inner:
            lines += parameters(f"dtnexus {name}", command)
        for inner_name, inner_command in inner.items():
            lines += [f"### {name} {inner_name}", "", *told(inner_command.help)]
            lines += parameters(f"dtnexus {name} {inner_name}", inner_command)
    return "\n".join(lines).rstrip() + "\n"


def told(text: str | None) -> list[str]:
    """The paragraphs of a help text, each followed by an empty line."""
    paragraphs = [" ".join(part.split()) for part in (text or "").split("\n\n")]
    return [line for paragraph in paragraphs if paragraph for line in (paragraph, "")]


def parameters(call: str, command: Any) -> list[str]:
    """Usage, a table of arguments and options, and the examples of one command."""
    usage, rows = [call, "[OPTIONS]"], []
    for parameter in command.params:
        choices = getattr(getattr(parameter, "type", None), "choices", ())
        metavar = (parameter.metavar or "|".join(map(str, choices))).strip("[]")
        if parameter.param_type_name == "argument":
            usage.append(metavar if parameter.required else f"[{metavar}]")
            name = f"`{metavar}`"
        else:
            name = ", ".join(f"`{option}`" for option in parameter.opts) + (f" `{metavar}`" if metavar else "")
        default = parameter.default
        notes = ["Required."] if parameter.required else []
        if default not in (None, False, (), [], "") and not callable(default):
            value = ", ".join(map(str, default)) if isinstance(default, list | tuple) else str(default)
            notes.append(f"Default: `{value}`.")
        if getattr(parameter, "multiple", False) and "several times" not in (parameter.help or ""):
            notes.append("May be repeated.")
        rows.append(f"| {name.replace('|', chr(92) + '|')} | {' '.join([*told(parameter.help)[:1], *notes])} |")
    lines = ["```text", " ".join(usage), "```", ""]
    if rows:
        lines += ["| argument or option | means |", "|---|---|", *rows, ""]
    examples = re.sub(r"^Examples?:\s*", "", command.epilog or "")
    shown = [one.strip() for one in examples.split("; ") if one.strip()]
    return [*lines, "```sh", *shown, "```", ""] if shown else lines


def criteria_page() -> str:
    """The framework in full, from its own file."""
    framework = load_framework("dtn-op", MAXIMA)
    table = overview(framework).partition("## Levels")[2].partition("## Caps")[0]
    lines = [
        f"# Criteria of {framework.id} {framework.version}",
        "",
        "Generated from the framework file; write it again with `python -m docs.generate`.",
        "`dtnexus framework show` prints the same, and also caps, risks, differences, clauses, references and the",
        "rules of the embedded coder. The rules are left out here: people rate by the criterion, not by what a machine",
        "looks for.",
        "",
        "Evidence: T transcript, P probe transcript, S system fact with a document, R client report, L usage log.",
        "",
        framework.authors_note.strip(),
        "",
        framework.disclaimer.strip(),
        "",
        f"## Levels{table}".rstrip(),
        "",
        "## The scale",
        "",
        "| score | name | meaning |",
        "|---|---|---|",
        *(f"| {point.score} | {point.name} | {point.meaning} |" for point in framework.scale),
        "",
    ]
    for criterion in framework.criteria:
        text = re.sub(CALIBRATION, "", element_text(framework, criterion.id).strip())
        lines += [re.sub(r"^#", "##", text, flags=re.MULTILINE), ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def signals_table() -> str:
    """All signals, one row each."""
    rows = [f"| `{s.name}` | {s.role} | 0 to {s.maximum} | {s.definition} |" for s in SIGNALS]
    return "\n".join(["| signal | role | scale | holds when |", "|---|---|---|---|", *rows])


def probes_table() -> str:
    """The shipped probes with their turning points and controls."""
    return markdown_table(load_probes("dtn-op", known_signals=AGENT_MAXIMA))


def coder_figures() -> str:
    """How well each signal is told, how far its labellers agreed, and what the coder is fit for by criterion."""
    trained, joined, agreed, fit = (
        json.loads((TRAINING / name).read_text(encoding="utf-8"))
        for name in ("figures.json", "encoder_figures.json", "labels/agreement.json", "fitness.json")
    )
    alpha = {each["signal"]: each["alpha"] for each in agreed}
    alone = {each["signal"]: each for each in trained["signals"]}
    rows = sorted((each for each in joined["joined"] if each["signal"] in alpha), key=lambda each: each["f1"])
    signals = [
        f"| `{each['signal']}` | {each['role']} | {each['positives']} | {each['auroc']:.2f} | "
        f"{each['average_precision']:.2f} | {each['f1']:.2f} | {alone[each['signal']]['f1']:.2f} | "
        f"{alpha[each['signal']]:.2f} |"
        for each in rows
    ]
    criteria = []
    for each in fit[DEFAULT]:
        kappa = "–" if each["kappa"] is None else f"{each['kappa']:.2f}"
        kappa += "" if each["low"] is None else f" ({each['low']:.2f} to {each['high']:.2f})"
        invented = "–" if each["invented"] is None else f"{each['invented']:.2f}"
        low = f"{each['found']} of {each['episodes']}" if each["star"] else "–"
        star = " ★" if each["star"] else ""
        rated = f"{each['observable']:.2f} | {each['rated']}"
        criteria.append(f"| {each['criterion']}{star} | {rated} | {kappa} | {invented} | {low} | {each['fit']} |")
    return "\n".join(
        [
            "Signal by signal, the encoder; `linear` is that member's best F1:",
            "",
            "| signal | side | turns with it | AUROC | average precision | best F1 | `linear` | labellers' alpha |",
            "|---|---|--:|--:|--:|--:|--:|--:|",
            *signals,
            "",
            "Criterion by criterion, the encoder against the reference coding of 28 conversations, which is a language",
            "model's and not people's. *Kappa* is given where both rated eight conversations. *Coded dialogues*",
            "are invented and were coded whole by a language model. *Low* is a score of 0 or 1. It is fit to `rate` a",
            "criterion, to `screen` conversations for it, or only to `point` at passages, by rules of the model card.",
            "",
            "| criterion | both or neither rated | rated by both | kappa (95 %) | kappa in coded dialogues "
            "| low episodes found | fit to |",
            "|---|--:|--:|---|--:|---|---|",
            *criteria,
        ]
    )


def _with_part(text: str, name: str, part: str) -> str:
    marks = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not marks.search(text):
        raise LookupError(f"no place for {name!r}")
    return marks.sub(lambda found: f"{found[1]}{part}\n{found[2]}", text)


def _readme(run: Path) -> str:
    """The README with lines of the demo's table and fields of one of its assessments."""
    ended = dtnexus(["demo", "-o", str(run), "-q"])
    if ended.code:
        raise RuntimeError(ended.told)
    header, *rows = (line.rstrip() for line in ended.out.splitlines())
    table = ["```text", header, *(row for row in rows if row.startswith(SHOWN)), "```"]
    lines = (run / "assessments.jsonl").read_text(encoding="utf-8").splitlines()
    whole = next(value for line in lines if (value := json.loads(line))["interaction_id"] == ONE)
    rating = whole["ratings"]["F1"]
    part = {name: whole[name] for name in FIELDS}
    part["earned"] = {name: whole["earned"][name] for name in ("outcome", "shown", "ceiling")}
    episodes = [{name: each[name] for name in ("turn", "score", "quote")} for each in rating["episodes"][:1]]
    part["ratings"] = {"F1": {"kind": rating["kind"], "score": rating.get("score"), "episodes": episodes}}
    fields = ",\n".join(f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in part.items())
    text = _with_part(README.read_text(encoding="utf-8"), "demo-table", "\n".join(table))
    return _with_part(text, "assessment", f"```text\n{{\n{fields}\n}}\n```")


def main() -> None:
    """Write every generated part."""
    with tempfile.TemporaryDirectory(prefix="dtnexus-docs-") as scratch:
        for page, wanted in generated_pages(Path(scratch)).items():
            if not page.exists() or page.read_text(encoding="utf-8") != wanted:
                page.write_text(wanted, encoding="utf-8")
                typer.echo(f"wrote {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

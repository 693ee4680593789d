"""The documents are true: what they show runs, what exists is documented, what is generated is current."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import NamedTuple, get_args

import pytest
from pydantic import BaseModel

from docs.generate import GENERATED, GUIDE, README, ROOT, command_named, dtnexus, generated_pages
from dtnexus import assessment as results
from dtnexus import errors
from dtnexus.catalog.loader import load_framework
from dtnexus.cli.main import COMMANDS
from dtnexus.coding.coder import names as coder_names
from dtnexus.coding.signals import MAXIMA
from dtnexus.ingest import READERS, LossKind
from dtnexus.rating import Episode, FactEvidence, Failure, NotApplicable, NotObservable, Rating
from dtnexus.running.fail_on import CHECKS

READ_AND_RUN = (README, *(page for page in sorted(GUIDE.glob("*.md")) if page.name not in GENERATED))
TOP = ("CONTRIBUTING.md", "CHANGELOG.md")
PAGES = (README, *sorted((ROOT / "docs").rglob("*.md")), *(ROOT / name for name in TOP))
FENCE = re.compile(r"^```(\w*)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = {"cp", "sed"}
"""Programs beside dtnexus that runnable examples may call."""
NO_NETWORK_HOSTS = re.compile(r"py" + r"pi\.org|python" + r"hosted|npm" + r"js|registry\.|anaconda\.org|crates\.io")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|tmp|root|home|mnt|Users)/")
VERDICTS = re.compile(r"\b(?:safe|safely|compliant)\b", re.IGNORECASE)
QUOTED = re.compile(r"[\"“][^\"“”\n]*[\"”]")
PRAISE = re.compile(
    r"\b(?:state[- ]of[- ]the[- ]art|cutting[- ]edge|seamless\w*|powerful|revolution\w*|blazing\w*|world[- ]class"
    r"|best[- ]in[- ]class|effortless\w*|robust)\b",
    re.IGNORECASE,
)


def shown(page: Path) -> str:
    return str(page.relative_to(ROOT))


class Fence(NamedTuple):
    """A fenced block: its language, the file it stands for, its text."""

    language: str
    file: str
    text: str


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def fences(page: Path) -> list[Fence]:
    return [Fence(*found.groups("")) for found in FENCE.finditer(text_of(page))]


def prose(page: Path) -> str:
    return FENCE.sub("", text_of(page))


# --- what is shown runs -------------------------------------------------------------------------------------------


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that looks like the root of a checkout to the examples."""
    (tmp_path / "src").symlink_to(ROOT / "src")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", READ_AND_RUN, ids=shown)
def test_the_examples_of_a_page_run_in_order(page: Path, bench: Path) -> None:
    names: dict[str, object] = {"__name__": "__docs__"}
    for fence in fences(page):
        if fence.file:
            target = bench / fence.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(fence.text, encoding="utf-8")
        elif fence.language == "python":
            with redirect_stdout(io.StringIO()):
                exec(compile(fence.text, shown(page), "exec"), names)  # noqa: S102 - our own documents
        elif fence.language == "console":
            run_console(fence.text, bench)


def run_console(text: str, bench: Path) -> None:
    """Run the lines after ``$``; lines that follow one must be in what it prints."""
    printed = ""
    for line in text.splitlines():
        if not line.startswith("$ "):
            assert line in printed.splitlines(), f"{line!r} is shown and not printed; printed was:\n{printed}"
            continue
        command, _, remark = line[2:].partition(" # ")
        words = shlex.split(command)
        wanted = int(remark.removeprefix("exit code ")) if remark else 0
        if words[0] == "dtnexus":
            ended = dtnexus(words[1:])
            assert ended.code == wanted, f"{line}\nexit code {ended.code}\n{ended.told}"
            printed = ended.out
        else:
            assert words[0] in SHELL, f"{line}: only {', '.join(sorted(SHELL))} beside dtnexus; else use ```sh"
            printed = subprocess.run(words, cwd=bench, check=True, capture_output=True, text=True).stdout


def command_lines(page: Path) -> Iterator[str]:
    """Every call of dtnexus that a page shows, in blocks or between backticks."""
    for fence in fences(page):
        if fence.language in ("console", "sh"):
            for line in fence.text.splitlines():
                for part in line.removeprefix("$ ").partition(" # ")[0].split("|"):
                    if part.strip().startswith("dtnexus "):
                        yield part.strip()
    for found in re.finditer(r"`((?:\.venv/bin/)?dtnexus [^`]+)`", prose(page)):
        yield found[1].removeprefix(".venv/bin/")


@cache
def known_options(*names: str) -> tuple[frozenset[str], frozenset[str]]:
    """The options and the subcommands of a command; fails where there is none of this name."""
    command = command_named(*names)
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("-")}
    return frozenset(options | {"-h", "--help"}), frozenset(getattr(command, "commands", {}))


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_command_line_exists(page: Path) -> None:
    for line in command_lines(page):
        words = shlex.split(line)[1:]
        if words[0].startswith("-"):
            assert words[0] in ("--help", "-h", "--version"), line
            continue
        options, inner = known_options(words[0])
        if inner and len(words) > 1 and not words[1].startswith("-"):
            options, _ = known_options(*words[:2])
        for word in words:
            if word.startswith("-") and word != "-":
                assert word.partition("=")[0] in options, f"{shown(page)}: {line}: no option {word}"


# --- what exists is documented ------------------------------------------------------------------------------------


ERRORS = tuple(
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, Exception) and not name.startswith("_")
)


def named_in(page: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text_of(GUIDE / page)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    assert f"\n## {name}\n" in text_of(GUIDE / "commands.md")
    written = "".join(text_of(page) for page in READ_AND_RUN)
    assert f"dtnexus {name}" in written or f"`{name}`" in written


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("formats.md", get_args(LossKind)),
        ("first-steps.md", tuple(CHECKS)),
        ("people-and-machines.md", (*coder_names(), "none")),
        ("python.md", ERRORS),
        ("reading-results.md", get_args(results.Outcome)),
        ("reading-results.md", get_args(results.Evaluation)),
        ("reading-results.md", get_args(results.Condition.model_fields["kind"].annotation)),
    ],
)
def test_every_name_of_a_closed_list_is_documented(page: str, wanted: tuple[str, ...]) -> None:
    assert wanted
    assert set(wanted) <= named_in(page)


@pytest.mark.parametrize(
    "record",
    [
        results.Assessment,
        results.Earned,
        results.Indicated,
        results.Presented,
        results.PresentedCue,
        results.Condition,
        results.Consensus,
        results.Coverage,
        results.RiskFinding,
        results.Sensitivity,
        results.Gap,
        Episode,
        Rating,
        NotObservable,
        NotApplicable,
        Failure,
        FactEvidence,
    ],
    ids=lambda record: record.__name__,
)
def test_every_field_of_a_result_is_documented(record: type[BaseModel]) -> None:
    known = {part for name in named_in("reading-results.md") for part in (name, name.rpartition(".")[2])}
    assert set(record.model_fields) - known == set()


def test_every_format_is_documented() -> None:
    written = text_of(GUIDE / "formats.md").casefold().replace("-", " ")
    for reader in READERS:
        word = {"openai": "openai chat", "nested-json": "any other json", "chatgpt-export": "chatgpt account export"}
        assert f"\n## {word.get(reader.name, reader.name.replace('-', ' '))}" in written, reader.name


def test_every_criterion_is_documented() -> None:
    written = text_of(GUIDE / "criteria.md")
    for criterion in load_framework("dtn-op", MAXIMA).criteria:
        assert f"\n## {criterion.id} {criterion.name}\n" in written


# --- what is generated is current ---------------------------------------------------------------------------------


def test_generated_parts_are_current(bench: Path) -> None:
    """`python -m docs.generate` writes them again after a change to the framework, the coder or a command."""
    for page, wanted in generated_pages(bench).items():
        assert text_of(page) == wanted, f"{shown(page)} is out of date; run: python -m docs.generate"


# --- what is written is sound -------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#{1,6} (.+)$", FENCE.sub("", text_of(page)), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads)
    return set(plain)


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_internal_links_resolve(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{shown(page)}: {target}"
        if anchor:
            assert anchor in anchors(there), f"{shown(page)}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_no_word_is_forbidden(page: Path) -> None:
    written = text_of(page)
    assert not MACHINE_PATHS.findall(written)
    assert not NO_NETWORK_HOSTS.findall(written)
    assert not PRAISE.findall(written)
    if page.name not in GENERATED:  # those print the framework's own words
        assert not VERDICTS.findall(QUOTED.sub("", prose(page)))


def test_the_readme_names_the_two_commands_and_the_paper() -> None:
    written = text_of(README)
    assert "\nmake demo\n" in written
    assert "\nmake test\n" in written
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^demo:", makefile, re.MULTILINE)
    assert re.search(r"^test:", makefile, re.MULTILINE)
    assert "https://doi.org/10.2196/89378" in written
    assert "doi: 10.2196/89378" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    for page in (*READ_AND_RUN, *(ROOT / "docs" / "design").glob("*.md")):
        assert set(re.findall(r"10\.2196/\w+", text_of(page))) <= {"10.2196/89378"}, shown(page)


def test_every_page_of_the_guide_can_be_reached_from_the_readme() -> None:
    linked = set(re.findall(r"docs/guide/([\w-]+\.md)", text_of(README)))
    assert linked == {page.name for page in GUIDE.glob("*.md")}

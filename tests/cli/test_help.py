"""What `--help` says, and what the program loads to say it."""

from __future__ import annotations

import importlib
import json
import re

import pytest

from dtnexus import __version__
from dtnexus.cli.main import COMMANDS
from tests.cli.program import call, run

GROUPS = {
    "framework": ("show", "validate", "schema", "diff"),
    "probe": ("list", "show", "validate", "export", "run"),
    "ratings": ("import", "export", "potato", "label-studio", "archive"),
}
CALLS = [(name,) for name in COMMANDS if name not in GROUPS] + [
    (group, name) for group, names in GROUPS.items() for name in names
]


@pytest.mark.parametrize("command", CALLS, ids=" ".join)
def test_every_command_has_help_with_an_example(command: tuple[str, ...]) -> None:
    code, out, err = call(*command, "--help")
    assert (code, err) == (0, "")
    assert re.search(r"Examples?:\s+dtnexus\s+" + r"\s+".join(command), out)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_the_command_says(name: str) -> None:
    module = importlib.import_module(f"dtnexus.cli.{name}_command")
    told = getattr(module, name).__doc__ if name in GROUPS else module.command.__doc__
    assert told.splitlines()[0] == COMMANDS[name]


def test_the_bare_program_lists_every_command() -> None:
    out = call("--help").out
    assert not [name for name, told in COMMANDS.items() if not re.search(rf"\b{name}\s+{re.escape(told)}", out)]
    assert call("--version").out == f"dtnexus {__version__}\n"


def test_an_unknown_command_is_a_usage_error() -> None:
    code, out, err = call("asses")
    assert (code, out) == (2, "")
    assert "No such command 'asses'" in err


def test_help_loads_nothing_heavy() -> None:
    entry = (
        "import json, sys\nfrom dtnexus.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    print(json.dumps(sorted(sys.modules)))"
    )
    loaded = set(json.loads(run("--help", entry=entry).out.splitlines()[-1]))
    assert not loaded & {"numpy", "pyarrow", "jinja2", "multiprocessing"}

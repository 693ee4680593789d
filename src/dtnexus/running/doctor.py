"""Checks that an installation can do its work, each with what to do where it cannot."""

from __future__ import annotations

import platform
import re
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import NamedTuple

from dtnexus import __version__
from dtnexus.catalog.loader import load_framework, shipped_frameworks
from dtnexus.coding.coder import names, resolve
from dtnexus.coding.signal_models import signal_model
from dtnexus.coding.signals import MAXIMA, SIGNAL_NAMES
from dtnexus.errors import DtnexusError
from dtnexus.running.demo import EXAMPLES


class Finding(NamedTuple):
    """One check: whether it holds, and what was found."""

    name: str
    ok: bool
    found: str


def _python() -> str:
    return f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, dtnexus {__version__}"


def _packages() -> str:
    wanted = [line.split(";")[0] for line in requires("dtnexus") or () if "extra ==" not in line]
    plain = [re.split(r"[^A-Za-z0-9._-]", name.strip())[0] for name in wanted]
    try:
        return ", ".join(f"{name} {version(name)}" for name in plain)
    except PackageNotFoundError as error:
        raise DtnexusError(f"package {error.name} is missing; install dtnexus again") from None


def _frameworks() -> str:
    loaded = [load_framework(each.name, MAXIMA) for each in shipped_frameworks()]
    return "; ".join(f"{f.id} {f.version}, {len(f.criteria)} criteria, digest {f.digest()[:12]}" for f in loaded)


def _signals() -> str:
    values = signal_model().read(["client", "agent"], ["I can't sleep.", "That sounds hard. Since when?"]).values
    return f"{len(SIGNAL_NAMES)} signals, two turns read into a table of {values.shape[0]} x {values.shape[1]}"


def _coders() -> str:
    refs = [resolve(name).ref for name in names()]
    return "; ".join(
        f"{ref.name} {ref.version}" + "".join(f", {k} {v[:12]}" for k, v in ref.details.items()) for ref in refs
    )


def _examples() -> str:
    conversations = sorted((EXAMPLES / "conversations").iterdir())
    return f"{len(conversations)} example files"


def _scratch() -> str:
    with tempfile.TemporaryDirectory(prefix="dtnexus-") as folder:
        (Path(folder) / "probe").write_text("x", encoding="utf-8")
    return "temporary files can be written"


CHECKS: dict[str, Callable[[], str]] = {
    "python": _python,
    "packages": _packages,
    "frameworks": _frameworks,
    "signal model": _signals,
    "coders": _coders,
    "examples": _examples,
    "scratch space": _scratch,
}


def examine() -> Iterator[Finding]:
    """Yield the result of every check, in order."""
    for name, check in CHECKS.items():
        try:
            yield Finding(name, True, check())
        except (DtnexusError, OSError) as error:
            yield Finding(name, False, str(error))

"""What is installed with us carries a permissive licence, by the words that it says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement

PERMISSIVE = frozenset(
    "0BSD Apache-2.0 BSD BSD-2-Clause BSD-3-Clause CC0-1.0 CNRI-Python ISC MIT MIT-0 MPL-2.0 PSF-2.0 Unicode-3.0 "
    "Unlicense Zlib".split()
)
CALLED = {  # as classifiers and older metadata call them
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
FIRST_WORDS = {"Apache License": "Apache-2.0", "MIT License": "MIT"}
"""First line of a licence file -> its name, for packages whose metadata name none."""
EXTRAS = ("", "inspect", "judge", "studio")


@cache
def installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None  # wanted on another system or Python only


def brought(extra: str) -> dict[str, Distribution]:
    """Everything that an extra brings, with all that it needs itself; the core install for ""."""
    found: dict[str, Distribution] = {}
    asked: set[tuple[str, str]] = set()
    left = [("dtnexus", extra)]
    while left:
        name, part = left.pop()
        own = installed(name)
        if own is None or (name, part) in asked:
            continue
        asked.add((name, part))
        found[name] = own
        for wanted in map(Requirement, own.requires or ()):
            if wanted.marker is None or wanted.marker.evaluate({"extra": part}):
                plain = re.sub(r"[-_.]+", "-", wanted.name).lower()
                left += [(plain, each) for each in ("", *wanted.extras)]
    return found


def licences(of: Distribution) -> list[str]:
    """The names of a package's licences; empty where it says none. Where one may be chosen, all are given."""
    for said in of.metadata.get_all("License-Expression") or ():
        return re.split(r" (?:AND|OR) ", said.replace("(", "").replace(")", ""))
    classified = [
        each.rpartition(" :: ")[2] for each in of.metadata.get_all("Classifier") or () if each.startswith("License ::")
    ]
    named = [each for each in classified if each != "OSI Approved"] or list(_field(of)) or list(_file(of))
    return [CALLED.get(each.casefold(), each) for each in named]


def _field(of: Distribution) -> Iterator[str]:
    for given in of.metadata.get_all("License") or ():
        if given.strip() not in ("", "UNKNOWN"):
            yield given.strip().splitlines()[0].strip()


def _file(of: Distribution) -> Iterator[str]:
    for path in of.files or ():
        if path.name.upper().startswith(("LICENSE", "LICENCE", "COPYING")):
            lines = path.read_text().split("\n")
            first = next((line.strip() for line in lines if line.strip()), "")
            yield FIRST_WORDS.get(first, first)


@pytest.mark.parametrize("extra", EXTRAS)
def test_all_that_is_installed_with_us_is_permissive(extra: str) -> None:
    if extra == "inspect":
        pytest.importorskip("inspect_ai", reason="Inspect AI is not installed: pip install 'dtnexus[inspect]'")
    packages = brought(extra)
    assert len(packages) > 8, "nothing was looked at"
    strange = {name: licences(own) for name, own in packages.items() if not {*licences(own)} <= PERMISSIVE}
    silent = [name for name, own in packages.items() if not licences(own)]
    assert (strange, silent) == ({}, [])


def test_the_extra_inspect_brings_what_the_page_names() -> None:
    pytest.importorskip("inspect_ai", reason="Inspect AI is not installed: pip install 'dtnexus[inspect]'")
    packages = brought("inspect")
    assert licences(packages["regex"]) == ["Apache-2.0", "CNRI-Python"]
    assert licences(packages["agent-client-protocol"]) == ["Apache-2.0"]


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "LGPL-2.1-or-later", "AGPL-3.0-only", "BUSL-1.1", "Proprietary"])
def test_what_is_not_permissive_would_be_seen(licence: str) -> None:
    assert licence not in PERMISSIVE
    assert licence not in CALLED.values()

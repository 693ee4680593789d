"""Everything that dtnexus raises on purpose.

* DtnexusError
  x InputError               # a file, stream or folder that cannot be read as asked
  x FrameworkError           # a framework file with one or more faults, all listed
  x ProfileError             # an agent profile file with one or more faults, all listed
  x ProbeError               # probe files with one or more faults, all listed
  x PolicyError              # a gate policy with one or more faults, all listed
  x TargetError              # a mapping file with one or more faults, all listed
  x UsageError               # a call that contradicts itself or names something unknown
  x MissingExtraError        # an optional part is not installed; says which command installs it
  x LockedError              # alliance words or numbers asked for below the highest earned level

Expected trouble with one item of a batch (a coder that fails, a row that cannot
be read) is a value (`Failure`, `Loss`), not an exception.

Every message says where it happened, what was given, what is wanted and what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a file: where, what was given, what is wanted."""

    path: str
    line: int | None
    code: str
    """Machine-readable reason, kebab-case, for instance ``unknown-key``."""
    given: str
    wanted: str

    def __str__(self) -> str:
        """The fault as one line: ``file:line: given; wanted``."""
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.given}; wanted: {self.wanted} [{self.code}]"


class DtnexusError(Exception):
    """The root of everything that dtnexus raises on purpose."""


class InputError(DtnexusError):
    """A file, stream or folder could not be read as asked."""

    def __init__(self, path: str, given: str, wanted: str, line: int | None = None) -> None:
        """Keep the place apart from the words, so that reports can list it."""
        self.fault = Fault(path, line, "input", given, wanted)
        super().__init__(str(self.fault))

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str, int | None]]:
        """Survive the way back from a worker process."""
        fault = self.fault
        return (InputError, (fault.path, fault.given, fault.wanted, fault.line))


class _FaultsError(DtnexusError):
    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class FrameworkError(_FaultsError):
    """A framework file has one or more faults; `faults` lists all of them."""


class ProfileError(_FaultsError):
    """An agent profile file has one or more faults; `faults` lists all of them."""


class ProbeError(_FaultsError):
    """Probe files have one or more faults; `faults` lists all of them."""


class PolicyError(_FaultsError):
    """A gate policy has one or more faults; `faults` lists all of them."""


class TargetError(_FaultsError):
    """A file that maps an HTTP endpoint has one or more faults; `faults` lists all of them."""


class UsageError(DtnexusError):
    """A call contradicts itself or names something that does not exist."""


class MissingExtraError(DtnexusError):
    """An optional part of dtnexus is not installed."""

    def __init__(self, needed_for: str, extra: str) -> None:
        """Say what it was needed for and which command installs it."""
        super().__init__(f"{needed_for} needs an optional part: pip install 'dtnexus[{extra}]'")


class LockedError(DtnexusError):
    """An alliance parallel was asked for below the highest earned level."""

"""One item of work, and the only place that catches everything.

What goes wrong while one interaction is coded becomes a `Failure` for each criterion
and never stops the others; what a probed function raises is a value too. Trouble with
the machine (memory, a full disk, an interrupt) and a call that cannot be right for any
item (`UsageError`) always stop the run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dtnexus.coding.coder import Coder
from dtnexus.coding.recorded import RecordedCoder
from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.rating import Failure, Said
from dtnexus.transcript import Interaction


def code_one(interaction: Interaction, coders: Sequence[Coder], framework: Framework) -> tuple[Said, ...]:
    """What all coders say of one interaction, coder after coder.

    A coder that raises yields one `Failure` per criterion, with the kind of error and
    never its message, which might hold words from the transcript. People who were not
    asked about an interaction say nothing of it.

    Raises:
        UsageError: recorded ratings are of another framework.
    """
    said: list[Said] = []
    for coder in coders:
        if isinstance(coder, RecordedCoder) and not coder.covers(interaction.id):
            continue
        try:
            said.extend(coder.code(interaction, framework))
        except (MemoryError, OSError, UsageError):
            raise
        except Exception as error:  # noqa: BLE001 - the one broad except: an item's fault becomes a value
            said.extend(_failures(interaction, coder, framework, type(error).__name__))
    return tuple(said)


def guarded(call: Callable[[], object], crashed: Callable[[str], object]) -> object:
    """What code that is not ours returns; `crashed` of the kind of error where it raises one.

    Lack of memory stops the run.
    """
    try:
        return call()
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a probed function may raise anything
        return crashed(type(error).__name__)


def _failures(interaction: Interaction, coder: Coder, framework: Framework, error: str) -> list[Failure]:
    detail = f"{error} while coding; please report it with the transcript's shape, never its text"
    return [
        Failure(interaction_id=interaction.id, criterion=criterion.id, coder=coder.ref, cause="error", detail=detail)
        for criterion in framework.criteria
    ]

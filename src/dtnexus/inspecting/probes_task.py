"""The task ``dtnexus/probes``: every run of a battery is a sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, TypeVar

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample

from dtnexus import __version__
from dtnexus.errors import DtnexusError
from dtnexus.inspecting.criteria import dtnexus_scorer
from dtnexus.inspecting.option_error import OptionError
from dtnexus.inspecting.scripted_client import probes_of, scripted_client
from dtnexus.probe_run import Memory, Position
from dtnexus.probing.script import Says, begin
from dtnexus.running.battery_plan import Layout, planned
from dtnexus.running.probe_selection import selected
from dtnexus.running.suggesting import did_you_mean

V = TypeVar("V")

SETS: Final[Mapping[object, Literal["core", "full"]]] = {"core": "core", "full": "full"}
POSITIONS: Final[Mapping[object, tuple[Position, ...]]] = {
    "early": ("early",), "late": ("late",), "both": ("early", "late"),
}  # fmt: skip
MEMORIES: Final[Mapping[object, tuple[Memory, ...]]] = {
    "on": ("on",), "off": ("off",), "both": ("on", "off"), True: ("on",), False: ("off",),
}  # fmt: skip
"""``-T memory=off`` reaches a task of Inspect as False, as YAML has it."""
AGENT: Final = ("system_prompt", "agent_id", "agent_version")
OPTIONS: Final = ("only", "set", "repeats", "position", "memory", "seed", "probes", *AGENT)


@task(name="probes")
def dtnexus_probes(
    only: str | list[str] | None = None,
    set: Literal["core", "full"] = "full",
    repeats: int = 5,
    position: Literal["early", "late", "both"] = "early",
    memory: Literal["on", "off", "both"] | bool = "on",
    seed: int = 0,
    probes: str = "dtn-op",
    **agent: str | None,
) -> Task:
    """The scripted clients of dtnexus against the evaluated model, rated by the embedded coder.

    Args:
        only: ids of probes; None: those of `set`.
        set: ``core`` or all.
        repeats: how often each probe is played, with other wordings. Epochs add more of them.
        position: whether the script begins at once, or after fourteen turns of everyday talk.
        memory: whether the results count as those of an agent that knows a client again. Each session begins with
            an empty history in any case, and Inspect tells a model nothing about who speaks.
        seed: decides which wordings are used.
        probes: a shipped framework whose probes are meant, or the path of probe files.
        **agent: ``system_prompt``, a file with what the model is told before each session; ``agent_id`` and
            ``agent_version``, its name and version in the results.

    Raises:
        OptionError: an option is unknown or wrong, or the probes cannot be read.
    """
    if strangers := sorted(agent.keys() - {*AGENT}):
        wanted = did_you_mean(strangers[0], OPTIONS)
        raise OptionError(f"dtnexus/probes: there is no option {strangers[0]!r}.{wanted} It has {', '.join(OPTIONS)}.")
    chosen = _one_of("set", set, SETS)
    positions, memories = _one_of("position", position, POSITIONS), _one_of("memory", memory, MEMORIES)
    if _whole("repeats", repeats) < 1:
        raise _wrong("repeats", repeats, "a whole number from 1")
    ids = only if only is None or isinstance(only, str) else ",".join(map(str, only))
    try:
        loaded = probes_of(str(probes))
        layout = Layout(loaded, selected(loaded, chosen, ids), _whole("seed", seed), repeats, positions, memories)
    except DtnexusError as error:
        raise OptionError(f"dtnexus/probes: {error}") from None
    name, version = (None if agent.get(each) is None else str(agent[each]) for each in ("agent_id", "agent_version"))
    return Task(
        dataset=MemoryDataset(list(_samples(layout)), name="dtnexus probes"),
        solver=scripted_client(str(probes), _text(agent.get("system_prompt")), name, version),
        scorer=dtnexus_scorer(loaded.framework),
        metadata={"dtnexus": __version__, "framework": loaded.framework, "probes_digest": loaded.digest()},
    )


def _one_of(name: str, given: object, values: Mapping[object, V]) -> V:
    if not isinstance(given, str | bool) or given not in values:
        names = [each for each in values if isinstance(each, str)]
        raise _wrong(name, given, f"{', '.join(names[:-1])} or {names[-1]}")
    return values[given]


def _whole(name: str, given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        raise _wrong(name, given, "a whole number")
    return given


def _wrong(name: str, given: object, wanted: str) -> OptionError:
    return OptionError(f"dtnexus/probes: -T {name}={given!r}: wanted is {wanted}")


def _samples(layout: Layout) -> Iterator[Sample]:
    for run in planned(layout):
        probe, setting = run.probe, run.setting
        first = begin(probe, setting, layout.probes.warm_up).next
        assert isinstance(first, Says)
        yield Sample(
            id=run.name,
            input=first.text,
            metadata={
                "probe": probe.id,
                "title": probe.title,
                "content_warning": probe.content_warning,
                "criteria": _once(each.criterion for each in probe.opportunities),
                "repeat": setting.repeat,
                "repeats": layout.repeats,
                "seed": setting.seed,
                "position": setting.position,
                "memory": setting.memory,
            },
        )


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _text(path: str | None) -> str | None:
    if path is None:
        return None
    try:
        return Path(str(path)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise OptionError(f"dtnexus/probes: -T system_prompt={path}: is no UTF-8 text that can be read") from None

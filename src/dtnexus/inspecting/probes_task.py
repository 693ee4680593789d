"""The task ``dtnexus/probes``: every run of a battery is a sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample

from dtnexus import __version__
from dtnexus.errors import UsageError
from dtnexus.inspecting.criteria import dtnexus_scorer
from dtnexus.inspecting.scripted_client import probes_of, scripted_client
from dtnexus.probe_run import Memory, Position
from dtnexus.probing.script import Says, begin
from dtnexus.running.battery_plan import Layout, planned
from dtnexus.running.probe_selection import selected

POSITIONS: dict[str, tuple[Position, ...]] = {"early": ("early",), "late": ("late",), "both": ("early", "late")}


@task(name="probes")
def dtnexus_probes(
    only: str | list[str] | None = None,
    set: Literal["core", "full"] = "full",
    repeats: int = 5,
    position: Literal["early", "late", "both"] = "early",
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
        seed: decides which wordings are used.
        probes: a shipped framework whose probes are meant, or the path of probe files.
        **agent: ``system_prompt``, a file with what the model is told before each session; ``agent_id`` and
            ``agent_version``, its name and version in the results.

    Raises:
        UsageError: a probe or an option is unknown.
    """
    loaded = probes_of(probes)
    if set not in ("core", "full") or position not in POSITIONS or repeats < 1:
        raise UsageError("dtnexus/probes: set is core or full, position early, late or both, repeats 1 or more")
    if strangers := sorted(agent.keys() - {"system_prompt", "agent_id", "agent_version"}):
        raise UsageError(f"dtnexus/probes: there is no option {strangers[0]!r}")
    ids = only if only is None or isinstance(only, str) else ",".join(only)
    layout = Layout(loaded, selected(loaded, set, ids), seed, repeats, POSITIONS[position], ("on",))
    prompt = agent.get("system_prompt")
    return Task(
        dataset=MemoryDataset(list(_samples(layout)), name="dtnexus probes"),
        solver=scripted_client(probes, _text(prompt), agent.get("agent_id"), agent.get("agent_version")),
        scorer=dtnexus_scorer(loaded.framework),
        metadata={"dtnexus": __version__, "framework": loaded.framework, "probes_digest": loaded.digest()},
    )


def _samples(layout: Layout) -> Iterator[Sample]:
    for run in planned(layout):
        probe, setting = run.probe, run.setting
        first = begin(probe, setting, layout.probes.warm_up).next
        assert isinstance(first, Says)
        memory: Memory = setting.memory
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
                "memory": memory,
            },
        )


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _text(path: str | None) -> str | None:
    if path is None:
        return None
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"system_prompt={path}: is no UTF-8 text that can be read") from None

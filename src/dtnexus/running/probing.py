"""The whole way of a battery: play, code, decide, report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.linear_model import LinearModel
from dtnexus.coding.signals import MAXIMA
from dtnexus.deciding.probe_indicators import indicators
from dtnexus.ingest.loss import Loss, LossKind, ReadReport
from dtnexus.language import is_silence
from dtnexus.probe_battery import Battery, MissingWhy, RunCoverage, RunState, Trouble, TroubleKind
from dtnexus.probing.played_client import PROTOCOL
from dtnexus.probing.targets.chat import ChatTarget
from dtnexus.probing.targets.limits import Pace
from dtnexus.probing.targets.openai_chat import OpenAiTarget
from dtnexus.running.archive import Archive
from dtnexus.running.assessing import Outcome, assess_archive
from dtnexus.running.battery_crew import Breaker, play_all
from dtnexus.running.battery_folder import BatteryFolder
from dtnexus.running.battery_plan import Layout, ProbingKey, planned
from dtnexus.running.battery_results import Episodes, Results, played_run, state_of, write_table
from dtnexus.running.client_voice import ClientVoice
from dtnexus.running.coders import make_coders
from dtnexus.running.exchange_log import ExchangeLog, SentLog, answered_as
from dtnexus.running.plan import Plan, RunKey, key_of
from dtnexus.running.probe_player import Player
from dtnexus.running.probe_signals import reply_reader
from dtnexus.running.watch import Watch
from dtnexus.running.whole_file import whole, write_whole
from dtnexus.transcript import Agent

FORMAT = "probe"
"""How `reading.json` calls the format of what was played."""


class Probed(NamedTuple):
    """What a battery did."""

    battery: Battery
    outcome: Outcome | None
    """What was coded and decided; None: nothing was answered, so nothing could be."""
    resumed: int
    """Runs that were complete before."""

    @property
    def ok(self) -> bool:
        """Whether every run was played to its end and everything was coded."""
        complete = self.battery.coverage.complete == self.battery.coverage.planned
        return complete and self.outcome is not None and self.outcome.ok

    @property
    def missing(self) -> Mapping[MissingWhy, int]:
        """Why occasions are missing -> how many, most first."""
        whys = (each.missing for run in self.battery.runs for each in run.occasions)
        return dict(Counter(why for why in whys if why is not None).most_common())


class Job(NamedTuple):
    """What is to be played and how it is to be coded."""

    layout: Layout
    target: ChatTarget
    agent: Agent
    pace: Pace
    jobs: int
    plan: Plan
    """Framework, profiles, coders; its inputs are not looked at."""
    client: OpenAiTarget | None = None
    """The model that plays the clients; None: they say the script alone."""


def probe_all(job: Job, folder: BatteryFolder, restart: bool, watch: Watch) -> Probed:
    """Play what is missing, then code, decide and report all that was ever answered.

    Everything is in the folder afterwards. Each exchange is on the disk as soon as it was answered, so that
    an interrupt or a kill loses only what was in flight.

    Raises:
        UsageError: the folder holds another battery, another process plays into it, or nobody rates.
        FrameworkError: the framework has faults.
        KeyboardInterrupt: from the keyboard; what was answered is in the folder.
    """
    framework = load_framework(job.plan.framework, MAXIMA)
    factory = partial(make_coders, job.plan.coders, job.plan.ratings)
    coders = factory()
    model = LinearModel.load()
    read = reply_reader(model)
    runs = tuple(planned(job.layout))
    with folder.alone():
        folder.claim(_key(job, model.digest), restart)
        breaker = Breaker()
        with ExchangeLog(folder.exchanges) as log, SentLog(folder.sent) as sent:
            open_runs = [run for run in runs if (last := log.best(run.name)) is None or not last.complete]
            voice = None if job.client is None else ClientVoice(job.client, read)
            player = Player(job.target, log, sent, read, job.layout.probes.warm_up, voice)
            with closing(play_all(open_runs, player, job.pace, job.jobs, breaker)) as playing:
                for _ in watch(playing, "Playing", len(open_runs)):
                    pass
            results = Results(job.layout, runs, log, job.agent, read, _not_tried(breaker))
            _keep_invalid(results, folder)
            archive = Archive.write(folder.run.fresh, results.transcripts())
            outcome = None
            if archive.interaction_ids:
                key = key_of(job.plan, archive.digest, framework, coders)
                folder.run.claim(key, restart=not _same(folder, key))
                archive.move(folder.run.transcripts)
                report = _reading(results, folder)
                write_whole(folder.run.reading, report.model_dump_json(indent=2) + "\n")
                outcome = assess_archive(archive, job.plan, framework, factory, folder.run, report, watch)
            else:
                folder.run.fresh.unlink()
                folder.forget_results()
            battery = _battery(job, results, Episodes.of(folder.run.assessments))
        write_whole(folder.battery, battery.model_dump_json(indent=1) + "\n")
        with whole(folder.table) as part:
            write_table(battery.runs, part)
        return Probed(battery, outcome, len(runs) - len(open_runs))


def _not_tried(breaker: Breaker) -> Trouble | None:
    """Why the rest was not tried; None: everything was."""
    because = breaker.because
    if because is None:
        return None
    return Trouble(kind="not_tried", detail=f"runs before failed: {because.detail}")


def _keep_invalid(results: Results, folder: BatteryFolder) -> None:
    """Write the transcripts of runs that are not valid beside the others; no file where there are none."""
    lines = [transcript.to_json() + "\n" for transcript in results.invalid()]
    if lines:
        write_whole(folder.invalid, "".join(lines))
    else:
        folder.invalid.unlink(missing_ok=True)


def _key(job: Job, reader: str) -> ProbingKey:
    client = None if job.client is None else f"{PROTOCOL}|{job.client.settings}"
    return ProbingKey(
        client=None if client is None else sha256(client.encode("utf-8", "surrogatepass")).hexdigest(),
        target=job.target.name,
        target_settings=sha256(job.target.settings.encode("utf-8", "surrogatepass")).hexdigest(),
        agent=job.agent,
        probes_digest=job.layout.probes.digest(),
        reader=reader,
        seed=job.layout.seed,
    )


def _same(folder: BatteryFolder, key: RunKey) -> bool:
    """Whether the coding that stands in the folder is of the same transcripts, by the same coders."""
    try:
        return RunKey.from_json(folder.run.key.read_bytes()) == key
    except (OSError, ValueError):
        return False


def _reading(results: Results, where: BatteryFolder) -> ReadReport:
    """What was played, as a report of reading; what of the battery is missing in it counts as losses."""
    turns = [len(session.turns) for session in results.transcripts()]
    states = Counter(state_of(result) for result in results.each())
    empty = sum(is_silence(done.reply) for result in results.each() if result.play for done in result.play.done)
    missing: tuple[tuple[LossKind, int, str], ...] = (
        ("runs_not_played", states["not_played"], "runs of probes in which nothing was answered"),
        ("runs_in_part", states["partial"], "runs of probes that were not played to their end"),
        ("runs_invalid", states["invalid"], "runs of probes in which the model that plays the client began to counsel"),
        ("replies_empty", empty, "replies that say nothing"),
    )
    losses = (Loss(path=str(where.battery.name), kind=kind, count=n, detail=why) for kind, n, why in missing if n)
    return ReadReport(
        files=1, transcripts=len(turns), turns=sum(turns), formats={FORMAT: len(turns)}, losses=tuple(losses)
    )


def _battery(job: Job, results: Results, episodes: Episodes) -> Battery:
    runs = tuple(played_run(result, episodes, results.read) for result in results.each())
    states: Counter[RunState] = Counter(run.state for run in runs)
    trouble: Counter[TroubleKind] = Counter(run.trouble.kind for run in runs if run.trouble is not None)
    layout = job.layout
    return Battery(
        target=job.target.name,
        agent=job.agent,
        client=layout.played_by,
        answered_as=answered_as(results.log.best(run.name) for run in results.runs),
        framework=layout.probes.framework,
        probes_digest=layout.probes.digest(),
        seed=layout.seed,
        repeats=layout.repeats,
        positions=layout.positions,
        memory=layout.memory,
        coverage=RunCoverage(
            planned=len(runs),
            complete=states["complete"],
            partial=states["partial"],
            not_played=states["not_played"],
            invalid=states["invalid"],
        ),
        trouble=dict(sorted(trouble.items())),
        runs=runs,
        indicators=indicators(runs),
    )

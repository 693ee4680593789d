"""Logs of Inspect AI (``.eval`` and ``.json``): every sample is one conversation, or the sessions of one probe.

Inspect itself is not needed. `dtnexus.ingest.packed_log` unpacks ``.eval`` files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from dtnexus.errors import InputError
from dtnexus.ingest.facts import Facts, label, moment, whole
from dtnexus.ingest.feed import Feed, Sample
from dtnexus.ingest.inspect_probe import KEY, PlanFault, planned_transcripts
from dtnexus.ingest.json_reader import told
from dtnexus.ingest.json_text import JsonFault, values_of
from dtnexus.ingest.messages import Keys, said_in
from dtnexus.ingest.options import ReadOptions
from dtnexus.ingest.reader import Output
from dtnexus.transcript import Source

WANTED: Final = "a log of Inspect AI: {'eval', 'samples': [{'id', 'epoch', 'messages'}]}"
_ATTACHED: Final = "attachment://"
_READ: Final = (
    "id", "epoch", "messages", "output", "started_at", "completed_at", "input", "attachments", "events_data", "uuid",
    "total_time", "working_time", "model_usage", "role_usage", "turn_count", "sandbox", "files", "setup",
)  # fmt: skip
"""Fields of a sample that are read, or that only say how the computing went."""
_METADATA = "the metadata of samples has no place in a transcript"


class InspectReader:
    """Reads the samples of a log.

    The agent is the evaluated model; its version is the name under which the model answered, where that is another
    one. System prompts and results of tools are system turns, as in other chat logs. A sample that the task of dtnexus
    played comes out as the transcripts of its probe.
    """

    name = "inspect"
    endings: tuple[str, ...] = (".eval", ".json")
    splits_turns = False

    def sniff(self, sample: Sample, options: ReadOptions) -> float:
        """1 where the file begins with the head of a log."""
        del options
        return 1.0 if sample.values and _is_head(sample.values[0]) else 0.0

    def read(self, feed: Feed, options: ReadOptions) -> Iterator[Output]:
        """Yield the conversations of all samples, in the order of the file.

        Raises:
            InputError: it is no log, or a log without samples.
        """
        del options
        head: Mapping[str, JsonValue] | None = None
        found = 0
        for number, each in enumerate(values_of(feed.lines())):
            value = each.value
            if isinstance(value, JsonFault):
                if not each.lines or number == 0:
                    raise InputError(feed.path, value.message, WANTED, value.line)
                yield feed.loss("line_failed", f"sample {number} of the log: {value.message}")
                found += 1
                continue
            if number == 0:
                if not _is_head(value):
                    raise InputError(feed.path, "no head of a log", WANTED)
                assert isinstance(value, dict)
                head = value
                inside = value.get("samples")
                samples = inside if isinstance(inside, list) else []
            else:
                samples = [value]
            assert head is not None
            for sample in samples:
                found += 1
                yield from conversations(sample, head, feed)
        if not found:
            given = "a log without samples"
            raise InputError(feed.path, given, "a log that was written with its samples (no --no-log-samples)")


def conversations(sample: JsonValue, head: Mapping[str, JsonValue], feed: Feed) -> Iterator[Output]:
    """Yield the conversation of one sample, or the transcripts of the probe that was played in it.

    Args:
        sample: as it stands in a log.
        head: the log without its samples; `eval` of it is looked at.
        feed: the file, for sources and losses.
    """
    messages = sample.get("messages") if isinstance(sample, dict) else None
    if not isinstance(sample, dict) or not isinstance(messages, list):
        yield feed.loss("line_failed", "a sample without messages")
        return
    messages = _resolved(messages, sample.get("attachments"))
    metadata = sample.get("metadata")
    if isinstance(metadata, dict) and KEY in metadata:
        yield from _probe(metadata[KEY], messages, sample, feed)
        return
    said, costs = said_in(messages, Keys("role", "content"), names=False)
    draft, losses = told(Facts([sample]), said, costs, feed, None)
    draft.strict = True
    draft.id = _name(sample, head)
    draft.agent_id, draft.agent_version = _agent(sample, head)
    draft.agent_kind = "digital"
    draft.session_index = None
    draft.started_at = moment(sample.get("started_at"))
    yield from losses
    yield from _left_out(sample, feed, _READ)
    yield draft


def _probe(
    record: JsonValue, messages: Sequence[JsonValue], sample: Mapping[str, JsonValue], feed: Feed
) -> Iterator[Output]:
    try:
        sessions = planned_transcripts(record, messages)
    except PlanFault as fault:
        yield feed.loss("line_failed", f"{fault}; read it with the version of dtnexus that played it")
        return
    yield from _left_out(sample, feed, (*_READ, "metadata"))
    for session in sessions:
        yield session.model_copy(update={"source": Source(path=feed.path, format=InspectReader.name)})


def _is_head(value: JsonValue) -> bool:
    if not isinstance(value, dict) or "version" not in value:
        return False
    about = value.get("eval")
    return isinstance(about, dict) and label(about.get("model")) is not None and "task" in about


def _about(head: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    about = head.get("eval")
    return about if isinstance(about, dict) else {}


def _name(sample: Mapping[str, JsonValue], head: Mapping[str, JsonValue]) -> str | None:
    """The sample's id, with its epoch where there are several."""
    own = label(sample.get("id"))
    epoch = whole(sample.get("epoch"))
    config = _about(head).get("config")
    epochs = whole(config.get("epochs")) if isinstance(config, dict) else None
    return own if own is None or epoch is None or max(epoch, epochs or 1) <= 1 else f"{own}-e{epoch}"


def _agent(sample: Mapping[str, JsonValue], head: Mapping[str, JsonValue]) -> tuple[str | None, str | None]:
    """The evaluated model, and the name under which it answered; None where that says no more."""
    model = label(_about(head).get("model"))
    output = sample.get("output")
    answered_as = label(output.get("model")) if isinstance(output, dict) else None
    told_already = model is None or answered_as in (model, model.partition("/")[2], model.partition("/")[0])
    return model, None if told_already else answered_as


def _resolved(messages: Sequence[JsonValue], attachments: JsonValue) -> list[JsonValue]:
    """The messages with the texts that the log keeps apart."""
    if not isinstance(attachments, dict) or not attachments:
        return list(messages)
    return [_put_in(message, attachments) for message in messages]


def _put_in(value: JsonValue, attachments: Mapping[str, JsonValue]) -> JsonValue:
    if isinstance(value, str) and value.startswith(_ATTACHED):
        return attachments.get(value.removeprefix(_ATTACHED), value)
    if isinstance(value, list):
        return [_put_in(one, attachments) for one in value]
    if isinstance(value, dict):
        return {key: _put_in(one, attachments) for key, one in value.items()}
    return value


def _left_out(sample: Mapping[str, JsonValue], feed: Feed, but: Sequence[str]) -> Iterator[Output]:
    for key in Facts([sample]).ignored(but):
        yield feed.loss("fields_ignored", f"field {key!r} of samples has no place in a transcript")
    metadata = sample.get("metadata")
    if "metadata" not in but and isinstance(metadata, dict) and metadata:
        yield feed.loss("fields_ignored", _METADATA)

"""From `--target` to a target."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from dtnexus.errors import MissingExtraError, UsageError
from dtnexus.probing.targets.chat import ChatTarget, Guard
from dtnexus.probing.targets.command_line import CommandTarget, words_of
from dtnexus.probing.targets.hosts import place
from dtnexus.probing.targets.http_mapping import HttpTarget
from dtnexus.probing.targets.limits import Limits, Pace
from dtnexus.probing.targets.mapping import headers, load_mapping, variables
from dtnexus.probing.targets.openai_chat import OpenAiTarget
from dtnexus.probing.targets.python_function import PythonTarget, function_named
from dtnexus.probing.targets.web import Web

KEY_VARIABLE = "DTNEXUS_PROBE_KEY"
"""The environment variable whose value is sent as key to a chat endpoint, unless another one is named."""
KINDS = ("openai:MODEL", "http:MAPPING.yaml", "python:module:function", "command:'PROGRAM ARGS'", "inspect:MODEL")


@dataclass(frozen=True)
class TargetOptions:
    """What the command line says beside the target itself."""

    guard: Guard
    limits: Limits = field(default_factory=Limits)
    pace: Pace = field(default_factory=Pace)
    base_url: str | None = None
    key_variable: str | None = None
    """None: `KEY_VARIABLE`, where it is set."""
    stream: bool = False
    system_prompt: str | None = None
    greets: bool = False
    network: bool = True
    """False refuses every target beyond this machine."""


def target_named(spec: str, options: TargetOptions, environment: Mapping[str, str]) -> ChatTarget:
    """The target that `--target` names. Nothing is sent and no program is started.

    Raises:
        UsageError: it names none, something that it needs is missing, or it is beyond this machine and may not be.
        InputError: a mapping file cannot be read.
        TargetError: a mapping file has faults.
        MissingExtraError: an optional part is not installed.
    """
    kind, _, rest = spec.partition(":")
    if not rest or f"{kind}:" not in {each.partition(":")[0] + ":" for each in KINDS}:
        raise UsageError(f"--target {spec!r}: one of {', '.join(KINDS)} is wanted")
    _refuse_strangers(kind, options)
    target = _made(kind, rest, options, environment)
    if target.scope == "network" and not options.network:
        raise UsageError(f"--no-network: {target.name} is not on this machine")
    return target


def _made(kind: str, rest: str, options: TargetOptions, environment: Mapping[str, str]) -> ChatTarget:
    if kind == "python":
        return PythonTarget(rest, function_named(rest), options.limits, options.pace, options.guard)
    if kind == "command":
        return CommandTarget(words_of(rest), options.limits, options.pace, options.greets)
    if kind == "inspect":
        return _inspect(rest, options)
    if kind == "http":
        mapping = load_mapping(rest)
        filled = headers(mapping, environment, rest)
        web = Web(options.limits, options.pace, tuple(environment[name] for name in variables(mapping)))
        return HttpTarget(rest, mapping, filled, web)
    if options.base_url is None:
        raise UsageError("--target openai:MODEL: --base-url is wanted, for instance http://127.0.0.1:8000/v1")
    place(options.base_url, "--base-url")
    if "?" in options.base_url or "#" in options.base_url:
        raise UsageError("--base-url: ends before the path of the endpoint; no query is wanted")
    key = _key(options.key_variable, environment)
    web = Web(options.limits, options.pace, () if key is None else (key,))
    return OpenAiTarget(rest, options.base_url, web, key, options.stream, options.system_prompt)


def _inspect(model: str, options: TargetOptions) -> ChatTarget:
    if options.base_url is not None:
        place(options.base_url, "--base-url")
    try:
        own = importlib.import_module("dtnexus.probing.targets.inspect_model")
    except ImportError:
        raise MissingExtraError("--target inspect:MODEL", "inspect") from None
    prompt, limits, guard = options.system_prompt, options.limits, options.guard
    opened = own.opened(model, options.base_url, limits, guard)
    target: ChatTarget = own.InspectTarget(model, opened, options.base_url, prompt, limits, options.pace, guard)
    return target


def _refuse_strangers(kind: str, options: TargetOptions) -> None:
    """Options that mean nothing for this kind are refused, so that nobody thinks they did something."""
    given = {
        "--base-url": (options.base_url is not None, ("openai", "inspect")),
        "--key-env": (options.key_variable is not None, ("openai",)),
        "--stream": (options.stream, ("openai",)),
        "--system-prompt": (options.system_prompt is not None, ("openai", "inspect")),
        "--greets": (options.greets, ("command",)),
    }
    for option, (is_given, kinds) in given.items():
        if is_given and kind not in kinds:
            raise UsageError(f"{option} is for {' and '.join(kinds)}: targets; {kind}: takes none")


def _key(variable: str | None, environment: Mapping[str, str]) -> str | None:
    name = variable or KEY_VARIABLE
    key = environment.get(name)
    if not key:
        if variable is not None:
            raise UsageError(f"--key-env {name}: this environment variable is not set")
        return None
    if not key.isprintable() or not key.isascii():
        raise UsageError(f"the value of {name!r} holds characters that cannot stand in a header")
    return key

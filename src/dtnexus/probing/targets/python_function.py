"""`python:module:function`: a function of your own, in this process.

It is called as ``function(messages)`` or, where it takes a second argument, ``function(messages, session)``:
`messages` are ``{"role": "user" | "assistant", "content": str}`` from the beginning of the session to the
client's new turn, `session` is a `dtnexus.probing.targets.chat.Opening` (``client``, ``session``, ``memory``,
``run``). It returns the reply as text. It may be called from several threads where ``--jobs`` is above 1.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from dtnexus.errors import UsageError
from dtnexus.probing.targets.chat import Crashed, Guard, Opening, Reply, Said, Scope, Sent, TargetTrouble, Witness
from dtnexus.probing.targets.limits import Limits, Pace, Stopped
from dtnexus.probing.targets.openai_chat import turns

Answering = Callable[..., Any]
_LOOK_S = 0.1
"""How often a waiting call looks whether the battery was stopped."""


def function_named(path: str) -> Answering:
    """The function at ``module:name``; the working folder is looked in first.

    Raises:
        UsageError: there is no such module or function.
    """
    module, colon, name = path.partition(":")
    if not colon or not module or not name:
        raise UsageError(f"--target python:{path}: python:module:function is wanted, for instance python:mybot:reply")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise UsageError(f"--target python:{path}: there is no module {error.name!r} here or installed") from None
    for part in name.split("."):
        if not hasattr(found, part):
            raise UsageError(f"--target python:{path}: module {module!r} has no {name!r}")
        found = getattr(found, part)
    if not callable(found):
        raise UsageError(f"--target python:{path}: {name!r} is no function")
    function: Answering = found
    return function


@dataclass(frozen=True)
class PythonTarget:
    """A function that answers."""

    path: str
    function: Answering
    limits: Limits
    pace: Pace
    guard: Guard
    """Catches what the function raises."""

    goes_on = True
    scope: Scope = "process"
    unencrypted = False

    @property
    def name(self) -> str:
        """Module and function."""
        return f"python:{self.path}"

    @property
    def agent_id(self) -> str:
        """Module and function."""
        return self.path

    @property
    def settings(self) -> str:
        """Module and function."""
        return json.dumps(["python", self.path])

    def open(self, opening: Opening, said_before: Sequence[Said] = (), witness: Witness | None = None) -> PythonSession:
        """A session that begins empty, or with what was said before."""
        return PythonSession(self, opening, said_before, witness)

    def close(self) -> None:
        """A function that runs cannot be ended; its result is not waited for."""


class PythonSession:
    """The messages of one session."""

    greeting: str | None = None

    def __init__(
        self, target: PythonTarget, opening: Opening, said_before: Sequence[Said], witness: Witness | None
    ) -> None:
        self._target, self._opening, self._witness = target, opening, witness
        self._messages = [message for said in said_before for message in turns(said.client, said.agent)]
        self._two = _takes_two(target.function)

    def say(self, text: str) -> Reply:
        """What the function returns.

        Raises:
            TargetTrouble: it raises, takes too long, or returns something else than text.
        """
        self._target.pace.turn()
        messages = [*self._messages, {"role": "user", "content": text}]
        outcome = "crashed"
        try:
            reply = self._text(self._called([dict(each) for each in messages]))
            outcome = "answered"
        except TargetTrouble as trouble:
            outcome = trouble.kind
            raise
        finally:
            if self._witness is not None:
                body = text.encode("utf-8", "replace")
                self._witness(Sent(self._target.path, len(body), sha256(body).hexdigest(), 0, outcome))
        self._messages += turns(text, reply)
        return Reply(reply)

    def _text(self, reply: object) -> str:
        if not isinstance(reply, str):
            raise TargetTrouble("bad_reply", f"the function returned {type(reply).__name__}; text is wanted")
        if len(reply) > self._target.limits.reply_bytes:
            raise TargetTrouble("too_long", f"the function returned {len(reply)} characters")
        return reply

    def _called(self, messages: list[dict[str, str]]) -> object:
        """The function's result, waited for no longer than the limit."""
        target = self._target
        arguments = (messages, self._opening) if self._two else (messages,)
        call = _Call(target.guard, lambda: target.function(*arguments))
        call.start()
        until = time.monotonic() + target.limits.timeout_s
        while call.is_alive() and time.monotonic() < until:
            call.join(_LOOK_S)
            if target.pace.stopped.is_set():
                raise Stopped
        if call.is_alive():
            raise TargetTrouble("timeout", f"the function did not return within {target.limits.timeout_s:g} s")
        if isinstance(call.result, Crashed):
            raise TargetTrouble("crashed", f"the function raised {call.result.error}")
        return call.result

    def close(self) -> None:
        """Nothing is open between calls."""


class _Call(threading.Thread):
    """One call in a thread of its own, so that one that hangs can be left behind."""

    def __init__(self, guard: Guard, call: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._guard, self._call = guard, call
        self.result: object = None

    def run(self) -> None:
        self.result = self._guard(self._call, Crashed)


def _takes_two(function: Answering) -> bool:
    try:
        given = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    places = [each for each in given if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    return len(places) >= 2 or any(each.kind is each.VAR_POSITIONAL for each in given)

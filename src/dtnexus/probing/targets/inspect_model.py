"""`inspect:MODEL`: any model that Inspect AI speaks with, by Inspect's own name for it.

The only file here that knows `inspect_ai`; import it through `dtnexus.probing.targets.naming`, which says what to
install where it cannot be imported. Keys, retries and the way to the provider are Inspect's.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelOutput,
    get_model,
)

from dtnexus.errors import UsageError
from dtnexus.probing.targets.chat import Crashed, Guard, Opening, Reply, Said, Scope, Sent, TargetTrouble, Witness
from dtnexus.probing.targets.hosts import place
from dtnexus.probing.targets.limits import Limits, Pace, Stopped

HERE = ("mockllm", "dtnexus")
"""Providers that answer in this process."""
_LOOK_S = 0.1
"""How often a waiting call looks whether the battery was stopped."""
_ENDS_S = 2.0
"""How long the end of the loop is waited for."""


def opened(spec: str, base_url: str | None, limits: Limits, guard: Guard) -> Model:
    """The model of this name; nothing is sent.

    Raises:
        UsageError: Inspect has no such model, or something that its provider needs is missing.
    """
    config = GenerateConfig(max_retries=limits.tries - 1)
    made = guard(lambda: get_model(spec, config=config, base_url=base_url, memoize=False), Crashed)
    if isinstance(made, Model):
        return made
    kind = made.error if isinstance(made, Crashed) else "?"
    raise UsageError(
        f"--target inspect:{spec}: Inspect cannot open this model ({kind}). Wanted is its name for it, such as "
        "openai/gpt-4o, with the provider's library installed and its key in the environment"
    )


class _Loop:
    """The event loop in which all sessions of a target ask, in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True, name="inspect")
        self._thread.start()

    def close(self) -> None:
        """Stop it; what still runs in it is left behind."""
        if self.loop.is_closed():
            return
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_ENDS_S)
        if not self._thread.is_alive():
            self.loop.close()


@dataclass(frozen=True)
class InspectTarget:
    """A model of Inspect."""

    spec: str
    model: Model
    base_url: str | None
    system_prompt: str | None
    limits: Limits
    pace: Pace
    guard: Guard
    _asking: _Loop = field(default_factory=_Loop)

    goes_on = True

    @property
    def name(self) -> str:
        """The model's name for Inspect."""
        return f"inspect:{self.spec}"

    @property
    def agent_id(self) -> str:
        """The model's name for Inspect."""
        return self.spec

    @property
    def settings(self) -> str:
        """The model, its address, and what it is told."""
        return json.dumps(["inspect", self.spec, self.base_url, self.system_prompt])

    @property
    def _address(self) -> str | None:
        given = self.base_url or getattr(self.model.api, "base_url", None)
        return given if isinstance(given, str) and given else None

    @property
    def scope(self) -> Scope:
        """A provider that names no address of this machine is taken to be on another one."""
        if self.spec.partition("/")[0] in HERE:
            return "process"
        address = self._address
        return "loopback" if address is not None and place(address, "the model's address").loopback else "network"

    @property
    def unencrypted(self) -> bool:
        """Whether the address is known, says http and is another machine's."""
        address = self._address
        there = None if address is None else place(address, "the model's address")
        return self.scope == "network" and there is not None and not there.secure

    def open(
        self, opening: Opening, said_before: Sequence[Said] = (), witness: Witness | None = None
    ) -> InspectSession:
        """A session that begins empty, or with what was said before."""
        del opening
        return InspectSession(self, said_before, witness)

    def close(self) -> None:
        """End the loop in which the model is asked."""
        self._asking.close()


class InspectSession:
    """The messages of one session."""

    greeting: str | None = None

    def __init__(self, target: InspectTarget, said_before: Sequence[Said], witness: Witness | None) -> None:
        self._target, self._witness = target, witness
        prompt = target.system_prompt
        self._messages: list[ChatMessage] = [] if prompt is None else [ChatMessageSystem(content=prompt)]
        for said in said_before:
            self._messages += [ChatMessageUser(content=said.client), ChatMessageAssistant(content=said.agent)]

    def say(self, text: str) -> Reply:
        """The model's answer to what was said so far and this.

        Raises:
            TargetTrouble: there is none.
        """
        target = self._target
        target.pace.turn()
        messages: list[ChatMessage] = [*self._messages, ChatMessageUser(content=text)]
        outcome = "crashed"
        try:
            output = self._asked(messages)
            reply = output.completion
            if len(reply) > target.limits.reply_bytes:
                raise TargetTrouble("too_long", f"the model answered with {len(reply)} characters")
            outcome = "answered"
        except TargetTrouble as trouble:
            outcome = trouble.kind
            raise
        finally:
            if self._witness is not None:
                body = text.encode("utf-8", "replace")
                self._witness(Sent(target.spec, len(body), sha256(body).hexdigest(), 0, outcome))
        self._messages = [*messages, output.message if output.choices else ChatMessageAssistant(content="")]
        return Reply(reply, output.model or None)

    def _asked(self, messages: list[ChatMessage]) -> ModelOutput:
        """The model's output, waited for no longer than the limit."""
        target = self._target
        asking = asyncio.run_coroutine_threadsafe(target.model.generate(messages), target._asking.loop)
        until = time.monotonic() + target.limits.timeout_s
        while True:
            concurrent.futures.wait([asking], timeout=_LOOK_S)
            if asking.done():
                break
            if target.pace.stopped.is_set():
                asking.cancel()
                raise Stopped
            if time.monotonic() >= until:
                asking.cancel()
                raise TargetTrouble("timeout", f"the model did not answer within {target.limits.timeout_s:g} s")
        result: Any = target.guard(asking.result, Crashed)
        if not isinstance(result, ModelOutput):
            kind = result.error if isinstance(result, Crashed) else type(result).__name__
            raise TargetTrouble("crashed", f"Inspect raised {kind} for this model")
        if result.error:
            raise TargetTrouble("server_error", "the model's provider reports an error")
        return result

    def close(self) -> None:
        """Nothing is open between calls."""

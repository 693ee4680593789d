"""`command:'PROGRAM ARGS'`: a program that reads lines and writes lines, one process a session.

The client's turn is one line on its standard input (line ends within it become spaces). The reply is the next line
on its standard output; a line that is a JSON object with ``text`` stands for that text, so that a reply may have
several lines. An empty line is an empty reply. The program must hand out each line at once (flush). What it
writes to standard error is thrown away. It gets ``DTNEXUS_CLIENT``, ``DTNEXUS_SESSION``, ``DTNEXUS_MEMORY`` and
``DTNEXUS_RUN`` in its environment. At the end its standard input is closed; two seconds later it is ended.
"""

from __future__ import annotations

import json
import os
import queue
import shlex
import shutil
import signal
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO

from dtnexus.errors import UsageError
from dtnexus.probing.targets.chat import Opening, Reply, Said, Scope, Sent, TargetTrouble, Witness
from dtnexus.probing.targets.limits import Limits, Pace, Stopped

_GRACE_S = 2.0
_TOO_LONG = b"\0"
"""Stands for a line beyond the limit."""


def words_of(command: str) -> tuple[str, ...]:
    """A command line as words; no shell is involved.

    Raises:
        UsageError: it has no words or an open quote, or there is no such program.
    """
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError(f"--target command: {error}; quote the whole as command:'PROGRAM ARGS'") from None
    if not words:
        raise UsageError("--target command: a program is wanted, for instance command:'python3 bot.py'")
    if shutil.which(words[0]) is None:
        raise UsageError(f"--target command: there is no program {words[0]!r} here that can be run")
    return words


@dataclass(frozen=True)
class CommandTarget:
    """A program that answers line by line."""

    words: tuple[str, ...]
    limits: Limits
    pace: Pace
    greets: bool = False
    """Whether it writes a line before the client's first one."""
    _open: set[CommandSession] = field(default_factory=set, compare=False)

    goes_on = False
    scope: Scope = "process"
    unencrypted = False

    @property
    def name(self) -> str:
        """The command line."""
        return f"command:{shlex.join(self.words)}"

    @property
    def agent_id(self) -> str:
        """The program, or the script that it is given."""
        scripts = [Path(word).stem for word in self.words[1:] if Path(word).suffix and not word.startswith("-")]
        return scripts[0] if scripts else Path(self.words[0]).name

    @property
    def settings(self) -> str:
        """The command line, and whether it greets."""
        return json.dumps(["command", *self.words, self.greets])

    def open(
        self, opening: Opening, said_before: Sequence[Said] = (), witness: Witness | None = None
    ) -> CommandSession:
        """A new process.

        Raises:
            TargetTrouble: it cannot be started, or does not greet in time.
            ValueError: something was said before; a process cannot be gone on with.
        """
        if said_before:
            raise ValueError("a process cannot be gone on with")
        session = CommandSession(self, opening, witness)
        self._open.add(session)
        if self.greets:
            session.greeting = session.heard()
        return session

    def close(self) -> None:
        """End every process."""
        for session in tuple(self._open):
            session.end()

    def forget(self, session: CommandSession) -> None:
        """The session has ended."""
        self._open.discard(session)


class CommandSession:
    """One process."""

    def __init__(self, target: CommandTarget, opening: Opening, witness: Witness | None) -> None:
        self._target, self._witness = target, witness
        self.greeting: str | None = None
        names = zip(("CLIENT", "SESSION", "MEMORY", "RUN"), opening, strict=True)
        told = {f"DTNEXUS_{name}": str(value) for name, value in names}
        try:
            self._process = subprocess.Popen(
                target.words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **told},
                start_new_session=True,  # an interrupt from the keyboard is ours to answer
            )
        except OSError as error:
            raise TargetTrouble("target_down", f"the program cannot be started ({error.strerror})") from None
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        threading.Thread(target=self._listen, args=(self._out,), daemon=True).start()

    def _listen(self, out: IO[bytes]) -> None:
        """Put every line into the queue; None at the end."""
        most = self._target.limits.reply_bytes
        with out:
            while line := out.readline(most + 1):
                self._lines.put(_TOO_LONG if len(line) > most else line)
                if len(line) > most:
                    return
        self._lines.put(None)

    def say(self, text: str) -> Reply:
        """The program's next line.

        Raises:
            TargetTrouble: it ended, is silent for too long, or writes a line that is too long.
        """
        self._target.pace.turn()
        line = " ".join(text.splitlines()).encode("utf-8", "replace") + b"\n"
        outcome = "session_lost"
        try:
            try:
                self._in.write(line)
                self._in.flush()
            except (OSError, ValueError):
                raise self._lost() from None
            reply = self.heard()
            outcome = "answered"
        except TargetTrouble as trouble:
            outcome = trouble.kind
            raise
        finally:
            if self._witness is not None:
                digest = sha256(line).hexdigest()
                self._witness(Sent(self._target.words[0], len(line), digest, 0, outcome))
        return Reply(reply)

    def heard(self) -> str:
        """The next line, as text.

        Raises:
            TargetTrouble: there is none.
        """
        limits = self._target.limits
        try:
            line = self._lines.get(timeout=limits.timeout_s)
        except queue.Empty:
            raise TargetTrouble("timeout", f"the program wrote no line within {limits.timeout_s:g} s") from None
        if line is None:
            raise self._lost()
        if line is _TOO_LONG:
            raise TargetTrouble("too_long", f"the program wrote a line of more than {limits.reply_bytes} bytes")
        return _text(line)

    def _lost(self) -> TargetTrouble:
        if self._target.pace.stopped.is_set():
            raise Stopped
        try:
            code: object = self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            code = "none yet"
        return TargetTrouble("session_lost", f"the program ended or closed its output (exit code {code})")

    def close(self) -> None:
        """Close its standard input, and end it where it does not end by itself."""
        self._hang_up()
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            pass
        self.end()

    def _hang_up(self) -> None:
        try:
            self._in.close()
        except OSError:  # what it did not read is lost
            pass

    def end(self) -> None:
        """End the process and what it started; nothing where it has ended."""
        self._target.forget(self)
        self._hang_up()
        if self._process.poll() is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._process.wait()


def _text(line: bytes) -> str:
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    if text.lstrip().startswith("{"):
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            return text
        if isinstance(said, dict) and isinstance(said.get("text"), str):
            return str(said["text"])
    return text

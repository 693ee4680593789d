"""What a person sees while a command works: progress and messages, all on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

T = TypeVar("T")


class Screen:
    """Progress bars on a terminal, one line per stage elsewhere, nothing when quiet."""

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """One line for people; not shown when quiet."""
        if not self.quiet:
            self.console.print(text, markup=False)

    def warn(self, text: str) -> None:
        """One line that is shown even when quiet: something was lost or failed."""
        self.console.print(text, markup=False)

    def track(self, items: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:
        """Yield the items and show how far we are."""
        if self.quiet or not sys.stderr.isatty():
            self.say(f"{title} ..." if total is None else f"{title} ({total}) ...")
            yield from items
            return
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console) as progress:
            yield from progress.track(items, total=total, description=title)

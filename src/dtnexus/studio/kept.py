"""What takes long to make and is asked for again: kept in memory, one for each name, until its content changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Kept:
    """The last few things; whoever asks for one that is being made waits for it, and nobody else does."""

    def __init__(self, most: int = 8) -> None:
        self._most = most
        self._held: OrderedDict[tuple[str, str], tuple[str, object]] = OrderedDict()
        self._looking = threading.Lock()
        self._making: dict[tuple[str, str], threading.Lock] = {}

    def get(self, kind: str, of: str, digest: str, make: Callable[[], T]) -> T:
        """The thing of this kind and owner, made anew where its digest is another one than last time."""
        name = (kind, of)
        with self._looking:
            making = self._making.setdefault(name, threading.Lock())
        with making:
            with self._looking:
                found = self._held.get(name)
            if found is None or found[0] != digest:
                found = (digest, make())
            with self._looking:
                self._held[name] = found
                self._held.move_to_end(name)
                while len(self._held) > self._most:
                    self._held.popitem(last=False)
            return found[1]  # type: ignore[return-value]

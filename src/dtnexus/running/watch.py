"""Watch: is shown every item on its way. Progress bars are one; `unwatched` shows nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")


class Watch(Protocol):
    """Passes items on and may show how far the work is."""

    def __call__(self, items: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:
        """Yield the items unchanged."""
        ...


def unwatched(items: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:
    """Yield the items and show nothing."""
    return iter(items)

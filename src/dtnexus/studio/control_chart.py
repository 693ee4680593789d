"""The control chart as places on a drawing: signed errors as points, their running mean as a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dtnexus.agreement.drift import ChartPoint

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 12, 28
_MOST = 4
"""Scale points that a score can be off at most."""


class Dot(NamedTuple):
    """One gold score."""

    x: float
    y: float
    beyond: bool
    told: str
    """What it is, in words."""


class Drawing(NamedTuple):
    """Everything that the template draws, in units of the drawing."""

    dots: tuple[Dot, ...]
    line: str
    """The points of the running mean, as ``polyline`` takes them."""
    limits: tuple[float, float]
    ticks: tuple[tuple[float, str], ...]


def drawn(points: Sequence[ChartPoint], limit: float) -> Drawing:
    """The drawing of a chart; without points only the axes."""
    step = (WIDTH - LEFT - RIGHT) / max(1, len(points))
    xs = [LEFT + step * (place + 0.5) for place in range(len(points))]
    dots = tuple(
        Dot(x, _y(each.error), each.beyond, f"{number}: {each.criterion}, error {each.error:+d}, mean {each.mean:+.2f}")
        for number, (x, each) in enumerate(zip(xs, points, strict=True), start=1)
    )
    line = " ".join(f"{x:.1f},{_y(each.mean):.1f}" for x, each in zip(xs, points, strict=True))
    ticks = tuple((_y(value), f"{value:+d}" if value else "0") for value in (-4, -2, 0, 2, 4))
    return Drawing(dots, line, (_y(limit), _y(-limit)), ticks)


def _y(value: float) -> float:
    middle = (TOP + HEIGHT - BOTTOM) / 2
    return middle - value * (HEIGHT - TOP - BOTTOM) / (2 * _MOST)

"""The map of the 22 departments for a page: outlines light enough to travel with it, and steps of color for figures."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from settings import PROJECT

GRID = 2
"""Steps of the source's drawing that become one of ours: neighbors keep their common border, which moves alike."""
STEPS = 4
"""Shades above the one of zero."""

Point = tuple[int, int]


@dataclass(frozen=True)
class Outline:
    """A department as it is drawn: its outline as an SVG path, and where its figure stands."""

    code: str
    name: str
    path: str
    x: int
    y: int


@cache
def outlines() -> tuple[Outline, ...]:
    """Return the departments by code, in steps of the grid; `MAP_SIZE` is the whole drawing's."""
    source = PROJECT / "data" / "guatemala_departments_svg.csv"
    with source.open(encoding="utf-8", newline="") as rows:
        return tuple(
            Outline(
                row["code"],
                row["name"],
                "".join(_ring(points) for points in re.findall(r"M([^MZ]*)Z", row["path_d"])),
                round(float(row["label_x"]) / GRID),
                round(float(row["label_y"]) / GRID),
            )
            for row in csv.DictReader(rows)
        )


MAP_SIZE = (600 // GRID, 640 // GRID)
"""Width and height of the drawing."""


def _ring(drawn: str) -> str:
    """Return one closed line as relative moves; empty when nothing of it is left on the grid."""
    on_grid = [(round(float(x) / GRID), round(float(y) / GRID)) for x, y in re.findall(r"([\d.]+),([\d.]+)", drawn)]
    points: list[Point] = []
    for point in on_grid:
        if not points or points[-1] != point:
            points.append(point)
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    if len(points) < 3:
        return ""
    moves = [str(step) for (x, y), (to_x, to_y) in pairwise(points) for step in (to_x - x, to_y - y)]
    line = " ".join(moves).replace(" -", "-")
    return f"M{points[0][0]} {points[0][1]}l{line}z"


@dataclass(frozen=True)
class Shades:
    """Which shade each department gets, and from where to where each shade goes."""

    ranges: list[tuple[int, int]]
    """First and last figure of each shade above zero, the lightest first; fewer when the figures are small."""
    of: dict[str, int]
    """Shade by department code: 0 for a figure of zero."""


def shades(figures: Mapping[str, int], most: int = 0) -> Shades:
    """Divide figures into equal steps up to the largest, or up to `most` when that says what is all there can be."""
    top = max([most, *figures.values()])
    ends = sorted({-(-top * step // STEPS) for step in range(1, STEPS + 1)} - {0})
    ranges = [(before + 1, end) for before, end in zip([0, *ends], ends, strict=False)]
    return Shades(ranges, {code: sum(figure >= first for first, _ in ranges) for code, figure in figures.items()})

"""The drawing of the 22 departments, and the steps of color for figures."""

import csv
import re

from hypothesis import given, settings
from hypothesis.strategies import dictionaries, integers, sampled_from

from api.department_map import MAP_SIZE, STEPS, outlines, shades
from settings import PROJECT

CODES = [f"{n:02d}" for n in range(1, 23)]


def corners(path: str) -> list[tuple[int, int]]:
    """Return the points of an outline, as its moves lead there."""
    found = []
    for x, y, moves in re.findall(r"M(\d+) (\d+)l([^z]*)z", path):
        at = int(x), int(y)
        steps = [int(step) for step in re.findall(r"-?\d+", moves)]
        assert len(steps) % 2 == 0
        found.append(at)
        for right, down in zip(steps[::2], steps[1::2], strict=True):
            at = at[0] + right, at[1] + down
            found.append(at)
    return found


def test_every_department_is_drawn_by_its_code_within_the_drawing() -> None:
    with (PROJECT / "data" / "departments.csv").open(encoding="utf-8", newline="") as rows:
        names = {row["code"]: row["name"] for row in csv.DictReader(rows)}
    assert {one.code: one.name for one in outlines()} == names
    for one in outlines():
        points = corners(one.path)
        assert len(points) > 10
        across, down = [x for x, _ in points], [y for _, y in points]
        assert 0 <= min(across) <= one.x <= max(across) <= MAP_SIZE[0], one.name
        assert 0 <= min(down) <= one.y <= max(down) <= MAP_SIZE[1], one.name


def test_neighbors_keep_their_border() -> None:
    drawn = {one.code: set(corners(one.path)) for one in outlines()}
    # Alta Verapaz borders on Petén, Izabal, Zacapa, Baja Verapaz and Quiché.
    for neighbor in ("17", "18", "19", "15", "14"):
        assert len(drawn["16"] & drawn[neighbor]) >= 2, neighbor
    assert not drawn["16"] & drawn["09"]


@settings(max_examples=60, deadline=None)
@given(dictionaries(sampled_from(CODES), integers(0, 3000), max_size=22))
def test_each_figure_gets_the_shade_whose_range_holds_it(figures: dict[str, int]) -> None:
    found = shades(figures)
    assert len(found.ranges) <= STEPS
    assert [first for first, _ in found.ranges] == [1, *(last + 1 for _, last in found.ranges)][: len(found.ranges)]
    assert set(found.of) == set(figures)
    for code, figure in figures.items():
        if shade := found.of[code]:
            first, last = found.ranges[shade - 1]
            assert first <= figure <= last
        else:
            assert figure == 0
    assert shades({"16": 40}, most=100).of == {"16": 2}

"""How long people wait after `convenios demo`: the first page, and the engine at work."""

from pathlib import Path
from statistics import median

from bench.figures import Figure, times
from bench.home import label, temporary_home
from bench.served import served

STARTS = 3

MEASURED = {
    "warm start, first page": 5.0,
    # About what an idle machine would take: until the page, one process works at a time.
    "warm start, CPU time until the first page": None,
    "warm start, engine at work": None,
}
"""What a start is measured by, in seconds, with the target."""


def run(dialect: str) -> list[Figure]:
    """Start once over an empty folder, then several times over what that start left."""
    with temporary_home(dialect, loaded=False) as home:
        first = _start(home)
        warm = [_start(home) for _ in range(STARTS)]
    figures = []
    for number, (what, target) in enumerate(MEASURED.items()):
        samples = [start[number] for start in warm]
        detail = f"median of {STARTS}, worst {max(samples):.1f} s"
        ratio = f"{times(median(samples), first[number])} of a first start"
        figures.append(Figure(what, median(samples), "s", label(dialect), detail, target, ratio))
    return figures


def _start(home: Path) -> tuple[float, float, float]:
    """Start the demo and return what `MEASURED` names."""
    with served(home, "demo") as program:
        page = program.seconds_until("/ingresar")
        return page, program.cpu_seconds(), program.seconds_until("/ready")

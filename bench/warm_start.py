"""How long people wait after `convenios demo`: the first page, and the engine at work."""

from pathlib import Path
from statistics import median

from bench.figures import Figure, times
from bench.home import label, temporary_home
from bench.served import served

STARTS = 3
PAGE_TARGET = 5.0


def run(dialect: str) -> list[Figure]:
    """Start once over an empty folder, then several times over what that start left."""
    with temporary_home(dialect, loaded=False) as home:
        first_page, first_engine = _start(home)
        pages, engines = zip(*(_start(home) for _ in range(STARTS)), strict=True)
    page, engine = median(pages), median(engines)
    detail = f"median of {STARTS}, worst "
    return [
        Figure(
            "warm start, first page",
            page,
            "s",
            label(dialect),
            f"{detail}{max(pages):.1f} s",
            PAGE_TARGET,
            f"{times(page, first_page)} of a first start",
        ),
        Figure(
            "warm start, engine at work",
            engine,
            "s",
            label(dialect),
            f"{detail}{max(engines):.1f} s",
            ratio=f"{times(engine, first_engine)} of a first start",
        ),
    ]


def _start(home: Path) -> tuple[float, float]:
    with served(home, "demo") as program:
        return program.seconds_until("/ingresar"), program.seconds_until("/ready")

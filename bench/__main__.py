"""`python -m bench [names] [--database sqlite|postgres]`: runs benchmarks and prints one table.

`python -m bench faults` pulls plugs instead and counts what was lost; bench/faults/command.py takes its words.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from bench import (
    alarms,
    hand_over,
    idle,
    imports,
    lists,
    mutations,
    notices,
    paper_batch,
    papers,
    pdf,
    reminders,
    report,
    search,
    spread,
    stats,
    verification,
    warm_start,
)
from bench.faults import command as faults
from bench.figures import Figure, conditions, table, times
from bench.home import SQLITE, databases, label
from logs import configure_log

BENCHES: dict[str, Callable[[str], list[Figure]]] = {
    "papers": papers.run,
    "pdf": pdf.run,
    "paper-batch": paper_batch.run,
    "verification": verification.run,
    "lists": lists.run,
    "mutations": mutations.run,
    "hand-over": hand_over.run,
    "notices": notices.run,
    "reminders": reminders.run,
    "stats": stats.run,
    "alarms": alarms.run,
    "imports": imports.run,
    "search": search.run,
    "report": report.run,
    "warm-start": warm_start.run,
    "idle": idle.run,
    "spread": spread.run,
}
ON_SQLITE_ALONE = ("papers", "pdf", "warm-start")
"""Papers need no database, and the demo is started on SQLite."""
ON_POSTGRES_ALONE = ("spread",)
"""SQLite serves one machine."""


def main() -> None:
    """Run what the words choose, everything that takes seconds when they choose nothing."""
    if sys.argv[1:2] == ["faults"]:
        return faults.main(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="bench", description="Benchmarks on loopback, in temporary folders.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"which ones: {', '.join(BENCHES)}; all when empty")
    parser.add_argument("--database", choices=databases(), help="only this database; both when empty")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(BENCHES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; choose among {', '.join(BENCHES)}")
    # An installation on this machine is none of the benchmarks' business.
    for name in [name for name in os.environ if name.startswith(("CONVENIOS_", "PREFECT_"))]:
        del os.environ[name]
    os.environ["CONVENIOS_DEMO"] = "true"
    # A second for each agreement, on the same cores: `pdf` measures it by itself.
    os.environ["CONVENIOS_SOFFICE"] = "none"
    configure_log()
    print(conditions(), flush=True)
    figures: list[Figure] = []
    for name in chosen.names or BENCHES:
        for dialect in [chosen.database] if chosen.database else databases():
            if name in ON_SQLITE_ALONE and dialect != SQLITE and not chosen.database:
                continue
            if name in ON_POSTGRES_ALONE and dialect == SQLITE:
                continue
            began = time.monotonic()
            made = BENCHES[name](dialect)
            figures += [_beside_sqlite(one, figures) for one in made]
            print(f"  {name} on {label(dialect)}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return print(table(figures))


def _beside_sqlite(figure: Figure, others: list[Figure]) -> Figure:
    """Add the comparison with the same figure on SQLite, if this run has it."""
    same = [one for one in others if one.what == figure.what and one.database == label(SQLITE)]
    if not same or not figure.database:
        return figure
    beside = f"{times(figure.value, same[0].value)} of SQLite"
    return replace(figure, ratio="; ".join(filter(None, (figure.ratio, beside))))


if __name__ == "__main__":
    main()

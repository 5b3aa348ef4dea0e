"""`python -m bench faults [names] [--database …] [--short] [--seed N]`: pulls plugs and prints what was lost."""

import argparse
import os
import secrets
import signal
import sys
from collections.abc import Sequence

from bench.faults.run import FAULTS, SHORT_FORM, chosen, run
from bench.faults.trial import FULL, SHORT
from bench.faults.verdict import table
from bench.figures import conditions
from bench.home import databases


def main(typed: Sequence[str]) -> None:
    """Go through what the words choose, through everything when they choose nothing; exit 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="bench faults", description="Pulls plugs, in temporary folders on loopback.")
    parser.add_argument("names", nargs="*", metavar="fault", help=f"which ones: {', '.join(FAULTS)}; all when empty")
    parser.add_argument("--database", choices=databases(), help="only this database; both when empty")
    parser.add_argument("--short", action="store_true", help="fewer stories and kills, as the tests have them")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000), help="repeats what is random in a run")
    words = parser.parse_args(typed)
    if unknown := set(words.names) - set(FAULTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; choose among {', '.join(FAULTS)}")
    # An installation on this machine is none of the bench's business.
    for name in [name for name in os.environ if name.startswith(("CONVENIOS_", "PREFECT_"))]:
        del os.environ[name]
    os.environ["CONVENIOS_DEMO"] = "true"
    # Ended from outside it still takes down what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"{conditions()}, seed {words.seed}", flush=True)
    rows = []
    for dialect in [words.database] if words.database else databases():
        names = chosen(dialect, words.names or (SHORT_FORM[dialect] if words.short else ()))
        rows += run(dialect, SHORT if words.short else FULL, words.seed, names) if names else []
    print(table(rows))
    if not all(row.good for row in rows):
        raise SystemExit(1)

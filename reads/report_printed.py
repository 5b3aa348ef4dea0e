"""What the printed Memoria says otherwise than the records, as notes of the tables of its own period.

What it prints, on which lines, stands in data/: report_2024_printed.csv has a sentence for each finding of
data/FINDINGS.md that concerns these tables, the other files its tables line by line. What the records say is counted.
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from models.agreements import PERFECTED, Lease, LeaseNature
from models.centers import Center, CenterKind
from models.fields import folded
from models.people import User
from models.reviews import TABLE_14, ReviewMatter
from reads.agreements import conventions_wanted
from reads.report_conventions import PROGRAM, WITHOUT_PLACE, renewed_during
from reads.report_tables import ReportRow, ReportTable
from settings import PROJECT

PRINTED_PERIOD = (date(2024, 1, 2), date(2024, 11, 7))
"""First and last day of the period of the Memoria 2024-2025 (l. 1400)."""

Row = Mapping[str, str]


def is_printed(first: date, last: date) -> bool:
    """Tell whether the Memoria has printed tables for exactly this period."""
    return (first, last) == PRINTED_PERIOD


async def printed_notes(actor: User, tables: Sequence[ReportTable]) -> dict[int | None, list[str]]:
    """Return by table what the Memoria prints and the records say: each finding first, then lines that differ."""
    by_number = {table.number: table for table in tables}
    said = await _measures(actor, by_number)
    notes: dict[int | None, list[str]] = {number: [] for number in by_number}
    for row in _lines("report_2024_printed.csv"):
        notes[int(row["table"]) if row["table"] else None].append(_sentence(row, said))
    notes[11] += _conventions_apart(by_number[11])
    notes[12] += await _centers_apart(by_number[12])
    for number, printed in _printed_figures().items():
        notes[number] += _figures_apart(by_number[number], printed)
    return notes


def _lines(name: str) -> list[Row]:
    with (PROJECT / "data" / name).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _sentence(row: Row, said: Mapping[str, int | str]) -> str:
    printed = row["says"].format(printed=row["printed"], **said)
    found = row["compared"].format(**said)
    registers = row["registers"].format(**said) or f"los registros dan {found}"
    if found and found == row["printed"]:
        registers = "los registros dan lo mismo"
    return f"{row['finding']}. {printed} ({row['where']}); {registers}."


async def _measures(actor: User, tables: Mapping[int | None, ReportTable]) -> dict[str, int | str]:
    """Count what the sentences name."""
    sites, centers, reviews = tables[11], tables[12], tables[14]
    codes = [row.key for row in centers.rows]
    kinds = Counter([row["kind"] for row in await Center.filter(code__in=codes).values("kind")])
    signed = {row.key: row.label for row in sites.rows if _figure(row, 1)}
    told = {row.label for row in centers.rows}
    rows = await conventions_wanted(actor, renewed_during(*PRINTED_PERIOD), on=PRINTED_PERIOD[1])
    renewed = await rows.order_by("number").values("id", "number", "municipality__name", "centers__code")
    covered = {row["centers__code"] for row in renewed}
    centerless = [f"{row['municipality__name']} ({row['number']})" for row in renewed if not row["centers__code"]]
    leases = await Lease.filter(program=PROGRAM, nature=LeaseNature.LEASE, stage__in=PERFECTED).values(
        "form", "center__code"
    )
    leased = {row["center__code"] for row in leases}
    people = {row.key: _figure(row, 4) for row in centers.rows}
    uncovered = [code for code in codes if code not in covered]
    bare = [code for code in uncovered if code not in leased]
    of_matter = dict(zip(TABLE_14, (_figure(row, 0) for row in reviews.rows), strict=True))
    placeless = next((_figure(row, 3) for row in sites.rows if row.key == WITHOUT_PLACE), 0)
    totals: dict[str, int | str] = {
        f"total_{number or 'none'}".lower(): table.total for number, table in tables.items()
    }
    return totals | {
        "men": str(centers.totals[2].value), "women": str(centers.totals[3].value), "people": centers.total,
        "centers": len(codes), "cad": kinds[CenterKind.CAD], "cap": kinds[CenterKind.CAP],
        "center_towns": str(centers.totals[0].value), "center_departments": len(told),
        "departments_without_center": ", ".join(name for name in signed.values() if name not in told) or "ninguno",
        "misplaced": await _misplaced(centers), "printed_centers": len(_lines("mad_centers_2024.csv")),
        "printed_sites": len(_lines("mad_conventions_2024.csv")),
        "conventions": str(sites.totals[1].value), "towns": str(sites.totals[0].value), "departments": len(signed),
        "reviewed": sites.total, "placeless": placeless,
        "centerless": len(centerless), "centerless_names": ", ".join(centerless) or "ninguno",
        "centerless_apart": len(centerless) + 1, "uncovered_apart": len(uncovered) + 1,
        "uncovered": len(uncovered), "uncovered_people": sum(people[code] for code in uncovered),
        "leased": len(uncovered) - len(bare), "bare": len(bare), "bare_people": sum(people[code] for code in bare),
        "leases": len(leases), "formless": sum(row["form"] is None for row in leases),
        "letters": of_matter[ReviewMatter.CARTA_ENTENDIMIENTO],
        "memoranda": of_matter[ReviewMatter.MEMORANDUM_ENTENDIMIENTO],
    }  # fmt: skip


def _figure(row: ReportRow, at: int) -> int:
    value = row.cells[at].value
    return value if isinstance(value, int) else 0


async def _by_line(table: ReportTable) -> dict[str, ReportRow]:
    """Return the lines of Tabla 12 by the line of the Memoria that names their center."""
    rows = {row.key: row for row in table.rows}
    sources = await Center.filter(code__in=list(rows), source_note__startswith="Tabla 12").values("code", "source_note")
    return {row["source_note"].rsplit("l.", 1)[-1]: rows[row["code"]] for row in sources}


async def _misplaced(table: ReportTable) -> int:
    """Count the centers that the Memoria prints under another department than theirs."""
    here = await _by_line(table)
    printed = {row["source_line"]: row["printed_department"] for row in _lines("mad_centers_2024.csv")}
    return sum(folded(printed[line]) != folded(row.label) for line, row in here.items() if line in printed)


def _conventions_apart(table: ReportTable) -> list[str]:
    """Name the departments with another number of conventions than the sites that Tabla 11 enumerates."""
    sites = _lines("mad_conventions_2024.csv")
    printed = Counter(row["department_code"] for row in sites)
    lines = {row["department_code"]: row["source_line"] for row in sites}
    found = {row.key: row for row in table.rows if row.key != WITHOUT_PLACE}
    return [
        f"{found[code].label}: la Memoria enumera {many} sitios (l. {lines[code]}); "
        f"los registros dan {_figure(found[code], 1)}."
        for code, many in sorted(printed.items())
        if code in found and _figure(found[code], 1) != many
    ]


async def _centers_apart(table: ReportTable) -> list[str]:
    """Name the centers of which the records say other figures than the print."""
    here = await _by_line(table)
    notes = []
    for printed in _lines("mad_centers_2024.csv"):
        line = printed["source_line"]
        wanted = [int(printed[name]) for name in ("men", "women", "total")]
        where = f"{printed['label_in_source']}: la Memoria imprime {_three(wanted)} (l. {line})"
        if line not in here:
            notes.append(f"{where}; los registros no tienen ese centro en el período.")
        elif (found := [_figure(here[line], at) for at in (2, 3, 4)]) != wanted:
            notes.append(f"{where}; los registros dan {_three(found)}.")
    return notes


def _three(figures: Sequence[int]) -> str:
    men, women, total = figures
    return f"{men} hombres, {women} mujeres y {total} en total"


def _printed_figures() -> dict[int | None, list[tuple[int, str]]]:
    """Return the figures of Tablas 13 to 15 and of the correspondence in their order, each with its line."""
    found: dict[int | None, list[tuple[int, str]]] = {}
    for row in _lines("legal_results_2024.csv"):
        number = row["table"].removeprefix("Tabla ")
        key = int(number) if number.isdigit() else None
        found.setdefault(key, []).append((int(row["quantity"]), row["source_line"]))
    return found


def _figures_apart(table: ReportTable, printed: Sequence[tuple[int, str]]) -> list[str]:
    return [
        f"{row.label}: la Memoria imprime {wanted} (l. {line}); los registros dan {_figure(row, 0)}."
        for row, (wanted, line) in zip(table.rows, printed, strict=True)
        if _figure(row, 0) != wanted
    ]

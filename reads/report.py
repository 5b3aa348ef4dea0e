"""The tables of the annual report for any period, counted from the records.

Each cell has the address of its records. What a table counts, and by which day, it says in its notes.
"""

from datetime import date

from models.clock import today
from models.people import User
from models.permissions import SEES_ALL
from models.places import Department, Municipality
from reads.report_attended import attended_table
from reads.report_conventions import conventions_table
from reads.report_legal import legal_tables
from reads.report_printed import is_printed, printed_notes
from reads.report_tables import Period, ReportTable

NOTHING = "En el período no consta ningún registro."


def reads_report(person: User) -> bool:
    """Tell whether a person reads the report: who sees every record that it counts, or the court's totals beside them.

    Court files are reserved, their totals are not: the office publishes them in its Memoria.
    """
    return person.role in SEES_ALL


async def annual_report(actor: User, first: date, last: date, *, on: date | None = None) -> list[ReportTable]:
    """Return the tables for a period, both days included, as its records stood on a day: today when none is said."""
    period = Period(first, last, on or today())
    towns = {row["code"]: row for row in await Municipality.all().values("code", "name", "department_id")}
    departments = dict(await Department.all().order_by("code").values_list("code", "name"))
    tables = [
        await conventions_table(actor, period, towns, departments),
        await attended_table(actor, period, towns, departments),
        *await legal_tables(actor, period),
    ]
    if period.on < today():
        for table in tables:
            table.asides.append("Las listas que abren las cifras muestran los registros como están hoy.")
    if is_printed(first, last):
        notes = await printed_notes(actor, tables)
        for table in tables:
            table.notes.extend(notes[table.number])
    for table in tables:
        if not any(total.value for total in table.totals):
            table.notes.append(NOTHING)
    return tables

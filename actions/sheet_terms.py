"""What rows of agreements share: a number of their own, when the term begins and ends, which one they follow."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tortoise.connection import connections
from tortoise.models import Model

from actions.agreements import LONGEST_TERM
from actions.sheet_rows import RowReader, chunks
from actions.sheets import BATCH, SheetColumn, SheetRow
from documents.sheet_cells import as_day
from models.agreements import Convention, Lease, last_day
from models.database import is_sqlite
from models.fields import folded

OLDEST = date(1990, 1, 1)
"""An agreement that began before is a slip of the keyboard."""

FURTHEST = timedelta(days=5 * 366)
"""How far from today a term may begin."""

LONGEST_CHAIN = 100
"""Instruments that follow each other in a sheet; more is a column that was filled by dragging it down."""

NUMBER = re.compile(r"[A-Z0-9][A-Z0-9._\-]*", re.ASCII)
"""Numbers that an address can hold."""

OURS = re.compile(r"(?:CONV|ARR|ADS|LIC)-\d{4}-\d+", re.ASCII)
"""Numbers that the registry gives: a row that took one of those to come would stop it."""

WITHOUT_END = ("sin vencimiento", "indefinido", "sin fecha de vencimiento")

NUMBER_COLUMN = SheetColumn(
    "number", "Número", ("no.", "número de instrumento", "número de registro"), required=True, width=20,
    hint="Con letras, números, puntos y guiones, como 12-2024. No se repite.", text=True,
)  # fmt: skip
TERM_COLUMNS = (
    SheetColumn("starts_on", "Inicio", ("fecha de inicio", "vigente desde", "desde"), required=True,
                hint="Día/mes/año, como 24/01/2025."),
    SheetColumn("months", "Plazo", ("plazo en meses", "meses"), width=10, hint="Meses; vacío si se escribe el fin."),
    SheetColumn("ends_on", "Fin", ("fecha de fin", "vencimiento", "vence", "vigente hasta", "hasta"),
                hint="Último día en vigor, la víspera del que cumple el plazo."),
)  # fmt: skip
FOLLOWS_COLUMN = SheetColumn(
    "renews", "Sigue a", ("renueva a", "renovación de"), width=20,
    hint="Número del que renueva: ya registrado, o en una fila de arriba.", text=True,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """From when to when; no end at all, or the months that a paper would say."""

    starts_on: date
    ends_on: date | None
    months: int | None


def read_number(reader: RowReader, known: Mapping[str, int]) -> str:
    """Return the number of an agreement; `known` are those on record, which a sheet may hold again."""
    number = reader.text("number", 40, required=True).upper()
    if number and not NUMBER.fullmatch(number):
        near = re.sub(r"[^A-Z0-9._\-]+", "-", folded(number).upper()).strip("-._")
        reader.wrong("number", "El número lleva solo letras sin tilde, números, puntos y guiones.", f"¿{near}?")
    elif OURS.fullmatch(number) and number not in known:
        reader.wrong("number", "Los números de esa forma los da el sistema.", "Escriba el que trae el documento.")
    return number


def read_term(reader: RowReader, *, endless: bool = False) -> Term | None:
    """Return the term of a row, whose end is written, follows from its months, or with `endless` is none."""
    starts = reader.day("starts_on", required=True, least=OLDEST, most=reader.facts.today + FURTHEST)
    months = reader.whole("months", least=1, most=LONGEST_TERM)
    written = reader.written("ends_on")
    if folded(written) in WITHOUT_END:
        if not endless:
            reader.wrong("ends_on", "Este instrumento lleva fecha de vencimiento.")
        elif months:
            reader.wrong("ends_on", "Tiene plazo y dice que no vence.", "Deje uno de los dos.")
        return Term(starts, None, None) if starts and endless and not months else None
    ends = reader.read("ends_on", as_day)
    if not written and not reader.written("months"):
        also = ", o «Sin vencimiento»" if endless else ""
        reader.wrong("ends_on", f"Falta el fin o el plazo{also}.", "Escriba uno de los dos.")
    if starts is None or (ends is None and months is None):
        return None
    if ends is None:
        assert months, "one of the two was written"
        return Term(starts, last_day(starts, months), months)
    if ends <= starts:
        reader.wrong("ends_on", "El fin debe ser posterior al inicio.")
        return None
    if months and last_day(starts, months) != ends:
        meant = last_day(starts, months)
        said = f"No concuerda con el plazo de {months} meses, que termina la víspera."
        reader.wrong("ends_on", said, f"¿{meant:%d/%m/%Y}?")
        return None
    return Term(starts, ends, months or _months_between(starts, ends))


def _months_between(starts: date, ends: date) -> int | None:
    """Return the whole months of a term; None when it is none of whole months, or longer than any."""
    about = (ends.year - starts.year) * 12 + ends.month - starts.month
    near = (one for one in (about, about + 1) if 1 <= one <= LONGEST_TERM)
    return next((one for one in near if last_day(starts, one) == ends), None)


def read_followed(
    reader: RowReader, number: str, term: Term | None, model: type[Convention] | type[Lease], known: Mapping[str, int]
) -> str:
    """Return the number of the agreement that a row renews: on record, or in a row above; empty when none."""
    renews = reader.text("renews", 40).upper()
    above = reader.claimed
    # Noted by every row, so that the rows below may follow it; the first day as the number that sorts it.
    above.setdefault(f"number:{number}", term.starts_on.toordinal() if term else 0)
    length = above.setdefault(f"chain:{number}", above.get(f"chain:{renews}", 0) + 1 if renews else 1)
    if not renews:
        return ""
    started = above.get(f"number:{renews}", 0)
    if renews == number:
        reader.wrong("renews", "Un instrumento no se sigue a sí mismo.")
    elif renews not in known and f"number:{renews}" not in above:
        reader.wrong("renews", "No está registrado, ni en una fila de arriba.", "Ordene las filas por su fecha.")
    elif number not in known and (model.__name__, known.get(renews, 0)) in reader.facts.followed:
        reader.wrong("renews", "A ese instrumento ya lo sigue otro.")
    elif term and started >= term.starts_on.toordinal():
        reader.wrong("renews", "Empieza el mismo día que este, o después: no puede ser el de antes.")
    elif length > LONGEST_CHAIN:
        reader.wrong("renews", f"Se siguen más de {LONGEST_CHAIN} instrumentos uno a otro.", "Revise la columna.")
    elif first := reader.claim(f"renews:{renews}"):
        reader.wrong("renews", f"A ese instrumento ya lo sigue el de la fila {first}.")
    return renews


async def link_followed(model: type[Convention] | type[Lease], rows: Sequence[SheetRow]) -> None:
    """Link each agreement that was written to the one that it renews."""
    renews = {row.key: row.more["renews"] for row in rows if row.more["renews"]}
    ids: dict[str, int] = {}
    for part in chunks(sorted({*renews, *renews.values()}), BATCH):
        ids |= dict(await model.filter(number__in=part).values_list("number", "id"))
    await set_followed(model, [(ids[before], ids[after]) for after, before in renews.items()])


async def set_followed(model: type[Model], pairs: Sequence[tuple[int, int]]) -> None:
    """Write which row each row renews, as (the one before, the one after); in one statement sent for many rows."""
    if pairs:
        before, after = ("?", "?") if is_sqlite() else ("$1", "$2")
        statement = f"UPDATE {model._meta.db_table} SET renews_id = {before} WHERE id = {after}"
        await connections.get("default").execute_many(statement, [list(pair) for pair in pairs])

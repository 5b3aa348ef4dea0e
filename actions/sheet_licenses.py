"""Spreadsheets of sanitary licenses that MSPAS issued: one a row, known by its center and its printed number."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import pairwise

from actions.audited import Entry
from actions.licenses import LONGEST_VALIDITY, OLDEST
from actions.registry import license_numbers
from actions.sheet_facts import center_list
from actions.sheet_rows import RowReader, chunks, first_lines
from actions.sheet_terms import set_followed
from actions.sheets import BATCH, Origin, Sheet, SheetColumn, SheetRow
from documents.sheet_cells import Cell
from models.agreements import AgreementStage, SanitaryLicense
from models.centers import Source
from models.fields import folded
from models.imports import SheetKind

COLUMNS = (
    SheetColumn("center", "Centro", ("código del centro", "código"), required=True, width=34, offers=center_list,
                free=True, hint="El código del centro."),
    SheetColumn("license_number", "Número", ("no.", "número de licencia", "licencia", "no. de licencia"),
                required=True, width=22, hint="Tal como lo imprimió el MSPAS.", text=True),
    SheetColumn("issued_on", "Emisión", ("fecha de emisión", "emitida", "extendida"), required=True,
                hint="Día/mes/año, como 24/01/2025."),
    SheetColumn("expires_on", "Vencimiento", ("fecha de vencimiento", "vence", "vigente hasta"), required=True,
                hint="Último día en que vale."),
    SheetColumn("note", "Nota", ("notas", "observaciones"), width=34),
)  # fmt: skip


def read_license(reader: RowReader) -> SheetRow | None:
    """Return the license that a row describes."""
    facts = reader.facts
    center = reader.center("center", required=True)
    printed = reader.text("license_number", 60, required=True)
    issued = reader.day("issued_on", required=True, least=facts.today - OLDEST, most=facts.today)
    expires = reader.day("expires_on", required=True)
    note = reader.text("note", 2000, one_line=False)
    if issued and expires and expires <= issued:
        reader.wrong("expires_on", "El vencimiento debe ser posterior a la emisión.")
    elif issued and expires and expires - issued > LONGEST_VALIDITY:
        reader.wrong("expires_on", "La vigencia es de diez años a lo sumo.", "Revise el año.")
    if reader.broken or center is None or issued is None or expires is None:
        return None
    if center.id in facts.asked:
        said = "El centro tiene una licencia en trámite: lo que se importa no la da por extendida."
        reader.wrong("center", said, "Si es esa, anótela en la página de la licencia.", warning=True)
    values = {
        "center_id": center.id,
        "license_number": printed,
        "starts_on": issued,
        "ends_on": expires,
        "note": note,
    }
    words = first_lines(center.name, printed, f"vence el {expires:%d/%m/%Y}")
    place = (facts.town_names[center.municipality], facts.department_names[center.municipality[:2]])
    search = folded(center.name, *place, printed)
    return SheetRow(reader.number, f"{center.id} {folded(printed)}", words, values, {"search": search})


async def licenses_on_record(keys: Collection[str]) -> dict[str, str]:
    """Return the centers and printed numbers that are recorded already."""
    found: dict[str, str] = {}
    centers = {int(key.partition(" ")[0]) for key in keys}
    for part in chunks(sorted(centers), BATCH):
        recorded = SanitaryLicense.filter(center_id__in=list(part), stage=AgreementStage.SIGNED)
        for center, printed, number in await recorded.values_list("center_id", "license_number", "number"):
            found[f"{center} {folded(printed)}"] = number
    return {key: found[key] for key in keys if key in found}


async def write_licenses(entry: Entry, rows: Sequence[SheetRow], origin: Origin) -> None:
    """Write licenses with registry numbers of their own."""
    numbers = await license_numbers(entry, len(rows))
    made = [
        SanitaryLicense(
            number=number,
            stage=AgreementStage.SIGNED,
            source=Source.SYSTEM,
            search=f"{folded(number)} {row.more['search']}"[:500],
            **row.values | {"note": "\n".join(filter(None, (row.values["note"], origin.note(row))))},
        )
        for number, row in zip(numbers, rows, strict=True)
    ]
    await SanitaryLicense.bulk_create(made, batch_size=200)


async def chain_licenses(entry: Entry, rows: Sequence[SheetRow]) -> str:
    """Let each license renew the one before it in its center: only the last of a center waits for its renewal."""
    fresh = {row.key for row in rows}
    for part in chunks(sorted({row.values["center_id"] for row in rows}), BATCH):
        of_center: dict[int, list[SanitaryLicense]] = defaultdict(list)
        followed: set[int | None] = set()
        known = SanitaryLicense.filter(center_id__in=list(part)).exclude(stage=AgreementStage.WITHDRAWN)
        for one in await known.order_by("starts_on", "id"):
            followed.add(one.renews_id)
            if one.stage == AgreementStage.SIGNED:
                of_center[one.center_id].append(one)
        linked: list[tuple[int, int]] = []
        for licenses in of_center.values():
            for before, after in pairwise(licenses):
                if after.renews_id is not None or before.id in followed:
                    continue
                if _key(after) in fresh:
                    linked.append((before.id, after.id))
                elif _key(before) in fresh:
                    # It was on record before, and alone: the sheet brought what it followed.
                    await entry.note(after, renews_id=before.id)
        await set_followed(SanitaryLicense, linked)
    return ""


def _key(license: SanitaryLicense) -> str:
    return f"{license.center_id} {folded(license.license_number)}"


def examples(today: date) -> Sequence[Mapping[str, Cell]]:
    """Return the license of a center that does not exist."""
    return (
        {"center": "CAD-EJEMPLO-1", "license_number": "DRACES-0001-2025", "issued_on": date(2025, 1, 24),
         "expires_on": date(2030, 1, 23)},
    )  # fmt: skip


LICENSES = Sheet(
    SheetKind.LICENSES, COLUMNS, read_license, licenses_on_record, write_licenses,
    ("una licencia sanitaria", "licencias sanitarias"), examples, key_column="license_number",
    explained="Una licencia por fila, como la extendió el MSPAS. De cada centro, cada una sigue a la anterior.",
    finish=chain_licenses,
)  # fmt: skip

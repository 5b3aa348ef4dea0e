"""Spreadsheets brought in: sent for a dry run, confirmed by who looked at it, written whole or not at all."""

from collections.abc import Sequence

import structlog

from actions.audited import audited, reachable
from actions.import_claims import Claim, held
from actions.import_reading import Reading, facts_of
from actions.refusals import Checks, ErrorCode, Forbidden, NotAllowedNow, Problem, Refusal, Stale
from actions.sheet_catalog import SHEETS
from actions.sheet_rows import chunks
from actions.sheets import BATCH, Origin
from models.allowed import IMPORTS
from models.audit import Verb
from models.clock import GUATEMALA, instant
from models.imports import ImportState, SheetImport, SheetKind
from models.papers import StoredFile
from models.people import User

log = structlog.get_logger()

MOST_NAMED = 20
"""Cells that a refused confirmation names one by one; the workbook of errors has more."""

TABLES = (".xlsx", ".csv")

OPEN = (ImportState.QUEUED, ImportState.READING, ImportState.CHECKED)
"""States in which an import may still be given up."""


class FactsMoved(Exception):
    """What rows were read by changed before they could be written: they are read anew."""


def may_bring(person: User, kind: SheetKind) -> bool:
    """Tell whether a person brings in spreadsheets of a kind."""
    return person.active and person.role in IMPORTS[kind]


def _refuse_unless_theirs(actor: User, kind: SheetKind, verb: Verb) -> None:
    if not may_bring(actor, kind):
        log.warning("forbidden", verb=verb.value, actor=actor.id, role=actor.role.value, sheet=kind.value)
        raise Forbidden(verb.value)


async def start_import(*, actor: User, kind: SheetKind, file_id: int) -> SheetImport:
    """Ask for the dry run of a spreadsheet that this person sent; nothing of it is written before it is confirmed.

    The same content is imported once: whoever sends it again is told when and by whom that was.
    """
    _refuse_unless_theirs(actor, kind, Verb.START_IMPORT)
    async with audited(Verb.START_IMPORT, actor=actor) as entry:
        file = await StoredFile.get_or_none(id=file_id, uploaded_by_id=actor.id)
        if file is None:
            message = "No se encontró la hoja. Súbala de nuevo: las que no se usan se olvidan después de un día."
            raise Refusal(Problem(ErrorCode.NOT_FOUND, message, ("fileId",)))
        if not file.filename.lower().endswith(TABLES):
            message = "Se importan hojas de cálculo: Excel (.xlsx) o texto (.csv)."
            raise Refusal(Problem(ErrorCode.FILE_REFUSED, message, ("fileId",)))
        await _refuse_second(kind, file)
        made = await entry.create(
            SheetImport,
            kind=kind,
            file_id=file.id,
            created_by_id=actor.id,
            created_at=entry.at,
            # By the real clock, as all that engines wait for.
            due_at=instant(),
        )
        await entry.change(file, used=True)
        entry.about(made, f"{actor.name} envió «{file.filename}» para importar {SHEETS[kind].counted[1]}.")
        return entry.answers(made)


async def _refuse_second(kind: SheetKind, file: StoredFile) -> None:
    before = SheetImport.filter(kind=kind, state=ImportState.DONE, file__sha256=file.sha256)
    first = await before.order_by("id").first().select_related("created_by")
    if first and first.ended_at:
        at = first.ended_at.astimezone(GUATEMALA)
        message = (
            f"Esta misma hoja ya se importó el {at:%d/%m/%Y} a las {at:%H:%M}, por {first.created_by.name}. "
            "No se hizo nada."
        )
        raise Refusal(Problem(ErrorCode.NOT_ALLOWED_NOW, message, ("fileId",)))


async def _own(actor: User, import_id: int, verb: Verb, expected_version: int | None) -> SheetImport:
    """Return an import that this person brought and may still bring."""
    found = await reachable(SheetImport, import_id, actor, path="importId")
    _refuse_unless_theirs(actor, found.kind, verb)
    if found.created_by_id != actor.id:
        raise NotAllowedNow("Solo quien envió la hoja la confirma o la descarta.")
    if expected_version is not None and found.version != expected_version:
        raise Stale
    return found


async def confirm_import(
    *, actor: User, import_id: int, sha256: str, expected_version: int | None = None
) -> SheetImport:
    """Confirm a spreadsheet whose dry run was looked at, named by its hash: the engine then writes all of it.

    Refused with the cells that are wrong while there are some.
    """
    async with audited(Verb.CONFIRM_IMPORT, actor=actor) as entry:
        found = await _own(actor, import_id, Verb.CONFIRM_IMPORT, expected_version)
        if found.state != ImportState.CHECKED:
            raise NotAllowedNow(_not_checked(found))
        file = await StoredFile.get(id=found.file_id)
        checks = Checks()
        same = sha256.strip().lower() == file.sha256
        checks.that(same, "sha256", "La hoja no es la que se revisó. Ábrala de nuevo antes de confirmarla.")
        checks.done()
        if found.wrong:
            raise Refusal(*_refused(found))
        await _refuse_second(found.kind, file)
        if not found.to_add:
            raise NotAllowedNow(f"Todas las filas de «{file.filename}» ya están registradas: no hay nada que importar.")
        await entry.change(found, state=ImportState.CONFIRMED, due_at=instant(), said="")
        what = SHEETS[found.kind].many(found.to_add)
        entry.about(found, f"{actor.name} confirmó la importación de «{file.filename}»: {what}.")
        return entry.answers(found)


def _not_checked(found: SheetImport) -> str:
    return {
        ImportState.DONE: "Esta hoja ya se importó.",
        ImportState.CONFIRMED: "La importación ya está confirmada: el sistema la está guardando.",
        ImportState.DISCARDED: "La importación se descartó. Suba la hoja de nuevo.",
        ImportState.REFUSED: "La hoja no se pudo leer. Corríjala y súbala de nuevo.",
    }.get(found.state, "La hoja todavía se está revisando. Espere a que termine.")


def _refused(found: SheetImport) -> Sequence[Problem]:
    """Return what a confirmation with wrong cells is told: how many, and the first of them one by one."""
    path = ("importId",)
    cells = "una celda" if found.wrong == 1 else f"{found.wrong:,} celdas"
    told = [Problem(ErrorCode.BAD_USER_INPUT, f"No se importó nada: hay {cells} por corregir.", path)]
    for one in [one for one in found.problems if not one["warning"]][:MOST_NAMED]:
        value, suggestion = one["value"], one["suggestion"].rstrip(".")
        said = "; ".join(part for part in (f"«{value}»" if value else "", suggestion) if part)
        where = f"Fila {one['row']}, columna «{one['column']}»" + (f" ({said})" if said else "")
        told.append(Problem(ErrorCode.BAD_USER_INPUT, f"{where}: {one['reason']}", path))
    return told


async def discard_import(*, actor: User, import_id: int, expected_version: int | None = None) -> SheetImport:
    """Give up an import before it is confirmed: nothing of it is written, and the engine stops reading it."""
    async with audited(Verb.DISCARD_IMPORT, actor=actor) as entry:
        found = await _own(actor, import_id, Verb.DISCARD_IMPORT, expected_version)
        if found.state not in OPEN:
            raise NotAllowedNow("La importación ya no se puede descartar.")
        await entry.change(found, state=ImportState.DISCARDED, ended_at=entry.at)
        file = await StoredFile.get(id=found.file_id)
        entry.about(found, f"{actor.name} descartó la importación de «{file.filename}».")
        return entry.answers(found)


async def import_sheet(*, actor: User, claim: Claim, reading: Reading) -> None:
    """Write every new row of a confirmed spreadsheet, or none: one deed and one transaction.

    `reading` holds its rows, read a moment ago without a problem. Raises FactsMoved when what they were read by
    changed since, or another engine has the import. Rows on record are left as they are.
    """
    async with audited(Verb.IMPORT_SHEET, actor=actor) as entry:
        # The row itself is the lock: whoever takes the import over meanwhile waits here, and finds it done.
        if not await held(claim).update(due_at=instant()):
            raise FactsMoved("another engine")
        brought = await SheetImport.get(id=claim.import_id).select_related("file", "created_by")
        if await facts_of(brought) != reading.facts:
            raise FactsMoved("facts")
        present = await reading.on_record()
        fresh = [row for row in reading.rows if row.key not in present]
        file, person = brought.file, brought.created_by
        origin = Origin(file.filename, file.sha256, person.id)
        if not fresh:
            raise NotAllowedNow("No se importó nada: entretanto se registraron todas las filas de la hoja.")
        for part in chunks(fresh, BATCH):
            await reading.sheet.write(entry, part, origin)
        also = await reading.sheet.finish(entry, fresh) if reading.sheet.finish else ""
        await entry.change(
            brought,
            state=ImportState.DONE,
            ended_at=entry.at,
            to_add=len(fresh),
            present=len(present),
            rows_read=reading.count,
            said=also,
        )
        what, mark = reading.sheet.many(len(fresh)), f"«{file.filename}» (SHA-256 {file.sha256[:16]})"
        entry.about(brought, f"El sistema importó {what} de {mark}, por encargo de {person.name}. {also}".strip())

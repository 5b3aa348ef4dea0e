"""The PDF of papers as rows: how far each has come, how many sheets it has, and why there is none yet."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from models.clock import GUATEMALA, instant
from models.engine import EngineState, FlowState
from models.flows import FLOW_LABELS, FlowName
from models.papers import OfficialDocument
from models.people import User
from models.renditions import Rendition, RenditionState
from reads.engine_state import engine_state
from reads.paging import Row

RENDITION = ("id", "document_id", "state", "file_id", "sheets", "made_at", "due_at", "tries", "said")

A_SECOND_FOR = 2
"""Papers that an engine turns into PDF in a second, on a slow machine (bench/README.md)."""

NOT_KEPT = "De este documento no se conserva el archivo de Word: consta solo en la Memoria."


async def renditions_by_document(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return how far the PDF of each of these papers has come; papers in reach already."""
    rows = await Rendition.filter(document_id__in=ids).values(*RENDITION, "file__sha256")
    return {row["document_id"]: row for row in rows}


def sheets_said(data: Mapping[str, Any]) -> tuple[int | None, bool]:
    """Return in how many sheets a paper says that it is contained, and whether both sides of each may be printed.

    None when it says nothing or leaves a blank. An acta says how many of its book it takes, and books have two sides.
    """
    first, last = data.get("folio_from"), data.get("folio_to")
    if isinstance(first, int) and isinstance(last, int):
        return last - first + 1, True
    count = data.get("sheets_count")
    return (count, False) if isinstance(count, int) else (None, False)


def sheets_differ(data: Mapping[str, Any], sheets: int | None) -> str:
    """Say in Spanish how the sheets that a paper speaks of differ from those of its PDF; empty when they agree."""
    said, both_sides = sheets_said(data)
    if said is None or sheets is None or said == sheets or (both_sides and said == -(-sheets // 2)):
        return ""
    wrote = "1 hoja" if said == 1 else f"{said} hojas"
    has = "1 hoja" if sheets == 1 else f"{sheets} hojas"
    return f"El documento dice que está contenido en {wrote}; su PDF tiene {has}. Revíselo antes de la firma."


async def sheet_notes(ids: Sequence[int], actor: User) -> dict[int, str]:
    """Return how the sheets of each of these papers differ from what it says, where they do; papers in reach."""
    rows = await Rendition.filter(document_id__in=ids, sheets__isnull=False).values(
        "document_id", "sheets", "document__data"
    )
    return {row["document_id"]: sheets_differ(row["document__data"], row["sheets"]) for row in rows}


async def pdf_notes(ids: Sequence[int], actor: User) -> dict[int, str]:
    """Say in Spanish why each of these papers has no PDF, and how long it takes; empty where it has one."""
    rows = await renditions_by_document(ids, actor)
    kept = set(await OfficialDocument.filter(id__in=ids, file_id__isnull=False).values_list("id", flat=True))
    own = {one: _own_note(rows.get(one), one in kept) for one in ids}
    waiting = [one for one, note in own.items() if note is None]
    everywhere = await _why_none_is_made() if waiting else ""
    before = await _before([rows[one]["id"] for one in waiting if one in rows]) if waiting and not everywhere else {}
    notes = {one: note for one, note in own.items() if note is not None}
    for one in waiting:
        many = before.get(rows[one]["id"], 0) if one in rows else 0
        notes[one] = everywhere or f"El PDF se está elaborando: {_how_long(many)}. Vuelva a abrir esta página."
    return notes


def _own_note(row: Row | None, kept: bool) -> str | None:
    """Return what is to be said of one paper whatever the engine does; None when it waits its turn."""
    if row and row["state"] == RenditionState.DONE:
        return ""
    if not kept:
        return NOT_KEPT
    if row and row["state"] == RenditionState.FAILED:
        said = f"No se pudo elaborar el PDF: {row['said']}"
        return f"{said} Descargue el archivo de Word; quien administra ya lo sabe."
    if row and row["tries"] and row["said"] and row["due_at"] > instant():
        again = f"{row['due_at'].astimezone(GUATEMALA):%H:%M}"
        return f"El intento {row['tries']} de elaborar el PDF no resultó; se intenta de nuevo a las {again}."
    return None


async def _why_none_is_made() -> str:
    flow = await FlowState.get_or_none(name=FlowName.RENDITIONS.value)
    if flow and flow.paused_at:
        since = f"{flow.paused_at.astimezone(GUATEMALA):%d/%m/%Y}"
        paused = f"«{FLOW_LABELS[FlowName.RENDITIONS]}» está en pausa desde el {since}"
        return f"{paused}; espera a que alguien lo reanude."
    if (await engine_state()).state == EngineState.STOPPED:
        return "El motor está detenido; el PDF se hará en cuanto vuelva a trabajar."
    if flow and flow.said.startswith(WITHOUT):
        return f"{flow.said} El documento de Word vale igual."
    return ""


async def _before(ids: Sequence[int]) -> dict[int, int]:
    """Return how many wait before each of these."""
    if not ids:
        return {}
    waiting = Rendition.filter(state=RenditionState.PENDING, id__lt=max(ids)).order_by("id")
    line = [row["id"] for row in await waiting.values("id")]
    return {one: bisect_left(line, one) for one in ids}


WITHOUT = "Sin PDF:"
"""How what the flow says of itself begins while no engine can make any."""


def _how_long(before: int) -> str:
    minutes = before // (A_SECOND_FOR * 60) + 1
    ahead = "" if not before else "hay 1 documento antes, " if before == 1 else f"hay {before} documentos antes, "
    return f"{ahead}tarda {'menos de un minuto' if minutes == 1 else f'unos {minutes} minutos'}"

"""The engine's bookkeeping of imports: which engine has one, how far its reading is, what the dry run found."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from actions.files import keep_bytes, made_file
from actions.import_reading import Reading
from actions.people import system_user
from documents.media_types import EXCEL
from models.clock import instant, now
from models.imports import ImportState, SheetImport
from models.papers import StoredFile

LEASE = timedelta(seconds=20)
"""How long a claimed import is left to its engine without a sign; reading gives one with every batch."""

BEGINS = {ImportState.QUEUED: ImportState.READING, ImportState.READING: ImportState.READING}
"""The state that a claim sets; a confirmed import stays so until it is written."""


@dataclass(frozen=True)
class Claim:
    """An import that one engine works on; `tries` tells its claim from those before and after."""

    import_id: int
    tries: int
    state: ImportState
    """READING, or CONFIRMED when it is to be written."""


async def due_imports(limit: int) -> list[Claim]:
    """Claim at most `limit` imports that are due, oldest first; a claim is a lease that ends by itself.

    Each is claimed by compare-and-set on its tries, so two engines never hold the same claim.
    """
    at = instant()
    states = [ImportState.QUEUED, ImportState.READING, ImportState.CONFIRMED]
    waiting = SheetImport.filter(state__in=states, due_at__lte=at).order_by("due_at", "id").limit(limit)
    claimed: list[Claim] = []
    for row in await waiting.values("id", "tries", "state"):
        state = BEGINS.get(row["state"], ImportState(row["state"]))
        same = SheetImport.filter(id=row["id"], tries=row["tries"], state=row["state"])
        if await same.update(tries=row["tries"] + 1, due_at=at + LEASE, state=state):
            claimed.append(Claim(row["id"], row["tries"] + 1, state))
    return claimed


def held(claim: Claim) -> Any:
    """Return the query of an import as long as this claim on it holds."""
    return SheetImport.filter(id=claim.import_id, tries=claim.tries, state=claim.state)


async def hold_import(claim: Claim, reading: Reading | None = None) -> bool:
    """Prolong a claim and note how far the reading is; False when the import was discarded or taken over."""
    far: dict[str, Any] = {}
    if reading and claim.state == ImportState.READING:
        total = reading.count if reading.over else max(reading.table.height, reading.count)
        far = {"rows_read": reading.count, "rows_total": total, "wrong": reading.wrong}
    return bool(await held(claim).update(due_at=instant() + LEASE, **far))


async def give_back_import(claim: Claim, *, pause: timedelta = timedelta()) -> None:
    """Let a claimed import be due again, at once or after a pause."""
    await held(claim).update(due_at=instant() + pause)


async def refuse_import(claim: Claim, said: str) -> None:
    """Note in Spanish why a sheet cannot be read at all, or under which incident its reading kept failing."""
    at = now()
    version = (await SheetImport.get(id=claim.import_id)).version + 1
    await held(claim).update(state=ImportState.REFUSED, said=said, ended_at=at, version=version)


async def note_checked(claim: Claim, reading: Reading, *, said: str = "") -> bool:
    """Note what the dry run found, with the workbook of its errors; a person looks at it now.

    `said` tells why an import that was confirmed comes back. False when the import is no longer this engine's.
    """
    brought = await SheetImport.get(id=claim.import_id).select_related("file")
    present = await reading.on_record()
    kept = await _kept_errors(reading, brought.file.filename) if reading.problems else None
    return bool(
        await held(claim).update(
            state=ImportState.CHECKED,
            rows_read=reading.count,
            rows_total=reading.count,
            to_add=len(reading.first) - len(present),
            present=len(present),
            wrong=reading.wrong,
            problems=reading.shown_problems(),
            sample=reading.shown_rows(present),
            ignored=list(reading.table.ignored),
            errors_file_id=kept.id if kept else None,
            said=said,
            version=brought.version + 1,
        )
    )


async def _kept_errors(reading: Reading, filename: str) -> StoredFile:
    data = await asyncio.to_thread(reading.errors_workbook, filename)
    stem = filename.rpartition(".")[0][:150]
    system = await system_user()
    kept = await keep_bytes(data)
    return await made_file(kept, f"errores de {stem}.xlsx", EXCEL, size=len(data), by=system.id)

"""The archive in the API: its last checks, what they found gone or damaged, and which records name it."""

from datetime import datetime

import strawberry

from models.archive import ArchiveCheck as Check
from models.people import Role
from reads.archive import FileRecord, faults_of, last_checks, last_said, last_whole_check
from schema.context import Info

KEEPERS = frozenset({Role.ADMIN, Role.AUDITOR})
"""Who is shown how the archive stands."""

CHECKS = 15
"""Checks that are listed."""


@strawberry.type(description="Una revisión de todos los archivos que los registros nombran.")
class ArchiveCheck:
    started_at: datetime = strawberry.field(description="Cuándo empezó.")
    ended_at: datetime | None = strawberry.field(description="Cuándo terminó; vacío si corre o se interrumpió.")
    contents: int = strawberry.field(description="Contenidos distintos que miró.")
    size: float = strawberry.field(description="Bytes que leyó.")
    missing: int = strawberry.field(description="Contenidos que no encontró.")
    damaged: int = strawberry.field(description="Contenidos que ya no son lo que eran.")


@strawberry.type(description="Un registro que nombra un archivo.")
class ArchiveRecord:
    what: str = strawberry.field(description="Qué es.")
    number: str = strawberry.field(description="Su número, código o título; vacío si es reservado para quien pregunta.")
    reserved: bool = strawberry.field(description="Si es de un expediente judicial.")


@strawberry.type(description="Un contenido que falta o está dañado, según la última revisión completa.")
class ArchiveFault:
    sha256: str = strawberry.field(description="Su huella SHA-256, que es su nombre en el almacén.")
    damaged: bool = strawberry.field(description="Si está, pero dañado; si no, falta.")
    records: list[ArchiveRecord] = strawberry.field(description="Los registros que lo nombran.")


@strawberry.type(description="Cómo está el archivo de documentos.")
class Archive:
    checks: list[ArchiveCheck] = strawberry.field(description="Las últimas revisiones, primero la más reciente.")
    said: str = strawberry.field(description="Lo que dijo la última revisión nocturna, también de lo que nadie nombra.")
    faults: list[ArchiveFault] = strawberry.field(
        description="Lo que halló la última revisión completa, hasta cien contenidos."
    )


def _check(row: Check) -> ArchiveCheck:
    return ArchiveCheck(
        started_at=row.started_at,
        ended_at=row.ended_at,
        contents=row.files,
        size=float(row.size),
        missing=len(row.missing),
        damaged=len(row.damaged),
    )


def _record(row: FileRecord) -> ArchiveRecord:
    return ArchiveRecord(what=row.what, number=row.number, reserved=row.reserved)


async def archive(info: Info) -> Archive | None:
    """Return how the archive stands; None for those whom it does not concern."""
    person = info.context.person
    if person.role not in KEEPERS:
        return None
    whole = await last_whole_check()
    faults = await faults_of(whole, person) if whole else []
    return Archive(
        checks=[_check(row) for row in await last_checks(CHECKS)],
        said=await last_said(),
        faults=[
            ArchiveFault(sha256=one.sha256, damaged=one.damaged, records=[_record(record) for record in one.records])
            for one in faults
        ],
    )

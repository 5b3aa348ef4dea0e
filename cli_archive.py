"""`convenios archive`: looking at the archive, moving it, and removing what nobody names."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer

from actions.archive import Checked, broken, check_archive, find_unnamed, forget_unnamed
from actions.files import storage, storage_at, storage_name, store_fault
from actions.people import system_user
from console import run, tell_progress
from documents.storage import StorageFault, Unavailable
from models.clock import GUATEMALA
from models.database import database
from reads.archive import faults_of, last_whole_check
from settings import settings

archive_app = typer.Typer(help="El archivo: los contenidos de todos los documentos.", no_args_is_help=True)


async def archive_state(*, migrated: bool) -> list[tuple[str, bool | None, str]]:
    """Say for `convenios check` whether the store works, and what the last whole look at its contents found."""
    fault = await store_fault(thoroughly=True)
    said = f"{fault}." if fault else f"se lee y se escribe en {storage_name()}"
    found: list[tuple[str, bool | None, str]] = [("Archivo", fault is None, said)]
    last = await last_whole_check() if migrated else None
    if last and last.ended_at:
        day = f"{last.ended_at.astimezone(GUATEMALA):%d/%m/%Y}"
        bad = f"faltan {len(last.missing)}, dañados {len(last.damaged)}: convenios archive check"
        found.append(("Contenidos", not broken(last), f"el {day}, {bad if broken(last) else 'todos íntegros'}"))
    elif migrated:
        found.append(("Contenidos", None, "todavía no se han revisado: convenios archive check"))
    return found


async def _check() -> tuple[Checked, list[str]]:
    async with database():
        actor = await system_user()
        checked = await check_archive(actor=actor, progress=tell_progress)
        lines = []
        for fault in await faults_of(checked.check, actor):
            records = ", ".join(f"{one.what} {one.number}".strip() for one in fault.records) or "ningún registro"
            lines.append(f"{'dañado' if fault.damaged else 'falta '}  {fault.sha256}  {records}")
        return checked, lines


@archive_app.command("check")
def check_command() -> None:
    """Lee todos los contenidos que los registros nombran; termina con 1 si alguno falta o está dañado."""
    try:
        checked, lines = run(_check())
    except Unavailable as fault:
        raise _refused(f"El almacén de archivos {fault}.") from fault
    for line in lines:
        typer.secho(line, fg="red")
    bad = broken(checked.check)
    if len(bad) > len(lines):
        typer.secho(f"… y {len(bad) - len(lines)} más.", fg="red")
    typer.secho(checked.words(), fg="red" if bad else "green")
    if bad:
        raise typer.Exit(1)


@archive_app.command("copy")
def copy_command(
    source: Annotated[str, typer.Argument(help="De dónde: file:///carpeta o s3://depósito/prefijo.")],
) -> None:
    """Copia a este almacén todo lo que hay en otro, comprobando cada contenido; repetirlo no cambia nada."""
    copied, bad = 0, 0
    try:
        here, there = storage(), storage_at(source, settings())
        there.check()
        here.try_out()
        for content in there.contents():
            try:
                data = there.read(content.sha256)
            except StorageFault as fault:
                if isinstance(fault, Unavailable):
                    raise
                typer.secho(str(fault), fg="red", err=True)
                bad += 1
                continue
            here.put(data)
            copied += 1
            if copied % 500 == 0:
                typer.echo(f"  {copied} contenidos")
    except Unavailable as fault:
        raise _refused(f"El almacén de archivos {fault}. Puede repetir la copia: continúa lo que falta.") from fault
    typer.secho(
        f"Se copiaron {copied} contenidos a {storage_name()}; {bad} no se pudieron leer.", fg="red" if bad else "green"
    )
    if bad:
        raise typer.Exit(1)


async def _forget(days: int, sure: bool) -> int | None:
    async with database():
        found = await find_unnamed()
        typer.echo(found.words() or "Todos los contenidos tienen registro.")
        if not found.count or not (sure or await asyncio.to_thread(typer.confirm, "¿Olvidarlos para siempre?")):
            return None
        return await forget_unnamed(timedelta(days=days).total_seconds())


@archive_app.command("forget-unnamed")
def forget_command(
    days: Annotated[int, typer.Option(min=1, help="Solo los que se guardaron hace tantos días o más.")] = 30,
    yes: Annotated[bool, typer.Option("--yes", help="No preguntar.")] = False,
) -> None:
    """Olvida los contenidos que ningún registro nombra. Nunca después de restaurar una base de un día anterior."""
    try:
        forgotten = run(_forget(days, yes))
    except Unavailable as fault:
        raise _refused(f"El almacén de archivos {fault}.") from fault
    if forgotten is not None:
        typer.echo(f"Se olvidaron {forgotten} contenidos.")


def _refused(message: str) -> typer.Exit:
    typer.secho(message, fg="red", err=True)
    return typer.Exit(1)

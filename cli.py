"""The `convenios` command: the only file that knows both the API's side and the workflows' side."""

import secrets
import shutil
import smtplib
import socket
import sys
from collections.abc import Collection
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from actions.bounces import record_bounce
from actions.catalogs import load_catalogs
from actions.demo_people import load_demo_people
from actions.electronic_signing import signing_state
from actions.files import store_fault
from actions.load_2024 import load_2024
from actions.people import add_person, create_token, hash_password, system_user
from actions.refusals import Refusal
from actions.renditions import office
from actions.renewals_2024 import renewals_exist
from cli_archive import archive_app, archive_state
from console import run, tell_progress
from documents.delivery_reports import LARGEST, BadReport, read_delivery_report
from documents.pdf import NO_READER, pypdfium2
from models.database import database, migrate, pending_migrations
from models.engine import EngineState
from models.people import Role, User
from models.places import ProgramCode
from reads.audit import broken_links
from reads.engine_state import engine_state
from reads.engine_status import EngineStatus, engine_status
from reads.engine_words import status_lines
from reads.people import demo_people_exist
from settings import Settings, become_demo, settings
from workflows.supervisor import API, PREFECT, chosen_parts
from workflows.supervisor import serve as supervise

app = typer.Typer(
    help="Convenios: los convenios interinstitucionales de SOSEP, de la solicitud a la firma.", no_args_is_help=True
)

LEAST_FREE = 1_000_000_000
"""Bytes of free disk below which the doctor warns: papers and scans need room."""


async def _migrate() -> list[str]:
    async with database():
        return await migrate()


@app.command("migrate")
def migrate_command() -> None:
    """Lleva la base de datos a la versión de este programa."""
    names = run(_migrate())
    typer.echo(f"Migraciones aplicadas: {', '.join(names)}." if names else "La base de datos ya estaba al día.")


async def _load(only_catalogs: bool) -> None:
    async with database():
        await migrate()
        actor = await system_user()
        loaded = await load_catalogs(actor=actor, progress=tell_progress)
        typer.echo(f"Catálogos: {loaded.total} registros nuevos.")
        if not only_catalogs:
            loaded = await load_2024(actor=actor, progress=tell_progress)
            typer.echo(f"Datos de 2024: {loaded.total} registros nuevos.")


@app.command("load-2024")
def load_command(
    only_catalogs: Annotated[bool, typer.Option(help="Solo lugares, asuetos y requisitos, sin datos de 2024.")] = False,
) -> None:
    """Carga los catálogos y los datos de 2024; repetirlo no cambia nada."""
    run(_load(only_catalogs))


async def _add_person(**values: Any) -> User:
    async with database():
        return await add_person(actor=await system_user(), **values)


@app.command("add-person")
def add_person_command(
    email: str,
    name: str,
    role: Role,
    position: Annotated[str, typer.Option(help="Cargo, como debe leerse en los documentos.")] = "",
    municipality: Annotated[str | None, typer.Option(help="Código del municipio, para MUNICIPAL.")] = None,
    department: Annotated[str | None, typer.Option(help="Código del departamento, para COORDINATOR.")] = None,
    program: Annotated[ProgramCode | None, typer.Option(help="Programa, para DIRECTOR.")] = None,
    password: Annotated[
        str, typer.Option(prompt="Contraseña", hide_input=True, confirmation_prompt="Otra vez", help="Se pregunta.")
    ] = "",
) -> None:
    """Da de alta a una persona: una oficina que empieza vacía comienza por aquí."""
    given = {"municipality": municipality, "department": department, "program": program}
    try:
        person = run(_add_person(email=email, name=name, role=role, position=position, password=password, **given))
    except Refusal as refusal:
        for problem in refusal.problems:
            typer.secho(problem.message, fg="red", err=True)
        raise typer.Exit(1) from refusal
    typer.echo(f"{person.name} ya puede ingresar con {person.email}.")


async def _token(email: str) -> str | None:
    async with database():
        owner = await User.get_or_none(email=email.strip().lower(), active=True)
        return await create_token(actor=await system_user(), owner=owner, label="convenios token") if owner else None


async def _bounce(data: bytes) -> list[str]:
    report = read_delivery_report(data)
    async with database():
        return [mark.address for mark in await record_bounce(actor=await system_user(), report=report)]


@app.command()
def bounce() -> None:
    """Lee un informe de entrega (RFC 3464) de la entrada estándar y marca la dirección que el servidor rechazó."""
    try:
        marked = run(_bounce(sys.stdin.buffer.read(LARGEST + 1)))
    except BadReport as bad:
        typer.secho(str(bad), fg="red", err=True)
        raise typer.Exit(1) from bad
    except Refusal as refusal:
        for problem in refusal.problems:
            typer.secho(problem.message, fg="red", err=True)
        raise typer.Exit(1) from refusal
    typer.echo(f"Ya no se escribe a: {', '.join(marked)}. La marca se levanta en /avisos/rechazados.")


@app.command()
def token(email: str) -> None:
    """Crea una llave de acceso para una persona y la muestra esta única vez, sola en la última línea."""
    made = run(_token(email))
    if made is None:
        typer.secho(f"No hay ninguna persona activa con el correo {email}.", fg="red", err=True)
        raise typer.Exit(1)
    typer.echo(f"Llave de {email}; guárdela, no se vuelve a mostrar:")
    typer.echo(made)


def port_taken(parts: Collection[str] = ()) -> str:
    """Say that another program listens where one of these parts is to serve; empty when their places are free."""
    places = {API: (settings().host, settings().port), PREFECT: settings().prefect_listens()}
    for part, (host, port) in places.items():
        if part not in chosen_parts(parts):
            continue
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return f"Otro programa usa {host}:{port}. Deténgalo, o elija otro puerto con CONVENIOS_PORT."
    return ""


async def _may_serve() -> str:
    async with database():
        pending = await pending_migrations()
        if pending:
            return f"Faltan {len(pending)} migraciones. Ejecute: convenios migrate"
        if not settings().demo and await demo_people_exist():
            return "Esta base tiene personas de demostración, con contraseña conocida. Sirva con otra base de datos."
    fault = await store_fault(thoroughly=True)
    if fault and fault.lasting:
        return f"El almacén de archivos {fault}."
    if fault:
        # It may come up later than this machine does.
        typer.secho(f"El almacén de archivos {fault}. Mientras tanto no se reciben archivos.", fg="yellow", err=True)
    return ""


@app.command()
def serve(
    only: Annotated[list[str] | None, typer.Option(help="Solo estas partes: api, engine, prefect.")] = None,
) -> None:
    """Sirve la API, las páginas y el motor, y vuelve a iniciar lo que se caiga."""
    refusal = run(_may_serve()) or port_taken(only or ())
    if refusal:
        typer.secho(refusal, fg="red", err=True)
        raise typer.Exit(1)
    try:
        supervise(only or ())
    except ValueError as wrong:
        typer.secho(f"--only: {wrong}", fg="red", err=True)
        raise typer.Exit(2) from wrong


def demo_password(chosen: Settings) -> str:
    """Return the demo people's one password: the one kept from the first start, else the one set, else a new one."""
    kept = chosen.home / "demo-password"
    if kept.exists():
        return kept.read_text(encoding="utf-8").strip()
    password = chosen.demo_password.get_secret_value() if chosen.demo_password else secrets.token_hex(4)
    chosen.home.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(password, encoding="utf-8")
    return password


async def _prepare_demo(password: str) -> None:
    async with database():
        await migrate()
        # The last part of the load: a start that was cut off before it goes on where it stopped.
        if await renewals_exist():
            return
        actor = await system_user()
        await load_catalogs(actor=actor, progress=tell_progress)
        await load_demo_people(actor=actor, password_hash=await hash_password(password))
        await load_2024(actor=actor, progress=tell_progress)


@app.command()
def demo() -> None:
    """Prepara los datos de 2024 con personas de demostración y sirve todo en http://127.0.0.1:8000."""
    chosen = become_demo()
    refusal = port_taken()
    if refusal:
        typer.secho(refusal, fg="red", err=True)
        raise typer.Exit(1)
    password = demo_password(chosen)
    run(_prepare_demo(password))
    typer.echo(f"\nConvenios, modo de demostración: {chosen.address()}")
    typer.echo("Ingrese con la contraseña de todas las personas de demostración: ", nl=False)
    typer.secho(password, bold=True)
    for email, what in (
        ("municipio.1610@demo.example", "municipalidad de San Juan Chamelco"),
        ("juridico@demo.example", "abogada de la Asesoría Jurídica"),
        ("jefatura@demo.example", "jefatura de la Asesoría Jurídica"),
        ("direccion.mad@demo.example", "dirección de Mis Años Dorados"),
        ("despacho@demo.example", "Despacho, que firma"),
        ("auditoria@demo.example", "auditoría interna"),
    ):
        typer.echo(f"  {email:32} {what}")
    typer.echo("Ctrl+C detiene todo.\n")
    supervise(())


def _mail() -> tuple[bool, str]:
    url = settings().smtp_url
    if not url and settings().demo:
        return True, "demostración: los mensajes se leen en /correo"
    if not url:
        return False, "sin servidor de correo: los avisos esperan. Defina CONVENIOS_SMTP_URL."
    parts = urlsplit(url)
    try:
        kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        with kind(parts.hostname or "", parts.port or 0, timeout=5):
            return True, f"responde {parts.hostname}"
    except OSError as fault:
        return False, f"no responde ({fault}). Revise CONVENIOS_SMTP_URL y la red."


def _pdf() -> tuple[bool | None, str]:
    missing = [why for why in (office().missing(), "" if pypdfium2 else NO_READER) if why]
    return (None, " ".join(missing)) if missing else (True, "LibreOffice y pypdfium2 están")


async def _check() -> list[tuple[str, bool | None, str]]:
    found: list[tuple[str, bool | None, str]] = []
    async with database():
        found.append(("Base de datos", True, "responde"))
        pending = await pending_migrations()
        found.append(("Migraciones", not pending, f"faltan {len(pending)}: convenios migrate" if pending else "al día"))
        if not pending:
            engine = await engine_state()
            running = engine.state == EngineState.RUNNING
            found.append(("Motor", running, engine.label if running else f"{engine.label}: convenios serve"))
            broken = await broken_links()
            at = f"la cadena se rompe en {broken[:3]}: alguien cambió la base por fuera" if broken else "cadena íntegra"
            found.append(("Auditoría", not broken, at))
        found += await archive_state(migrated=not pending)
    found.append(("Correo", *_mail()))
    found.append(("PDF", *_pdf()))
    found.append(("Firma", *signing_state()))
    settings().home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings().home).free
    enough = free > LEAST_FREE
    found.append(("Disco", enough, f"{free / 1e9:.1f} GB libres" + ("" if enough else ": libere espacio")))
    return found


@app.command()
def check() -> None:
    """Revisa base, migraciones, motor, auditoría, archivo, correo, PDF, firma y disco, y dice qué hacer en cada uno."""
    found = run(_check())
    for name, good, what in found:
        # What is None is missing, and the system does without it.
        said, color = {True: ("bien ", "green"), False: ("falla", "red"), None: ("falta", "yellow")}[good]
        typer.secho(f"{said}  {name}: {what}", fg=color)
    if any(good is False for _, good, _ in found):
        raise typer.Exit(1)


engine_app = typer.Typer(help="El motor: lo que el sistema hace por sí mismo.", no_args_is_help=True)
app.add_typer(engine_app, name="engine")
app.add_typer(archive_app, name="archive")


async def _status() -> EngineStatus | None:
    async with database():
        return None if await pending_migrations() else await engine_status()


@engine_app.command("status")
def status_command() -> None:
    """Dice qué corre, qué espera y qué falla en el motor; termina con 1 si algo necesita atención."""
    found = run(_status())
    if found is None:
        typer.secho("Faltan migraciones. Ejecute: convenios migrate", fg="red", err=True)
        raise typer.Exit(1)
    for line in status_lines(found):
        typer.echo(line)
    for warning in found.warnings:
        typer.secho(f"atender  {warning}", fg="red")
    if found.warnings:
        raise typer.Exit(1)
    typer.secho("Todo en orden.", fg="green")


if __name__ == "__main__":
    app(prog_name="convenios")

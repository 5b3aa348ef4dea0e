"""The `convenios` command as an operator types it."""

import asyncio
import re
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import cli
from actions.catalogs import load_catalogs
from actions.demo_people import load_demo_people
from actions.people import hash_password, sign_in, system_user
from cli import app
from models.agreements import Convention
from models.calendar import Holiday
from models.centers import Center
from models.database import database, migrate
from models.people import Role, User
from models.places import Municipality
from models.reviews import Requirement
from reads.people import api_token
from settings import settings
from tests import builders
from tests.conftest import FreshDatabase


def typed(*words: str) -> Result:
    """Run the command with these words."""
    return CliRunner().invoke(app, list(words))


def inside(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Look into the database that the command used."""

    async def looked() -> Any:
        async with database():
            return await work()

    return asyncio.run(looked())


def test_migrate_makes_a_database_and_says_when_there_is_nothing_to_do() -> None:
    first, second = typed("migrate"), typed("migrate")
    assert "0001_initial" in first.output
    assert second.output == "La base de datos ya estaba al día.\n"


def test_an_office_that_starts_empty_loads_the_catalogs_alone() -> None:
    assert typed("load-2024", "--only-catalogs").exit_code == 0

    async def counts() -> list[int]:
        return [await model.all().count() for model in (Municipality, Requirement, Holiday, Center)]

    places, requirements, holidays, centers = inside(counts)
    assert (places, centers) == (340, 0)
    assert requirements > 0
    assert holidays > 0
    assert "Catálogos: 0 registros nuevos." in typed("load-2024", "--only-catalogs").output


def test_a_token_stands_alone_on_the_last_line_and_opens_the_api(closed_db: FreshDatabase) -> None:
    async def someone() -> str:
        return (await builders.person(Role.LEGAL)).email

    email = inside(someone)
    printed = typed("token", email).output
    token = printed.splitlines()[-1]
    assert re.fullmatch(r"cvn_[\w-]{43}", token)

    async def owner() -> str:
        found = await api_token(token)
        assert found
        return str(found.user.email)

    assert inside(owner) == email


def test_the_first_person_of_an_office_signs_in(closed_db: FreshDatabase) -> None:
    inside(builders.places)
    secret = "una contraseña larga"
    added = typed(
        "add-person", "Abogada@sosep.example", "Ana Pérez", "LEGAL", "--position", "Asesora", "--password", secret
    )
    assert added.output == "Ana Pérez ya puede ingresar con abogada@sosep.example.\n"

    async def enters() -> str:
        return await sign_in("abogada@sosep.example", secret)

    assert inside(enters)
    again = typed("add-person", "abogada@sosep.example", "Ana Pérez", "LEGAL", "--password", secret)
    assert again.exit_code == 1
    assert "Ya hay una persona con el correo abogada@sosep.example." in again.output
    assert inside(lambda: User.filter(role=Role.LEGAL).count()) == 1


def test_what_a_person_lacks_is_named_at_once(closed_db: FreshDatabase) -> None:
    wrong = typed("add-person", "sin-arroba", "Beto", "MUNICIPAL", "--department", "99", "--password", "corta")
    assert wrong.exit_code == 1
    for sentence in (
        "El correo no tiene la forma nombre@sitio.gt.",
        "La contraseña lleva de 10 a 200 caracteres.",
        "No existe el departamento «99».",
        "El municipio va con el papel MUNICIPAL.",
        "El departamento va con COORDINATOR.",
    ):
        assert sentence in wrong.output, sentence
    assert inside(lambda: User.all().filter(role=Role.MUNICIPAL).count()) == 0


def test_a_token_for_nobody_is_refused(closed_db: FreshDatabase) -> None:
    refused = typed("token", "nadie@prueba.example")
    assert refused.exit_code == 1
    assert "No hay ninguna persona activa con el correo nadie@prueba.example." in refused.output


def test_the_doctor_says_what_to_do(closed_db: FreshDatabase) -> None:
    found = typed("check")
    assert found.exit_code == 1
    assert "bien   Base de datos: responde" in found.output
    assert "bien   Auditoría: cadena íntegra" in found.output
    assert "falla  Motor: detenido: convenios serve" in found.output
    assert "falla  Correo: sin servidor de correo" in found.output
    assert "falta  PDF: LibreOffice está desactivado en esta instalación (CONVENIOS_SOFFICE=none)." in found.output


def test_serving_waits_for_the_migrations() -> None:
    refused = typed("serve")
    assert refused.exit_code == 1
    assert "Ejecute: convenios migrate" in refused.output


def test_a_taken_port_is_named(closed_db: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("CONVENIOS_PORT", str(port))
        settings.cache_clear()
        refused = typed("serve")
    assert refused.exit_code == 1
    assert f"Otro programa usa 127.0.0.1:{port}." in refused.output


def test_only_takes_parts_that_exist(closed_db: FreshDatabase) -> None:
    refused = typed("serve", "--only", "motor")
    assert refused.exit_code == 2
    assert "api, prefect, engine" in refused.output


def test_a_database_that_does_not_answer_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVENIOS_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
    settings.cache_clear()
    refused = typed("migrate")
    assert refused.exit_code == 1
    assert "La base de datos no responde" in refused.output


def test_a_demo_cut_off_while_loading_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Power fails between the people and the data of 2024: the next start loads what is missing, once."""
    monkeypatch.setenv("CONVENIOS_DEMO", "true")
    settings.cache_clear()

    async def begin() -> None:
        await migrate()
        actor = await system_user()
        await load_catalogs(actor=actor)
        await load_demo_people(actor=actor, password_hash=await hash_password("una contraseña"))

    async def counts() -> list[int]:
        return [await model.all().count() for model in (User, Center, Convention)]

    inside(begin)
    asyncio.run(cli._prepare_demo("una contraseña"))
    whole = inside(counts)
    assert whole[1:] == [69, 70]
    asyncio.run(cli._prepare_demo("una contraseña"))
    assert inside(counts) == whole

"""Spreadsheets of people with an account: one a row, known by the e-mail address. No sheet holds a password."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from actions.audited import Entry
from actions.people import account_problems
from actions.sheet_facts import department_list, program_list, town_list
from actions.sheet_rows import Choices, RowReader, chunks, first_lines
from actions.sheets import BATCH, Origin, Sheet, SheetColumn, SheetRow
from documents.sheet_cells import Cell
from models.imports import SheetKind
from models.people import ROLE_LABELS, Role, User
from models.places import Gender

ROLES: Choices[Role] = Choices(
    {role: words for role, words in ROLE_LABELS.items() if role != Role.SYSTEM},
    {
        "abogado": Role.LEGAL,
        "abogada": Role.LEGAL,
        "jefatura": Role.LEGAL_HEAD,
        "direccion": Role.DIRECTOR,
        "coordinacion": Role.COORDINATOR,
        "auditoria": Role.AUDITOR,
    },
)
GENDERS = Choices({Gender.F: "Femenino", Gender.M: "Masculino"}, {"mujer": Gender.F, "hombre": Gender.M})

COLUMNS = (
    SheetColumn("email", "Correo", ("correo electrónico", "e-mail", "email"), required=True, width=32,
                hint="Con él ingresa. No se repite."),
    SheetColumn("name", "Nombre", ("nombre completo",), required=True, width=34),
    SheetColumn("role", "Papel", ("rol", "función"), required=True, width=28, offers=ROLES.offered),
    SheetColumn("gender", "Género", ("sexo",), required=True, width=12, offers=GENDERS.offered,
                hint="Para que los documentos concuerden: abogada, abogado."),
    SheetColumn("position", "Cargo", ("puesto",), width=34, hint="Como debe leerse en los documentos."),
    SheetColumn("municipality", "Municipio", width=30, offers=town_list, free=True,
                hint="Solo para una municipalidad."),
    SheetColumn("department", "Departamento", offers=department_list, free=True, hint="Solo para una coordinación."),
    SheetColumn("program", "Programa", offers=program_list, hint="Solo para una dirección de programa."),
)  # fmt: skip

PLACES = {"municipality": Role.MUNICIPAL, "department": Role.COORDINATOR, "program": Role.DIRECTOR}
"""Which role goes with which column."""


def read_person(reader: RowReader) -> SheetRow | None:
    """Return the account that a row describes."""
    email = reader.text("email", 120, required=True).lower()
    name = reader.text("name", 120, required=True)
    role = reader.choice("role", ROLES)
    gender = reader.choice("gender", GENDERS)
    position = reader.text("position", 160)
    town = reader.municipality("municipality", "department" if role == Role.MUNICIPAL else "")
    department = reader.department("department") if role != Role.MUNICIPAL else None
    program = reader.program("program") if reader.written("program") else None
    if email:
        for problem in account_problems(email):
            reader.wrong("email", problem)
    for key, of in PLACES.items():
        label = ROLE_LABELS[of]
        if role == of and not reader.written(key):
            reader.wrong(key, f"Falta «{reader.columns[key].label}»: va con el papel «{label}».")
        elif role and role != of and reader.written(key) and not (key == "department" and role == Role.MUNICIPAL):
            reader.wrong(key, f"Este dato va solo con el papel «{label}».", "Deje la celda vacía.")
    if reader.broken or role is None:
        return None
    values = {
        "email": email,
        "name": name,
        "role": role,
        "gender": gender,
        "position": position,
        "municipality_id": town,
        "department_id": department,
        "program": program,
    }
    return SheetRow(reader.number, email, first_lines(name, email, ROLE_LABELS[role]), values)


async def people_on_record(keys: Collection[str]) -> dict[str, str]:
    """Return the addresses that accounts have."""
    found: dict[str, str] = {}
    for part in chunks(list(keys), BATCH):
        found |= dict(await User.filter(email__in=part).values_list("email", "name"))
    return found


async def write_people(entry: Entry, rows: Sequence[SheetRow], origin: Origin) -> None:
    """Write accounts without a password: nobody enters with one before she is given her first."""
    await User.bulk_create((User(password_hash=None, **row.values) for row in rows), batch_size=200)


async def say_how_they_enter(entry: Entry, rows: Sequence[SheetRow]) -> str:
    """Say what is left to be done for people to enter."""
    return "Cada persona ingresa cuando se le da su primera contraseña, con «convenios add-person»."


def examples(today: date) -> Sequence[Mapping[str, Cell]]:
    """Return three people who do not exist."""
    return (
        {"email": "persona.uno@ejemplo.gob.gt", "name": "Persona de Ejemplo Uno", "role": ROLE_LABELS[Role.LEGAL],
         "gender": "Femenino", "position": "Asesora Jurídica"},
        {"email": "persona.dos@ejemplo.gob.gt", "name": "Persona de Ejemplo Dos", "role": ROLE_LABELS[Role.MUNICIPAL],
         "gender": "Masculino", "position": "Secretario Municipal", "municipality": "1610"},
        {"email": "persona.tres@ejemplo.gob.gt", "name": "Persona de Ejemplo Tres",
         "role": ROLE_LABELS[Role.COORDINATOR], "gender": "Femenino", "department": "Alta Verapaz"},
    )  # fmt: skip


PEOPLE = Sheet(
    SheetKind.PEOPLE, COLUMNS, read_person, people_on_record, write_people, ("una persona", "personas"), examples,
    key_column="email",
    explained="Una persona por fila. Sin contraseñas: cada cuenta la recibe después, de quien administra.",
    finish=say_how_they_enter,
)  # fmt: skip

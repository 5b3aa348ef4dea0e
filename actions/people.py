"""Signing in and out, tokens for programs, and the engine's own account."""

import asyncio
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta

from pwdlib import PasswordHash

from actions.audited import audited
from actions.refusals import Checks
from models.audit import Verb
from models.clock import now
from models.people import SYSTEM_EMAIL, ApiToken, FailedSignIn, Role, Session, User
from models.places import Department, Municipality, ProgramCode
from reads.people import token_hash

WINDOW = timedelta(minutes=15)
"""Wrong passwords are counted for this long."""
TRIES = 5
"""Wrong passwords for one e-mail within the window before sign-in closes."""
LONGEST_PASSWORD = 200
"""Characters; more is refused before hashing, because hashing megabytes is an attack."""

_hasher = PasswordHash.recommended()
# Argon2 takes a quarter second and 64 MB: more than two at once would make sign-in its own denial of service.
_hashers = ThreadPoolExecutor(2, thread_name_prefix="argon2")

# A hash of nobody's password, so that an unknown person takes as long as a known one. Written out: hashing one at
# import would cost every process a quarter second.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$wFm6KBcz+2dHY+ZOoJPOMg$V//S++Mai6R5AV71Q18BGP5hjh6M+6LIAzVKu+lgr3k"


class SignInRefused(Exception):
    """Sign-in failed; the words are the same for an unknown person and a wrong password."""

    def __init__(self, message: str, *, wait_seconds: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.wait_seconds = wait_seconds


async def hash_password(password: str) -> str:
    """Return the argon2 hash of a password, computed in a thread."""
    return await asyncio.get_running_loop().run_in_executor(_hashers, _hasher.hash, password)


async def system_user() -> User:
    """Return the engine's own account, created the first time it is asked for."""
    person, _ = await User.get_or_create(
        email=SYSTEM_EMAIL, defaults={"name": "Sistema de Convenios", "role": Role.SYSTEM}
    )
    return person


async def sign_in(email: str, password: str) -> str:
    """Check a password and return the id of a new session; raises SignInRefused, with a wait after too many tries."""
    email = email.strip().lower()
    if len(password) > LONGEST_PASSWORD or len(email) > 120:
        raise SignInRefused("El correo o la contraseña no son correctos.")
    instant = now()
    # In UTC, because SQLite compares instants as the text that is stored.
    begun = (instant - WINDOW).astimezone(UTC)
    # Noted before the password is looked at: of many tries at once, no more than the allowed are looked at.
    this = await FailedSignIn.create(email=email, at=instant)
    failures = await FailedSignIn.filter(email=email, at__gt=begun, id__lt=this.id).order_by("at")
    if len(failures) >= TRIES:
        await this.delete()
        wait = int((failures[-TRIES].at + WINDOW - instant).total_seconds()) + 1
        minutes = max(1, round(wait / 60))
        raise SignInRefused(f"Demasiados intentos. Espere {minutes} minutos y pruebe de nuevo.", wait_seconds=wait)
    person = await User.get_or_none(email=email, active=True)
    known = person.password_hash if person and person.password_hash else _NOBODY
    right = await asyncio.get_running_loop().run_in_executor(_hashers, _hasher.verify, password, known)
    if not person or not person.password_hash or not right:
        raise SignInRefused("El correo o la contraseña no son correctos.")
    token = secrets.token_urlsafe(32)
    async with audited(Verb.SIGN_IN, actor=person) as entry:
        await Session.create(token_hash=token_hash(token), user=person, created_at=instant, last_seen_at=instant)
        entry.about(person, f"{person.name} ingresó al sistema.")
    await FailedSignIn.filter(email=email).delete()
    return token


async def sign_out(*, actor: User, token: str) -> None:
    """End the session with this id; it never opens anything again."""
    async with audited(Verb.SIGN_OUT, actor=actor) as entry:
        await Session.filter(token_hash=token_hash(token), revoked_at=None).update(revoked_at=entry.at)
        entry.about(actor, f"{actor.name} salió del sistema.")


async def keep_session_alive(session: Session) -> None:
    """Note that a session is in use, at most once a minute."""
    instant = now()
    if instant - session.last_seen_at > timedelta(minutes=1):
        await Session.filter(id=session.id).update(last_seen_at=instant)


async def note_token_use(token: ApiToken) -> None:
    """Note the last use of an API token, at most once a minute."""
    instant = now()
    if token.last_used_at is None or instant - token.last_used_at > timedelta(minutes=1):
        await ApiToken.filter(id=token.id).update(last_used_at=instant)


SHORTEST_PASSWORD = 10
"""Characters of a password that a person may be given."""


def account_problems(email: str) -> list[str]:
    """Return why an address, in small letters, cannot be an account's."""
    wrong = []
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        wrong.append("El correo no tiene la forma nombre@sitio.gt.")
    if email.endswith("@demo.example"):
        wrong.append("Ese sitio es de las personas de demostración.")
    if email == SYSTEM_EMAIL:
        wrong.append("Esa dirección es del motor.")
    return wrong


async def add_person(
    *,
    actor: User,
    email: str,
    name: str,
    role: Role,
    password: str,
    position: str = "",
    municipality: str | None = None,
    department: str | None = None,
    program: ProgramCode | None = None,
) -> User:
    """Give a person an account; MUNICIPAL needs a municipality, COORDINATOR a department, DIRECTOR a program.

    Refuses with one sentence for each thing that is missing, wrong or taken. An account that was imported, and so has
    no password yet, is given its first one when everything else agrees.
    """
    checks = Checks()
    email = checks.text(email, "email", label="el correo", most=120).lower()
    for problem in account_problems(email):
        checks.that(False, "email", problem)
    name = checks.text(name, "name", label="el nombre", most=120)
    position = checks.text(position, "position", label="el cargo", most=160, required=False)
    checks.that(role != Role.SYSTEM, "role", "Ese papel es del motor; elija otro.")
    fits = SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD
    checks.that(fits, "password", f"La contraseña lleva de {SHORTEST_PASSWORD} a {LONGEST_PASSWORD} caracteres.")
    town = await Municipality.get_or_none(code=municipality) if municipality and len(municipality) == 4 else None
    area = await Department.get_or_none(code=department) if department and len(department) == 2 else None
    checks.that(town or not municipality, "municipality", f"No existe el municipio «{municipality}».")
    checks.that(area or not department, "department", f"No existe el departamento «{department}».")
    checks.that(
        bool(municipality) == (role == Role.MUNICIPAL), "municipality", "El municipio va con el papel MUNICIPAL."
    )
    checks.that(bool(department) == (role == Role.COORDINATOR), "department", "El departamento va con COORDINATOR.")
    checks.that(bool(program) == (role == Role.DIRECTOR), "program", "El programa va con el papel DIRECTOR.")
    checks.done()
    hashed = await hash_password(password)
    async with audited(Verb.ADD_PERSON, actor=actor) as entry:
        known = await User.get_or_none(email=email)
        same = known and (known.role, known.municipality_id, known.department_id, known.program) == (
            role, municipality or None, department or None, program,
        )  # fmt: skip
        if known and same and known.active and known.password_hash is None:
            # Not through the entry, which would keep the hash in the sealed chain.
            await User.filter(id=known.id).update(password_hash=hashed)
            entry.about(known, f"Se dio su primera contraseña a {known.name} ({role.value}).")
            return known
        checks.that(known is None, "email", f"Ya hay una persona con el correo {email}.")
        checks.done()
        person = await User.create(
            email=email,
            name=name,
            position=position,
            role=role,
            password_hash=hashed,
            municipality=town,
            department=area,
            program=program,
        )
        entry.about(person, f"Se dio de alta a {name} ({role.value}).")
    return person


async def create_token(*, actor: User, owner: User, label: str = "", days: int = 365) -> str:
    """Make an API token for a person and return it; it is shown this once. It expires after `days` calendar days."""
    token = "cvn_" + secrets.token_urlsafe(32)
    async with audited(Verb.CREATE_TOKEN, actor=actor) as entry:
        await ApiToken.create(
            token_hash=token_hash(token),
            user=owner,
            label=label,
            created_at=entry.at,
            expires_at=entry.at + timedelta(days=days),
        )
        entry.about(owner, f"Se creó una llave de acceso para {owner.name}.")
    return token

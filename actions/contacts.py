"""People without an account who hear of agreements by mail: added, changed, and left alone when they ask for it."""

import re
import secrets
from dataclasses import dataclass

from actions.audited import Entry, audited, reachable
from actions.people import system_user
from actions.refusals import Checks, ErrorCode, Forbidden, NotAllowedNow, Problem, Refusal
from models.audit import Verb
from models.messages import Contact
from models.people import Role, User
from models.places import Institution, Municipality
from reads.places import municipalities_meant, unclear_place

_ADDRESS = re.compile(r"[^@\s<>,;:\"()]+@[^@\s<>,;:\"()]+\.[^@\s<>,;:\"()]+")


@dataclass(frozen=True)
class ContactInput:
    """A contact as it is typed: of one municipality (code or name) or of one institution."""

    email: str
    name: str
    position: str = ""
    municipality: str = ""
    institution_id: int | None = None
    asked_again: bool = False
    """Whether somebody who had stopped the messages asks for them again."""


async def save_contact(
    *, actor: User, given: ContactInput, contact_id: int | None = None, expected_version: int | None = None
) -> Contact:
    """Add a contact or correct one. A municipality keeps its own; two with one address and party are refused."""
    checks = Checks()
    email = checks.text(given.email, "email", label="el correo", most=120).lower()
    checks.that(not email or _ADDRESS.fullmatch(email), "email", "El correo no tiene la forma nombre@sitio.gt.")
    name = checks.text(given.name, "name", label="el nombre", most=120)
    position = checks.text(given.position, "position", label="el cargo", most=160, required=False)
    for value, path in ((name, "name"), (position, "position")):
        checks.that("\n" not in value and "\r" not in value, path, "Escríbalo en una sola línea.")
    town, institution = await _party(checks, actor, given)
    checks.done()
    party = {"municipality_id": town.code if town else None, "institution_id": institution.id if institution else None}
    async with audited(Verb.SAVE_CONTACT, actor=actor) as entry:
        if actor.role == Role.MUNICIPAL and party["municipality_id"] != actor.municipality_id:
            raise Forbidden(Verb.SAVE_CONTACT.value)
        known = None
        if contact_id is not None:
            known = await reachable(Contact, contact_id, actor, expected_version=expected_version, path="contactId")
        await _refuse_twin(email, party, known)
        of = f"la Municipalidad de {town.name}" if town else institution.name if institution else ""
        if known is None:
            made = await entry.create(
                Contact,
                email=email,
                name=name,
                position=position,
                stop_code=secrets.token_urlsafe(32),
                created_at=entry.at,
                created_by_id=actor.id,
                **party,
            )
            entry.changes = [one for one in entry.changes if one["field"] != "stop_code"]
            entry.about(made, f"{actor.name} agregó a {name} ({email}) como contacto de {of}.")
            return entry.answers(made)
        again = {"stopped_at": None} if given.asked_again else {}
        await entry.change(known, email=email, name=name, position=position, **party, **again)
        entry.about(known, f"{actor.name} corrigió el contacto {name} ({email}), de {of}.")
        return entry.answers(known)


async def _party(checks: Checks, actor: User, given: ContactInput) -> tuple[Municipality | None, Institution | None]:
    place = given.municipality.strip()
    if actor.role == Role.MUNICIPAL and not place and given.institution_id is None:
        place = actor.municipality_id or ""
    one = bool(place) != (given.institution_id is not None)
    checks.that(one, "municipalityCode", "Elija un municipio o una institución, y solo uno de los dos.")
    if not one:
        return None, None
    if place:
        found = await municipalities_meant(place)
        checks.that(len(found) == 1, "municipalityCode", unclear_place(place, found))
        return (found[0] if len(found) == 1 else None), None
    institution = await Institution.get_or_none(id=given.institution_id)
    checks.that(institution, "institutionId", "Elija una institución de la lista.")
    return None, institution


async def _refuse_twin(email: str, party: dict[str, str | int | None], known: Contact | None) -> None:
    twin = await Contact.filter(email=email, **party).exclude(id=known.id if known else 0).first()
    if twin is None:
        return
    message = f"{twin.name} ya es contacto de esa parte con el correo {email}."
    if twin.stopped_at:
        message += " Ya no se le escribe: si lo pide de nuevo, corrija ese contacto y márquelo así."
    raise Refusal(Problem(ErrorCode.CONFLICT, message, ("email",)))


async def stop_contact(*, actor: User, contact_id: int, expected_version: int | None = None) -> Contact:
    """Stop writing to a contact."""
    async with audited(Verb.STOP_CONTACT, actor=actor) as entry:
        contact = await reachable(Contact, contact_id, actor, expected_version=expected_version, path="contactId")
        if contact.stopped_at is not None:
            raise NotAllowedNow(f"A {contact.name} ya no se le escribe.")
        await _stop(entry, contact)
        entry.about(contact, f"{actor.name} dejó de escribir a {contact.name} ({contact.email}).")
        return entry.answers(contact)


async def stop_by_code(code: str) -> None:
    """Stop writing to the address of whoever holds the link in a message; an unknown code does nothing.

    One who is the contact of several parties stops all of them: the request is to be left alone.
    """
    if not 20 <= len(code) <= 64:
        return
    holder = await Contact.get_or_none(stop_code=code)
    if holder is None or not await Contact.exists(email=holder.email, stopped_at__isnull=True):
        return
    async with audited(Verb.STOP_CONTACT, actor=await system_user()) as entry:
        for contact in await Contact.filter(email=holder.email, stopped_at__isnull=True):
            await _stop(entry, contact)
        entry.about(holder, f"{holder.name} ({holder.email}) pidió no recibir más avisos.")


async def _stop(entry: Entry, contact: Contact) -> None:
    await entry.change(contact, stopped_at=entry.at)

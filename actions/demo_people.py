"""The invented people of the demo: one for each role, and one for each municipality. Never for a real office."""

from typing import Any

from actions.audited import audited
from actions.loading import AlreadyLoaded, insert
from models.audit import Verb
from models.people import Role, User
from models.places import Municipality, ProgramCode

DOMAIN = "demo.example"

OFFICE: dict[str, dict[str, Any]] = {
    "juridico": {"name": "Ana Jurídica de Demostración", "role": Role.LEGAL, "position": "Asesora Jurídica"},
    "juridico2": {"name": "Beatriz Jurídica de Demostración", "role": Role.LEGAL, "position": "Asesora Jurídica"},
    "juridico3": {
        "name": "Carlos Jurídico de Demostración",
        "role": Role.LEGAL,
        "position": "Asesor Jurídico",
        "gender": "M",
    },
    "jefatura": {
        "name": "Julia Jefatura de Demostración",
        "role": Role.LEGAL_HEAD,
        "position": "Jefa de la Asesoría Jurídica",
    },
    "direccion.mad": {
        "name": "Dora Dirección de Demostración",
        "role": Role.DIRECTOR,
        "position": "Directora de Mis Años Dorados",
        "program": ProgramCode.MAD,
    },
    "direccion.hc": {
        "name": "Hugo Dirección de Demostración",
        "role": Role.DIRECTOR,
        "position": "Director de Hogares Comunitarios",
        "program": ProgramCode.HC,
        "gender": "M",
    },
    "coordinacion.16": {
        "name": "Verónica Coordinación de Demostración",
        "role": Role.COORDINATOR,
        "position": "Coordinadora de la Sede Departamental de Alta Verapaz",
        "department_id": "16",
    },
    "despacho": {
        "name": "Sofía Despacho de Demostración",
        "role": Role.SIGNATORY,
        "position": "Secretaria de Obras Sociales de la Esposa del Presidente",
    },
    "auditoria": {"name": "Aldo Auditoría de Demostración", "role": Role.AUDITOR, "position": "Auditor", "gender": "M"},
    "admin": {"name": "Alma Administración de Demostración", "role": Role.ADMIN, "position": "Administradora"},
}
"""Who works at SOSEP in the demo, by the part of the address before the @."""


async def load_demo_people(*, actor: User, password_hash: str) -> int:
    """Add the demo people that are missing, all with one password, and return how many were added.

    People who exist keep the password they have.
    """
    try:
        async with audited(Verb.LOAD_2024, actor=actor) as entry:
            wanted = {f"{name}@{DOMAIN}": facts for name, facts in OFFICE.items()}
            for place in await Municipality.all().order_by("code"):
                wanted[f"municipio.{place.code}@{DOMAIN}"] = {
                    "name": f"Secretaría Municipal de {place.name} (demostración)",
                    "role": Role.MUNICIPAL,
                    "position": "Secretaría Municipal",
                    "municipality_id": place.code,
                }
            known = set(await User.filter(email__endswith=f"@{DOMAIN}").values_list("email", flat=True))
            fresh = [
                User(email=email, password_hash=password_hash, **facts)
                for email, facts in wanted.items()
                if email not in known
            ]
            if not fresh:
                raise AlreadyLoaded
            added = await insert(fresh)
            entry.about(actor, f"Se crearon {added} personas de demostración.")
            return added
    except AlreadyLoaded:
        return 0

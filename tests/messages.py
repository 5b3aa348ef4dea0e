"""Rows about messages for tests: what is owed, people without an account, addresses that bounce."""

from typing import Any

from models.clock import now
from models.messages import BouncedAddress, Contact
from models.outbox import Notice
from models.people import Role, User
from tests import builders


async def notice(number: int = 1, **more: Any) -> Notice:
    """Return a message in the queue."""
    values = {
        "key": f"prueba:{number}",
        "recipient": f"persona{number}@prueba.example",
        "recipient_name": "María Peña",
        "subject": f"Aviso número {number}",
        "body": f"María Peña:\n\nTexto del aviso {number}.\n\nVéalo en http://127.0.0.1:8000/centros",
        "message_id": f"<{number}@convenios>",
        "created_at": now(),
        "due_at": now(),
    }
    return await Notice.create(**values | more)


async def contact(email: str, **more: Any) -> Contact:
    """Return Rosa Caal, who has no account and a stop code that tests know."""
    by = await User.filter(role=Role.LEGAL).first() or await builders.person(Role.LEGAL)
    known = {"name": "Rosa Caal", "created_by": by, "stop_code": f"codigo-de-prueba-{email}"[:64]}
    return await builders.contact(email, **known | more)


async def bounce(address: str, reason: str = "550 5.1.1 Unknown") -> BouncedAddress:
    """Return the mark on an address that mail servers refuse."""
    return await BouncedAddress.create(address=address, bounced_at=now(), reason=reason)

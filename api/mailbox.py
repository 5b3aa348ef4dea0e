"""The demo's mailbox: messages that would have reached people, readable on a page. Exists in demo mode only."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.login import who
from api.templating import render
from reads.mailbox import messages

SHOWN = 100
"""Messages on the page, the newest first."""


async def mailbox(request: Request) -> Response:
    """Show the last messages, all or those to one address."""
    person = await who(request)
    if person is None:
        return RedirectResponse("/ingresar?next=/correo", 303)
    recipient = request.query_params.get("para", "").strip().lower()
    found = await messages(recipient=recipient, limit=SHOWN)
    return await render(request, "mailbox.html", {"messages": found, "recipient": recipient}, person=person)

"""The link in every message to somebody without an account: opening it asks, and only sending the form stops.

Mail programs open links to look at them, so a GET changes nothing; their own button sends the POST of RFC 8058, which
needs no page and no sign-in. An unknown code gets the same words as a known one.
"""

from starlette.requests import Request
from starlette.responses import Response

from actions.contacts import stop_by_code
from api.templating import render


async def stop_messages(request: Request) -> Response:
    """Ask whether to stop, or stop writing to whoever holds this link."""
    code = request.path_params["code"]
    asked = request.method == "POST"
    if asked:
        await stop_by_code(code)
    return await render(request, "stop_messages.html", {"stopped": asked})

"""Whether this process serves, and whether what it stands on is up."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from tortoise.exceptions import BaseORMException

from actions.files import store_fault
from models.database import pending_migrations
from models.engine import EngineState
from reads.engine_state import engine_state
from settings import settings


async def live(request: Request) -> Response:
    """Answer 200 as soon as the API serves."""
    return PlainTextResponse("ok")


async def ready(request: Request) -> Response:
    """Say what of database, migrations, engine, mail and archive is up; 503 while people cannot work.

    Without the archive they read and decide, and only send no files and issue no papers: that is no 503.
    """
    try:
        pending = await pending_migrations()
        engine = await engine_state()
    except (BaseORMException, OSError):
        return JSONResponse({"database": "no responde"}, 503)
    state = {
        "database": "en marcha",
        "migrations": "al día" if not pending else f"faltan {len(pending)}",
        "engine": engine.label,
        "mail": "configurado" if settings().smtp_url or settings().demo else "sin servidor: los avisos esperan",
        "archive": "no responde" if await store_fault() else "en marcha",
    }
    working = not pending and engine.state == EngineState.RUNNING
    return JSONResponse(state, 200 if working else 503)

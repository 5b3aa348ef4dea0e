"""What every word of the `convenios` command shares: running work, and saying how far it has come."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import typer
from tortoise.exceptions import BaseORMException


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run one piece of work; a database that does not answer ends in a sentence, not in a traceback."""
    try:
        return asyncio.run(work)
    except (OSError, BaseORMException) as fault:
        typer.secho(f"La base de datos no responde: {fault}", fg="red", err=True)
        raise typer.Exit(1) from fault


def tell_progress(label: str, done: int, total: int) -> None:
    """Show how far a load has come."""
    typer.echo(f"  {done} de {total}  {label}")

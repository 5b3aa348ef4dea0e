"""How fast the post is, and what a sender leaves that dies between the server's answer and its own mark."""

import asyncio
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.figures import Figure
from bench.home import label, temporary_home
from bench.ports import free_ports
from models.clock import instant, now
from models.database import database, migrate
from models.outbox import Notice, NoticeState
from settings import settings
from workflows.notices import send_round

MESSAGES = 1000
TARGET = 60.0
KILLS = 40
EACH = 25
"""Messages that each of the killed senders begins with, at least."""
LONGEST_DELAY = 0.02
"""Seconds after the server's answer within which the sender is killed: about as long as two messages take."""

PROCESSES = multiprocessing.get_context("forkserver")


@dataclass
class Postbox:
    """A mail server that notes what it took, and kills a sender a moment after it answered."""

    taken: list[tuple[int, str]] = field(default_factory=list)
    """Which sender's life, and the Message-ID."""
    life: int = 0
    victim: BaseProcess | None = None
    after: int = 0
    """Messages after which the victim dies."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a message; the sender of the one that was chosen has only a moment left."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.taken.append((self.life, message_from_bytes(content)["Message-ID"].strip()))
        if self.victim is not None:
            self.after -= 1
            if self.after == 0:
                asyncio.get_running_loop().call_later(random.uniform(0, LONGEST_DELAY), self._kill)
        return "250 2.0.0 Ok"

    def _kill(self) -> None:
        if self.victim is not None and self.victim.pid and self.victim.is_alive():
            os.kill(self.victim.pid, signal.SIGKILL)


@contextmanager
def mail_server() -> Iterator[Postbox]:
    """Run a mail server on loopback that the settings point at, here and in the processes that are started."""
    postbox = Postbox()
    controller = Controller(postbox, hostname="127.0.0.1", port=free_ports(1)[0])
    controller.start()
    os.environ["CONVENIOS_SMTP_URL"] = f"smtp://127.0.0.1:{controller.port}"
    os.environ["CONVENIOS_MAIL_PER_MINUTE"] = "0"
    settings.cache_clear()
    try:
        yield postbox
    finally:
        controller.stop()
        del os.environ["CONVENIOS_SMTP_URL"], os.environ["CONVENIOS_MAIL_PER_MINUTE"]
        settings.cache_clear()


def run(dialect: str) -> list[Figure]:
    """Send a thousand messages with the limit that the settings come with, then kill many senders."""
    PROCESSES.set_forkserver_preload(["workflows.notices"])
    with temporary_home(dialect, loaded=False), mail_server() as postbox:
        asyncio.run(_owe(MESSAGES))
        limited = {"CONVENIOS_MAIL_PER_MINUTE": ""}
        began = time.monotonic()
        seconds = _sent_by(dict(os.environ) | limited)
        whole = time.monotonic() - began
        assert len(set(postbox.taken)) == len(postbox.taken) == MESSAGES, "not each message once"
        doubled = _killed(postbox)
        return [
            Figure(
                "1,000 notices to a local mail server",
                seconds,
                "s",
                label(dialect),
                f"{MESSAGES / seconds:.0f} a second; {whole:.0f} s with the start of the process",
                target=TARGET,
            ),
            Figure(
                "messages that arrived twice",
                sum(doubled),
                "messages",
                label(dialect),
                f"{KILLS} senders killed up to {LONGEST_DELAY * 1000:.0f} ms after the server's answer; "
                f"{max(doubled)} at most for a kill, all with their first Message-ID; none lost",
                target=KILLS,
            ),
        ]


def _killed(postbox: Postbox) -> list[int]:
    """Kill senders one after another and return how many messages each death doubled."""
    postbox.taken.clear()
    for life in range(KILLS):
        asyncio.run(_owe(EACH))
        postbox.life, postbox.after = life, random.randint(1, EACH - 1)
        postbox.victim = PROCESSES.Process(target=_send_all, args=(dict(os.environ), None))
        postbox.victim.start()
        postbox.victim.join()
        postbox.victim = None
        asyncio.run(_claims_over())
    postbox.life = KILLS
    _sent_by(dict(os.environ))
    lives: dict[str, list[int]] = {}
    for life, message_id in postbox.taken:
        lives.setdefault(message_id, []).append(life)
    assert len(lives) == KILLS * EACH, "a message was lost"
    assert asyncio.run(_unsent()) == 0, "a message is not marked"
    doubled = Counter(life for each in lives.values() for life in each[:-1])
    return [doubled[life] for life in range(KILLS)]


def _sent_by(environment: dict[str, str]) -> float:
    """Let one sender of its own process send everything; return the seconds of sending alone."""
    told, telling = PROCESSES.Pipe(duplex=False)
    sender = PROCESSES.Process(target=_send_all, args=(environment, telling))
    sender.start()
    sender.join()
    assert sender.exitcode == 0, "the sender failed"
    seconds: float = told.recv()
    return seconds


def _send_all(environment: dict[str, str], telling: Connection | None) -> None:
    """Send what is due until nothing is left: the work of a process of its own."""
    os.environ.update(environment)
    if not os.environ.get("CONVENIOS_MAIL_PER_MINUTE"):
        os.environ.pop("CONVENIOS_MAIL_PER_MINUTE", None)
    settings.cache_clear()

    async def work() -> float:
        async with database():
            began = time.monotonic()
            while (await send_round()).claimed:
                pass
            return time.monotonic() - began

    seconds = asyncio.run(work())
    if telling is not None:
        telling.send(seconds)


async def _owe(many: int) -> None:
    async with database():
        await migrate()
        first = await Notice.all().count()
        rows = [
            Notice(
                key=f"bench:{number}",
                recipient=f"persona{number}@prueba.example",
                recipient_name="María Peña",
                subject=f"El convenio CONV-2026-{number:04d} vence en 30 días",
                body="María Peña:\n\nEl convenio vence en 30 días.\n\nPuede consultarlo en http://127.0.0.1:8000",
                message_id=f"<{number}@bench>",
                event={"on": "2026-12-31", "title": f"Vence el convenio {number}"},
                created_at=now(),
                due_at=now(),
            )
            for number in range(first, first + many)
        ]
        await Notice.bulk_create(rows, batch_size=200)


async def _claims_over() -> None:
    """Let the time pass for which the dead sender's messages are claimed."""
    async with database():
        queued = Notice.filter(state=NoticeState.QUEUED, tries__gt=0)
        await queued.update(due_at=instant() - timedelta(seconds=1))


async def _unsent() -> int:
    async with database():
        return await Notice.exclude(state=NoticeState.SENT).count()

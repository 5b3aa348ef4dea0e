"""A sender killed at any moment: nothing is lost, and at most the message in its hands arrives twice, the same one."""

import asyncio
import os
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from models.clock import instant
from models.database import database
from models.outbox import Notice, NoticeState
from settings import PROJECT, settings
from tests import messages
from tests.conftest import FreshDatabase, Mailbox
from tests.postgres import free_port
from workflows.notices import send_round

SENDER = """
import asyncio
from models.database import database
from workflows.notices import send_round
async def main():
    async with database():
        print("ready", flush=True)
        while (await send_round()).claimed:
            pass
asyncio.run(main())
"""

OWED = 12


@dataclass
class Deadly(Mailbox):
    """Takes messages, and kills whoever sends when a message is the one: before the answer, or with it."""

    deaths: list[tuple[int, bool]] = field(default_factory=list)
    """After how many messages the next sender dies, and whether it sees the answer."""
    victim: int = 0
    life: int = 0
    lives: dict[str, list[int]] = field(default_factory=dict)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        self.lives.setdefault(str(self.messages[-1]["Message-ID"]), []).append(self.life)
        taken = sum(lives.count(self.life) for lives in self.lives.values())
        if self.victim and self.deaths and taken == self.deaths[0][0]:
            kill = os.kill, self.victim, signal.SIGKILL
            if self.deaths[0][1]:
                # The answer is on its way; whether the mark was made is the moment's matter.
                asyncio.get_running_loop().call_later(0.002 * self.life, *kill)
            else:
                os.kill(self.victim, signal.SIGKILL)
        return answer


@pytest.mark.both_databases
async def test_every_message_arrives_and_a_death_doubles_at_most_one(
    closed_db: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = Deadly(free_port(), deaths=[(1, False), (3, True)])
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    monkeypatch.setenv("CONVENIOS_SMTP_URL", f"smtp://127.0.0.1:{mailbox.port}")
    settings.cache_clear()
    try:
        async with database():
            made = [await messages.notice(number) for number in range(OWED)]
        killed = 0
        while mailbox.deaths:
            sender = await asyncio.create_subprocess_exec(
                sys.executable, "-c", SENDER, cwd=PROJECT, stdout=asyncio.subprocess.PIPE
            )
            assert sender.stdout
            mailbox.victim = sender.pid
            async with asyncio.timeout(120):
                await sender.stdout.readline()
                killed += await sender.wait() == -signal.SIGKILL
            mailbox.victim = 0
            mailbox.deaths.pop(0)
            mailbox.life += 1
            async with database():
                # The claim of a dead sender ends.
                queued = Notice.filter(state=NoticeState.QUEUED, tries__gt=0)
                await queued.update(due_at=instant() - timedelta(seconds=1))
        assert killed >= 1
        async with database():
            while (await send_round()).claimed:
                pass
            assert {row.state for row in await Notice.all()} == {NoticeState.SENT}
    finally:
        controller.stop()
    assert mailbox.lives.keys() == {one.message_id for one in made}
    doubled = Counter(life for lives in mailbox.lives.values() for life in lives[:-1])
    # The first died before its answer, so its message surely came again.
    assert doubled[0] == 1
    assert max(doubled.values()) == 1

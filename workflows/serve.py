"""One engine: the relay, Prefect's schedules and the post, in one process and one event loop.

Started by `convenios serve`, which sets the PREFECT_* variables: `python -m workflows.serve`.
"""

import asyncio
import contextlib
import queue
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import structlog
from prefect import Flow
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.settings import PREFECT_API_URL

from actions.outbox import beat
from logs import configure_log
from models.database import database, pending_migrations
from models.engine import EngineState
from models.flows import TIMETABLE, FlowName
from settings import settings
from workflows.alarms import alarms
from workflows.archive import archive
from workflows.batches import batches_running, relay_batches
from workflows.digests import digests
from workflows.health import answers
from workflows.housekeeping import housekeeping
from workflows.imports import imports_running, relay_imports
from workflows.incidents import StepFailed, failed
from workflows.leash import watch_parent
from workflows.mailbox import demo_mailbox
from workflows.notices import demo_mail_port, keep_sending, leftover_notices
from workflows.reminders import reminders
from workflows.renditions import relay_renditions, renditions_running
from workflows.wakeups import in_flight, relay
from workflows.webhooks import keep_calling

log = structlog.get_logger()

BEAT_SECONDS = 5.0
PROBE_SECONDS = 2.0
LAST_WORK_SECONDS = 10.0
"""How long a stopping engine lets the files in flight finish."""

SCHEDULE: dict[FlowName, Flow] = {
    FlowName.REMINDERS: reminders,
    FlowName.DIGESTS: digests,
    FlowName.LEFTOVER_NOTICES: leftover_notices,
    FlowName.HOUSEKEEPING: housekeeping,
    FlowName.ARCHIVE: archive,
    FlowName.ALARMS: alarms,
}
"""The flows of models/flows.py that run by the clock."""


class Engine:
    """The parts of one engine and what they tell each other."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self.prefect_up = asyncio.Event()
        self.announced = False

    async def run(self) -> None:
        """Work until somebody asks to stop, then finish what is in flight."""
        async with database(everywhere=True):
            await self._migrated()
            await beat(EngineState.STARTING, anew=True)
            working = [asyncio.create_task(_kept_alive(name, part)) for name, part in self._parts().items()]
            await self.stopping.wait()
            await self._stop(working)

    def _parts(self) -> dict[str, Callable[[], Awaitable[None]]]:
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "relay": lambda: relay(self.prefect_up),
            "batches": lambda: relay_batches(self.prefect_up),
            "renditions": lambda: relay_renditions(self.prefect_up),
            "imports": lambda: relay_imports(self.prefect_up),
            "schedules": self._follow_schedules,
            "post": keep_sending,
            "calls": keep_calling,
            "pulse": self._beat,
            "probe": self._watch_prefect,
        }
        if settings().demo and not settings().smtp_url:
            parts["mailbox"] = self._keep_mailbox
        return parts

    async def _migrated(self) -> None:
        # Another process migrates, at an upgrade perhaps minutes later.
        while await pending_migrations() and not self.stopping.is_set():  # noqa: ASYNC110 - nobody could set an event
            await asyncio.sleep(1)

    async def _beat(self) -> None:
        while True:
            running = self.prefect_up.is_set()
            await beat(EngineState.RUNNING if running else EngineState.STARTING)
            if running and not self.announced:
                self.announced = True
                print("Motor en marcha: revisa expedientes, recordatorios y correo.", flush=True)
            await asyncio.sleep(BEAT_SECONDS if running else 1)

    async def _watch_prefect(self) -> None:
        address = f"{PREFECT_API_URL.value()}/health"
        while True:
            if await asyncio.to_thread(answers, address):
                self.prefect_up.set()
            else:
                self.prefect_up.clear()
            await asyncio.sleep(PROBE_SECONDS)

    async def _follow_schedules(self) -> None:
        await self.prefect_up.wait()
        runner = Runner(name="convenios", query_seconds=30, pause_on_shutdown=False, limit=1)
        for name, one in SCHEDULE.items():
            cron = Cron(TIMETABLE[name].cron, timezone="America/Guatemala")
            await runner.aadd_flow(one, name="convenios", schedule=cron)
        # A machine that was off at its hour catches up now; a round that fails must not keep the others from theirs.
        for overdue in (reminders, digests, alarms):
            with contextlib.suppress(StepFailed):
                await overdue()
        following = asyncio.create_task(runner.start())
        try:
            # A server that comes back may have lost its database, and the schedules with it: they are told anew.
            while self.prefect_up.is_set() and not following.done():
                await asyncio.wait([following], timeout=PROBE_SECONDS)
            if following.done():
                await following
        finally:
            await _cancelled(following)

    async def _keep_mailbox(self) -> None:
        async with demo_mailbox(demo_mail_port()):
            await asyncio.Event().wait()

    async def _stop(self, working: list[asyncio.Task[None]]) -> None:
        # Those that take up work stop first; what they have in hand may end.
        taking, others = working[:4], working[4:]
        for one in taking:
            await _cancelled(one)
        deadline = time.monotonic() + LAST_WORK_SECONDS
        while self._working() and time.monotonic() < deadline:  # noqa: ASYNC110 - a clock ends it too
            await asyncio.sleep(0.1)
        for one in others:
            await _cancelled(one)
        await beat(EngineState.STOPPED)

    def _working(self) -> bool:
        return bool(in_flight() or batches_running() or renditions_running() or imports_running())


async def _cancelled(work: asyncio.Task[None]) -> None:
    work.cancel()
    await asyncio.wait([work], timeout=timedelta(seconds=5).total_seconds())


async def _kept_alive(name: str, part: Callable[[], Awaitable[None]]) -> None:
    """Run a part and start it again after a fault, with growing pauses: one part's fault must not stop the others."""
    pause = 1.0
    while True:
        started = time.monotonic()
        try:
            await part()
        except Exception as fault:
            failed(name, fault)
        # Prefect's worker stops through an exception group that holds a bare BaseException.
        except BaseExceptionGroup as fault:
            failed(name, fault)
        pause = 1.0 if time.monotonic() - started > 60 else min(pause * 2, 60.0)
        await asyncio.sleep(pause)


def main() -> None:
    """Run one engine until SIGTERM or SIGINT.

    Its event loop has a thread of its own: in the main thread each of Prefect's flows takes SIGTERM for itself and
    ends the loop with it.
    """
    loops: queue.SimpleQueue[tuple[asyncio.AbstractEventLoop, Engine]] = queue.SimpleQueue()

    async def work() -> None:
        engine = Engine()
        loops.put((asyncio.get_running_loop(), engine))
        await engine.run()

    with ThreadPoolExecutor(1, thread_name_prefix="engine") as thread:
        working = thread.submit(lambda: asyncio.run(work()))
        loop, engine = loops.get()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(engine.stopping.set))
        working.result()


if __name__ == "__main__":
    if not PREFECT_API_URL.value():
        sys.exit("El motor necesita su servidor Prefect. Inícielo con: convenios serve --only prefect --only engine")
    if "--leashed" in sys.argv:
        watch_parent()
    configure_log()
    main()

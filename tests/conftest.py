"""What every test may ask for.

db            a fresh, migrated, empty database, open for models and actions; yields FreshDatabase(url, dialect, home).
              SQLite, unless the test or its module is marked `both_databases`: then it runs on SQLite and PostgreSQL.
closed_db     the same without opening it, for tests that start programs of their own (they inherit the address).
clock         fixes today (2026-03-02, a Monday); `clock.move_to(date(2026, 6, 1))` travels.
app_client    httpx.AsyncClient on the Starlette application, in this process, over `db`.
chromium      a Playwright Browser (async API) on the one Chromium of the session. A context for each person:
              `context = await chromium.new_context(locale="es-GT"); page = await context.new_page()`.
soffice       lets the test use this machine's LibreOffice; without it CONVENIOS_SOFFICE says «none».
pdfs          the PDF of every kind of paper, made once for the session.
smtp          a real SMTP server; `smtp.messages` holds what arrived, `smtp.refuse` is answered instead when set.
postgres      the private PostgreSQL server of this test process (started when first asked for).
prefect_made  puts the tables of Prefect's server into an installation's home before it is first served: a server makes
              them itself in seven seconds, as it does where the fault bench deletes them.

Every test has CONVENIOS_HOME in its own tmp_path and none of the developer's CONVENIOS_* variables. A test that sets
one calls `settings.cache_clear()` after it. Rows are made by tests/builders.py.
"""

import asyncio
import email.policy
import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.async_api import Browser, async_playwright
from tortoise.backends.base.executor import EXECUTOR_CACHE

from documents.engine import make_paper
from documents.pdf import Office
from models.database import database, migrate
from settings import settings
from tests.ground import chromium_binary, office_binary
from tests.papers import EVERY_KIND
from tests.postgres import PrivatePostgres, free_port

SERVING = ("test_faults.py", "test_story.py", "test_browser_story.py", "test_engine.py")
"""Tests that serve the whole program in processes of its own."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both_databases: run the test on SQLite and on PostgreSQL")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests that serve the whole program begin first: their waits then leave the CPU to the other workers' tests,
    and none of them is left over for one worker alone at the end."""
    items.sort(key=lambda item: Path(item.path).name not in SERVING)  # stable: the rest keeps its order


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("both_databases") and "dialect" in metafunc.fixturenames:
        metafunc.parametrize("dialect", ["sqlite", "postgres"], indirect=True)


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Keep every test away from a real installation."""
    for name in [name for name in os.environ if name.startswith("CONVENIOS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CONVENIOS_HOME", str(tmp_path / "home"))
    # Seconds for each start: only tests of PDFs ask for it, by the fixture `soffice`.
    monkeypatch.setenv("CONVENIOS_SOFFICE", "none")
    # No power fails in this process: its commits need not wait for the disk, on either database. Programs that tests
    # start, and kill, do wait.
    monkeypatch.setattr("models.database.SYNCHRONOUS", "OFF")
    settings.cache_clear()
    yield
    settings.cache_clear()
    structlog.reset_defaults()  # an application built for the demo logs less


# Databases -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FreshDatabase:
    """A database of one test."""

    url: str
    """As CONVENIOS_DATABASE_URL takes it, already set there."""
    dialect: str
    """sqlite or postgres."""
    home: Path
    """CONVENIOS_HOME of the test."""


def in_own_loop(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run async work from a plain fixture, in a thread so that no event loop of the tests is touched."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


async def _migrated(url: str) -> None:
    async with database(url):
        await migrate()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file to be copied."""
    path = tmp_path_factory.mktemp("template") / "convenios.sqlite3"
    in_own_loop(lambda: _migrated(f"sqlite://{path}"))
    leftover = path.with_name(path.name + "-wal")
    assert not leftover.exists() or leftover.stat().st_size == 0, "the template is not whole without its journal"
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """Run one PostgreSQL server for this test process."""
    with PrivatePostgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: PrivatePostgres) -> str:
    """Return the name of a migrated database to be copied."""
    name = "template_convenios"
    in_own_loop(lambda: on_server(postgres, f"CREATE DATABASE {name}"))
    in_own_loop(lambda: _migrated(postgres.url(name).replace("postgres://", "asyncpg://")))
    return name


async def on_server(server: PrivatePostgres, statement: str) -> None:
    """Run one statement on the server itself: databases are made and dropped so."""
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def dialect(request: pytest.FixtureRequest) -> str:
    """Say which database the test runs on: the `both_databases` mark decides."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def closed_db(
    dialect: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, own_settings: None
) -> Iterator[FreshDatabase]:
    """Make a fresh migrated database and point the settings at it, without opening it."""
    # Tortoise keeps prepared statements per process, not per dialect; only tests meet both in one process.
    EXECUTOR_CACHE.clear()
    home = settings().home
    home.mkdir(parents=True, exist_ok=True)
    if dialect == "sqlite":
        path = home / "convenios.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        url, after = f"sqlite://{path}", None
    else:
        server: PrivatePostgres = request.getfixturevalue("postgres")
        template = request.getfixturevalue("postgres_template")
        name = f"test_{uuid4().hex[:12]}"
        in_own_loop(lambda: on_server(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
        url, after = server.url(name), lambda: on_server(server, f"DROP DATABASE {name} WITH (FORCE)")
    monkeypatch.setenv("CONVENIOS_DATABASE_URL", url)
    settings.cache_clear()
    yield FreshDatabase(url, dialect, home)
    if after:
        in_own_loop(after)


@pytest.fixture
async def db(closed_db: FreshDatabase) -> AsyncIterator[FreshDatabase]:
    """Open a fresh migrated database for the test."""
    async with database():
        yield closed_db


@pytest.fixture(scope="session")
def prefect_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the database of a Prefect server that never worked; the workers of one run share it."""
    folder = tmp_path_factory.getbasetemp()
    shared = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "prefect-template"
    shared.mkdir(exist_ok=True)
    made = shared / "prefect.db"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "whole").exists():
            address = {"PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{made}", "DO_NOT_TRACK": "1"}
            subprocess.run(
                [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"],
                env=os.environ | address | {"PREFECT_HOME": str(shared), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"},
                capture_output=True,
                check=True,
            )
            (shared / "whole").touch()
    return made


@pytest.fixture
def prefect_made(prefect_template: Path) -> Callable[[Path], None]:
    """Return what gives an installation's home the tables of Prefect's server."""

    def make(home: Path) -> None:
        (home / "prefect").mkdir(parents=True, mode=0o700)
        shutil.copyfile(prefect_template, home / "prefect" / "prefect.db")

    return make


# Clock and HTTP ------------------------------------------------------------------------------------------------------


@dataclass
class Clock:
    """The date that the test lives on, in Guatemala."""

    today: date
    _monkeypatch: pytest.MonkeyPatch

    def move_to(self, day: date) -> None:
        """Let another day begin, for this process and for programs started after it."""
        self.today = day
        self._monkeypatch.setenv("CONVENIOS_TODAY", day.isoformat())
        settings.cache_clear()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, own_settings: None) -> Clock:
    """Fix today on Monday, 2 March 2026."""
    fixed = Clock(date(2026, 3, 2), monkeypatch)
    fixed.move_to(fixed.today)
    return fixed


@pytest.fixture
async def app_client(db: FreshDatabase) -> AsyncIterator[httpx.AsyncClient]:
    """Speak HTTP with the application in this process; redirects are not followed."""
    from api.app import build_app

    transport = httpx.ASGITransport(app=build_app())
    async with httpx.AsyncClient(transport=transport, base_url=settings().address()) as client:
        yield client


# Browser -------------------------------------------------------------------------------------------------------------

CHROMIUM_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)


@pytest.fixture(scope="session")
def chromium_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one Chromium for this test process and return the address by which Playwright reaches it.

    Playwright belongs to one event loop and every test has its own, so only the browser itself lives longer.
    """
    profile = tmp_path_factory.mktemp("chromium")
    binary = chromium_binary()
    assert binary, "no Chromium found: python3 -m tests.ground says what to install"
    with (profile / "log").open("wb") as log:
        command = [binary, *CHROMIUM_ARGUMENTS, f"--user-data-dir={profile}", "about:blank"]
        browser = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield _debugging_address(browser, profile)
    finally:
        browser.terminate()
        browser.wait(timeout=20)


def _debugging_address(browser: subprocess.Popen[bytes], profile: Path) -> str:
    port = profile / "DevToolsActivePort"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and browser.poll() is None:
        if port.exists() and len(lines := port.read_text().splitlines()) >= 2:
            return f"http://127.0.0.1:{lines[0]}"
        time.sleep(0.1)
    raise RuntimeError((profile / "log").read_text())


@pytest.fixture
async def chromium(chromium_address: str) -> AsyncIterator[Browser]:
    """Drive the session's Chromium from this test; contexts left open are closed after it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(chromium_address)
        known = list(browser.contexts)
        yield browser
        for context in browser.contexts:
            if context not in known:
                await context.close()
        await browser.close()


# LibreOffice ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def soffice(monkeypatch: pytest.MonkeyPatch, own_settings: None) -> None:
    """Let the test use the LibreOffice of this machine."""
    binary = office_binary()
    assert binary, "no LibreOffice Writer found: python3 -m tests.ground says what to install"
    monkeypatch.setenv("CONVENIOS_SOFFICE", binary)
    settings.cache_clear()


@pytest.fixture(scope="session")
def pdfs(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], bytes]:
    """Return the PDF of every kind and variant of paper, made by one start of LibreOffice."""
    papers = {key: make_paper(key[0], make(), key[1]).docx for key, make in EVERY_KIND.items()}
    office = Office(office_binary() or "soffice", tmp_path_factory.mktemp("office"))
    # What is no Word file comes out as nothing, and holds none of the others.
    *made, junk = office.convert([*papers.values(), b"no es un documento"], seconds=120)
    office.close()
    assert junk is None
    return {key: pdf for key, pdf in zip(papers, made, strict=True) if pdf}


# Mail ----------------------------------------------------------------------------------------------------------------


@dataclass
class Mailbox:
    """A mail server that keeps what it is given."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""
    """Answer this line («451 4.3.0 Try later») instead of taking a message."""
    unknown: set[str] = field(default_factory=set)
    """Addresses that are refused, with the line `because`."""
    because: str = "550 5.1.1 Unknown"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.unknown:
            return self.because
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuse:
            return self.refuse
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        message = BytesParser(policy=email.policy.default).parsebytes(content)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 2.0.0 Ok"


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch, own_settings: None) -> Iterator[Mailbox]:
    """Run an SMTP server on loopback and point the settings at it."""
    mailbox = Mailbox(free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    monkeypatch.setenv("CONVENIOS_SMTP_URL", f"smtp://127.0.0.1:{mailbox.port}")
    settings.cache_clear()
    yield mailbox
    controller.stop()

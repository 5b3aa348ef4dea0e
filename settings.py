"""The only reader of the environment. Everything else receives settings from here."""

import os
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent
"""The tree that this program runs from: catalogs, templates and pages lie in it."""


class Settings(BaseSettings):
    """What an installation may set, as CONVENIOS_* variables or as files of that name in CONVENIOS_SECRETS_DIR."""

    model_config = SettingsConfigDict(env_prefix="CONVENIOS_", extra="ignore")

    home: Path = Field(default_factory=lambda: Path.home() / ".local" / "share" / "convenios")
    """Folder with all data of this installation: database, files, Prefect's own database."""
    port: int = 8000
    """Port of the API and pages."""
    host: str = "127.0.0.1"
    """Address the API listens on; loopback unless a reverse proxy stands elsewhere."""
    database_url: str = ""
    """Database of the domain: sqlite:///absolute/path or postgres://…; empty means SQLite in `home`."""
    today: date | None = None
    """Fixes the date in America/Guatemala, for demos and tests; empty means the real clock."""
    storage_url: str = ""
    """Where the bytes of files are kept: s3://bucket/prefix, or a folder as file:///path; empty means `home`/files."""
    storage_endpoint: str = ""
    """Address of an S3-compatible service (https://…); empty means Amazon's own."""
    storage_region: str = ""
    """Region that the service wants to hear; empty means us-east-1, which most others accept."""
    storage_key: SecretStr | None = None
    """Key id for the bucket; while empty, what the machine itself is given (its role, its AWS_… variables)."""
    storage_secret: SecretStr | None = None
    """Secret of that key."""
    smtp_url: str = ""
    """Mail server: smtp://user:password@host:port, smtps:// for TLS from the start; while empty, mail waits."""
    mail_from: str = "convenios@sosep.example"
    """Sender of every message."""
    mail_per_minute: int = Field(default=1500, ge=0)
    """Messages that all engines together send in a minute at most; 0 means no limit."""
    public_url: str = ""
    """Address that people and QR codes use; empty means http://HOST:PORT."""
    demo: bool = False
    """Demo mode: demo people with one password, a mailbox page, schema suggestions. Never with real data."""
    demo_password: SecretStr | None = None
    """Password of the demo people; one is made and kept in `home` when empty."""
    prefect_port: int = 0
    """Port of the engine's Prefect server; 0 means API port + 1."""
    prefect_host: str = "127.0.0.1"
    """Address its Prefect server listens on; loopback unless engines of other machines use it."""
    prefect_url: str = ""
    """Where engines reach a Prefect server of another machine, without /api; empty means the one on this machine."""
    prefect_key: SecretStr | None = None
    """Key that server and engines share; when empty one is made and kept in `home`, which serves one machine."""
    prefect_database_url: SecretStr | None = None
    """Database of the Prefect server: postgres://…, its own, never the domain's; empty means SQLite in `home`."""
    prefect_ui: bool = False
    """Whether the Prefect server shows its own pages; who opens them needs the key (docs/operation.md)."""
    engine_poll_seconds: float = 1.0
    """How often the relay looks for due wake-ups when nothing calls it; of a new one it hears at once."""
    engine_name: str = ""
    """Name of this engine among all; the supervisor gives one of its own to each when empty."""
    soffice: str = ""
    """LibreOffice, for the PDF of papers: its path; empty looks for it on PATH, «none» does without."""
    signature_roots: Path | None = None
    """Certificates of the authorities whose electronic signatures are trusted: a PEM file or a folder of them."""
    signature_p12: Path | None = None
    """PKCS#12 file with the certificate and key that the office signs papers with; empty: it does not sign."""
    signature_p12_password: SecretStr | None = None
    """What opens that file; best as a file in CONVENIOS_SECRETS_DIR."""
    log_json: bool = False
    """One JSON object per log line, for machines; otherwise lines for people."""

    def database(self) -> str:
        """Return the database URL in Tortoise's form."""
        if not self.database_url:
            return f"sqlite://{self.home / 'convenios.sqlite3'}"
        url = self.database_url
        if url.startswith("sqlite:///"):
            return "sqlite://" + url.removeprefix("sqlite://")
        for prefix in ("postgresql://", "postgres://"):
            if url.startswith(prefix):
                return "asyncpg://" + url.removeprefix(prefix)
        return url

    def address(self) -> str:
        """Return the address that people use, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    def prefect_address(self) -> str:
        """Return the address of the engine's Prefect server, without /api."""
        if self.prefect_url:
            return self.prefect_url.rstrip("/").removesuffix("/api")
        return f"http://127.0.0.1:{self.prefect_listens()[1]}"

    def prefect_listens(self) -> tuple[str, int]:
        """Return address and port on which this machine's Prefect server listens."""
        return self.prefect_host, self.prefect_port or self.port + 1


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings(_secrets_dir=os.environ.get("CONVENIOS_SECRETS_DIR") or None)


DEMO_HOME = Path.home() / ".local" / "share" / "convenios-demo"
"""Where the demo keeps its data, apart from an office's own."""


def become_demo() -> Settings:
    """Turn this process and those it starts into the demo, leaving alone what the operator has set."""
    os.environ["CONVENIOS_DEMO"] = "true"
    os.environ.setdefault("CONVENIOS_HOME", str(DEMO_HOME))
    settings.cache_clear()
    return settings()

"""deploy/ says what the program understands: every setting exists, every part can be served, every file is there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.app import build_app
from settings import PROJECT, Settings
from tests.ground import unit_verifier
from workflows.prefect_home import engine_environment, server_environment
from workflows.supervisor import PARTS, Supervisor

DEPLOY = PROJECT / "deploy"
KNOWN = {f"CONVENIOS_{name.upper()}" for name in Settings.model_fields} | {"CONVENIOS_SECRETS_DIR"}
UNITS = sorted(DEPLOY.glob("*.service"))


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8")))


def test_every_setting_that_is_named_exists() -> None:
    pages = [*DEPLOY.iterdir(), PROJECT / "docs" / "operation.md"]
    named = {
        word for path in pages if path.is_file() for word in re.findall(r"CONVENIOS_[A-Z_]+[A-Z]", path.read_text())
    }
    assert named - KNOWN == set()
    assert len(named) > 8


def test_the_compose_file_spreads_the_parts_over_what_it_defines() -> None:
    file = compose()
    services = file["services"]
    commands = [one.get("command", []) for one in services.values()]
    served = [command[-1] for command in commands if command[:2] == ["serve", "--only"]]
    assert sorted(served) == ["api", "api", "engine", "engine", "prefect"]
    assert set(served) == set(PARTS)
    paths = {getattr(route, "path", "") for route in build_app().routes}
    assert "/live" in paths
    for name, one in services.items():
        assert set(one.get("secrets", [])) <= file["secrets"].keys(), name
        assert set(one.get("depends_on", [])) <= services.keys(), name
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            assert source in file["volumes"] or (DEPLOY / source).exists(), volume
    # What is told to one engine and to the server must agree.
    engines = [one for one in services.values() if one.get("command", [])[-1:] == ["engine"]]
    assert len({str(one["environment"]) for one in engines}) == 1
    assert "CONVENIOS_PREFECT_KEY" in set(engines[0]["secrets"]) & set(services["prefect"]["secrets"])


def test_no_secret_stands_in_a_file() -> None:
    made = (DEPLOY / "secrets.sh").read_text()
    for path in (DEPLOY / "compose.yaml", *UNITS):
        assert not re.search(r"://[^/\s]+:[^@\s]+@", path.read_text()), path.name
    assert set(compose()["secrets"]) == set(re.findall(r"keep (CONVENIOS_\w+)", made)) | {
        f"{name}_password" for name in ("postgres", "convenios", "prefect")
    }
    assert "deploy/secrets/" in (PROJECT / ".gitignore").read_text()


def test_secrets_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    shutil.copy(DEPLOY / "secrets.sh", tmp_path)
    subprocess.run([tmp_path / "secrets.sh"], check=True)
    first = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    subprocess.run([tmp_path / "secrets.sh"], check=True)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == first
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert len(first["CONVENIOS_PREFECT_KEY"]) >= 32
    assert first["convenios_password"] in first["CONVENIOS_DATABASE_URL"]
    given = Settings(_secrets_dir=tmp_path / "secrets")
    assert given.database() == first["CONVENIOS_DATABASE_URL"].replace("postgres://", "asyncpg://")
    assert given.prefect_key
    assert given.prefect_key.get_secret_value() == first["CONVENIOS_PREFECT_KEY"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_a_unit_runs_a_part_and_is_written_as_systemd_reads_it(unit: Path, tmp_path: Path) -> None:
    text = unit.read_text()
    [line] = re.findall(r"^ExecStart=\S+ -m cli (.+)$", text, re.MULTILINE)
    assert line in {"migrate", *(f"serve --only {part}" for part in PARTS)}
    verifier = unit_verifier()
    assert verifier, "no systemd-analyze found: python3 -m tests.ground says what to install"
    # What it runs is not installed here.
    for one in UNITS:
        (tmp_path / one.name).write_text(one.read_text().replace("/opt/convenios/.venv/bin/python", "/bin/true"))
    said = subprocess.run([verifier, "verify", tmp_path / unit.name], capture_output=True, text=True, check=False)
    assert [line for line in said.stderr.splitlines() if "convenios-" in line] == []


def test_a_server_elsewhere_is_used_and_not_started(monkeypatch: pytest.MonkeyPatch, own_settings: None) -> None:
    set_to = {
        "CONVENIOS_PREFECT_URL": "http://prefect:4200/",
        "CONVENIOS_PREFECT_KEY": "una-llave",
        "CONVENIOS_PREFECT_HOST": "0.0.0.0",
        "CONVENIOS_PREFECT_PORT": "4200",
        "CONVENIOS_PREFECT_DATABASE_URL": "postgres://prefect:x@db:5432/prefect",
    }
    for name, value in set_to.items():
        monkeypatch.setenv(name, value)
    assert [part.name for part in Supervisor(()).parts] == ["api", "engine"]
    [server] = Supervisor({"prefect"}).parts
    assert server.command[server.command.index("--host") + 1 :][:3] == ["0.0.0.0", "--port", "4200"]
    assert server.probe == "http://127.0.0.1:4200/api/health"
    assert engine_environment()["PREFECT_API_URL"] == "http://prefect:4200/api"
    assert engine_environment()["PREFECT_API_AUTH_STRING"] == "convenios:una-llave"
    told = server_environment()
    assert told["PREFECT_SERVER_API_AUTH_STRING"] == "convenios:una-llave"
    assert told["PREFECT_API_DATABASE_CONNECTION_URL"] == "postgresql+asyncpg://prefect:x@db:5432/prefect"


def test_two_engines_of_one_machine_have_names_of_their_own() -> None:
    command = ["-c", "from actions.outbox import engine_name; print(engine_name())"]
    names = {
        subprocess.run([sys.executable, *command], cwd=PROJECT, capture_output=True, text=True).stdout for _ in range(2)
    }
    assert len(names) == 2

"""Rules of the house that a reader would otherwise have to check by eye, read from the source itself."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from settings import PROJECT

PACKAGES = ("models", "reads", "actions", "documents", "schema", "workflows", "api")
MOST_LINES = 330
NAMELESS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "service", "services"}
WRITES = {"save", "create", "delete", "update", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
WRITING_SQL = re.compile(r"\s*(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|TRUNCATE)\b", re.IGNORECASE)
CLOCKS = {("date", "today"), ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today")}

Finder = Callable[[ast.Module], Iterator[int]]


def sources(*folders: str) -> list[Path]:
    """Return our Python files: those of some folders, or all with settings.py and cli.py."""
    found = [path for folder in folders or PACKAGES for path in sorted((PROJECT / folder).rglob("*.py"))]
    if not folders:
        single = ("settings.py", "logs.py", "console.py", "cli.py", "cli_archive.py")
        found += [path for name in single if (path := PROJECT / name).exists()]
    assert found
    return [path for path in found if "migrations" not in path.parts]


def breaches(finder: Finder, paths: list[Path]) -> list[str]:
    """Return where a rule is broken, as file:line."""
    return [
        f"{path.relative_to(PROJECT)}:{line}"
        for path in paths
        for line in finder(ast.parse(path.read_text(encoding="utf-8")))
    ]


def called(node: ast.Call) -> tuple[str, str]:
    """Return the names around the last dot of a call: («date», «today») for datetime.date.today()."""
    if not isinstance(node.func, ast.Attribute):
        return "", ""
    owner = node.func.value
    name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return name, node.func.attr


def imported(path: Path) -> set[str]:
    """Return the top names that a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in plain | named}


def orm_writes(module: ast.Module) -> Iterator[int]:
    """Find rows written through the ORM or in SQL.

    Writes of the ORM are awaited, or start at a model; that tells them from `dict.update` and the like.
    """
    models = {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "models"
        for alias in node.names
    }
    awaited = {
        id(inner)
        for node in ast.walk(module)
        if isinstance(node, ast.Await)
        for inner in ast.walk(node.value)
        if isinstance(inner, ast.Call)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            first: ast.expr = node.func
            while isinstance(first, ast.Attribute | ast.Call):
                first = first.func if isinstance(first, ast.Call) else first.value
            if id(node) in awaited or (isinstance(first, ast.Name) and first.id in models):
                yield node.lineno
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WRITING_SQL.match(node.value):
            yield node.lineno


def clock_reads(module: ast.Module) -> Iterator[int]:
    """Find calls that ask the machine what day it is."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and called(node) in CLOCKS:
            yield node.lineno


def environment_reads(module: ast.Module) -> Iterator[int]:
    """Find variables read from the environment; handing it whole to a child process is none."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and called(node) in {("os", "getenv"), ("environ", "get"), ("environ", "pop")}:
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (node.lineno for alias in node.names if alias.name in ("environ", "getenv"))
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            yield from [node.lineno] if ast.unparse(node.value) == "os.environ" else []


def inner_imports(module: ast.Module) -> Iterator[int]:
    """Find imports inside functions."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (part.lineno for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom))


def test_imports_go_one_way() -> None:
    command: list[str | Path] = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    lint = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)

    assert lint.returncode == 0, lint.stdout + lint.stderr


def test_settings_stand_below_everything_and_the_command_above() -> None:
    # Import contracts speak of packages; these two are single files.
    ours = {*PACKAGES, "cli"}
    below = ours & imported(PROJECT / "settings.py")
    above = [str(path.relative_to(PROJECT)) for path in sources(*PACKAGES) if "cli" in imported(path)]

    assert (below, above) == (set(), [])


def test_no_file_is_too_long_to_read_at_once() -> None:
    lengths = {path.relative_to(PROJECT): path.read_text(encoding="utf-8").count("\n") for path in sources()}

    assert {str(path): lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_module_is_named_for_its_noun_and_says_what_belongs_there() -> None:
    nameless = [path.relative_to(PROJECT) for path in sources() if NAMELESS & {path.stem, *path.stem.split("_")}]
    silent = [
        path.relative_to(PROJECT)
        for path in sources()
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert (nameless, silent) == ([], [])


def test_rows_are_written_only_by_actions() -> None:
    # The database module and the migrations' own operations keep the schema, not the records.
    readers = [path for path in sources("models", "reads", "schema", "workflows", "api") if path.stem != "dialects"]

    assert breaches(orm_writes, readers) == []


def test_only_the_clock_asks_what_day_it_is() -> None:
    others = [path for path in sources() if path != PROJECT / "models" / "clock.py"]

    assert breaches(clock_reads, others) == []


def test_only_settings_reads_the_environment() -> None:
    others = [path for path in sources() if path != PROJECT / "settings.py"]

    assert breaches(environment_reads, others) == []


def test_no_import_hides_in_a_function() -> None:
    assert breaches(inner_imports, sources()) == []


def test_nobody_above_the_engine_knows_what_drives_it() -> None:
    knowing = [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in sources("api", "schema", "actions")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\bprefect\b", line, re.IGNORECASE)
    ]

    assert knowing == []


@pytest.mark.parametrize(
    ("finder", "forbidden"),
    [
        (orm_writes, "from models.people import User\ngather(User.create(name='a'))"),
        (orm_writes, "async def f(rows):\n    await rows.filter(a=1).update(b=2)"),
        (orm_writes, "async def f(row):\n    await row.save()"),
        (orm_writes, "async def f(rows):\n    await gather(rows.filter(a=1).delete())"),
        (orm_writes, "def f(connection):\n    connection.execute_query('UPDATE users SET active = 1')"),
        (clock_reads, "from datetime import date\ndate.today()"),
        (clock_reads, "import datetime\ndatetime.datetime.now(zone)"),
        (environment_reads, "import os\nos.getenv('A')"),
        (environment_reads, "import os\nos.environ['A']"),
        (environment_reads, "import os\nos.environ.get('A')"),
        (environment_reads, "\nfrom os import environ"),
        (inner_imports, "def f():\n    import os"),
        (inner_imports, "async def f():\n    from os import path"),
    ],
)
def test_a_rule_sees_what_it_forbids(finder: Finder, forbidden: str) -> None:
    assert list(finder(ast.parse(forbidden))) == [2]


@pytest.mark.parametrize(
    ("finder", "allowed"),
    [
        (orm_writes, "seen.update(a=1)\ndigest.update(b'x')\npaper.save(buffer)"),
        (clock_reads, "from models.clock import today\ntoday()"),
        (environment_reads, "import os\nrun(env={**os.environ, 'A': '1'})"),
    ],
)
def test_a_rule_lets_pass_what_only_looks_alike(finder: Finder, allowed: str) -> None:
    assert list(finder(ast.parse(allowed))) == []

"""Migrations: they agree with the models, rebuild no table, and what they promise holds on both databases."""

import importlib
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tortoise.connection import connections
from tortoise.context import TortoiseContext
from tortoise.exceptions import BaseORMException, IntegrityError
from tortoise.migrations import operations as ops
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.models import Model

from models import dialects
from models.agreements import AgreementStage
from models.audit import AuditEntry, Verb
from models.batches import Batch, BatchItem, BatchKind
from models.centers import AttendanceCorrection
from models.clock import now
from models.contributions import AllowanceBasis, AllowancePeriod, AllowanceRate
from models.conventions import Amendment, Commitment, ConventionParty
from models.court import CourtDate, CourtDateKind, CourtStage
from models.database import TORTOISE, database, is_sqlite, migrate, migrate_step_by_step, pending_migrations
from models.drafts import Condition
from models.feeds import CalendarFeed, FeedScope
from models.messages import Contact
from models.outbox import Notice, Reminder
from models.papers import DocumentKind
from models.people import Role
from models.places import ProgramCode
from models.publications import IssuedReport
from models.reviews import ReviewStage
from models.signed_copies import CopyKind, SignedCopy
from models.signing import Side, Signature, SignatureDelegation
from models.templates import TemplateState, TemplateVersion
from settings import PROJECT
from tests import builders
from tests.conftest import FreshDatabase, on_server
from tests.postgres import PrivatePostgres

GOLDEN = Path(__file__).parent / "golden" / "constraints.txt"
# A model's docstring is a table option: changing one makes an AlterModelOptions, which runs no SQL at all.
HARMLESS = (ops.CreateModel, ops.AddField, ops.AddIndex, ops.RenameField, ops.RunSQL, ops.AlterModelOptions)
"""The others rebuild SQLite tables, and a rebuild deleted all child rows and forgot constraints."""

MIGRATIONS = sorted(path.stem for path in (PROJECT / "models" / "migrations").glob("[0-9]*.py"))


def operations() -> list[Any]:
    """Return every operation of every migration, in order."""
    modules = [importlib.import_module(f"models.migrations.{name}") for name in MIGRATIONS]
    return [operation for module in modules for operation in module.Migration.operations]


async def test_models_and_migrations_agree() -> None:
    async with TortoiseContext() as context:
        await context.init(TORTOISE)
        assert context.apps is not None
        changes = await MigrationAutodetector(context.apps, TORTOISE["apps"]).changes()

    assert [_described(operation) for writer in changes for operation in writer.operations] == []


def _described(operation: Any) -> str:
    return f"{type(operation).__name__} {getattr(operation, 'model_name', '')} {getattr(operation, 'name', '')}"


def test_migrations_never_rebuild_a_table() -> None:
    ours = [getattr(dialects, name) for name in dir(dialects) if isinstance(getattr(dialects, name), type)]
    allowed = {*HARMLESS, *(kind for kind in ours if issubclass(kind, ops.RunSQL))}

    assert {type(operation) for operation in operations()} - allowed == set()


@pytest.mark.both_databases
async def test_a_migrated_database_needs_no_more(db: FreshDatabase) -> None:
    assert await pending_migrations() == []
    assert await migrate() == []


def test_commits_of_a_program_reach_the_disk(closed_db: FreshDatabase) -> None:
    """Only the tests' own process lets them wait: a number that a person was told must survive a power cut."""
    ask = """import asyncio
from models.database import connections, database
async def main():
    async with database():
        print((await connections.get("default").execute_query_dict("PRAGMA synchronous"))[0]["synchronous"])
asyncio.run(main())
"""
    said = subprocess.run([sys.executable, "-c", ask], cwd=PROJECT, capture_output=True, check=True)
    assert said.stdout.split() == [b"2"]


async def columns() -> set[str]:
    """Return every column of every table with its type, whether it may be empty, and its default, in words."""
    if not is_sqlite():
        found = await rows(
            """SELECT table_name AS tab, column_name AS name, data_type AS kind, character_maximum_length AS most,
                      is_nullable AS empty, column_default AS given
                 FROM information_schema.columns WHERE table_schema = 'public'"""
        )
        return {"{tab}.{name}: {kind} {most} {empty} {given}".format(**row) for row in found}
    tables = [row["name"] for row in await rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        f"{table}.{row['name']}: {row['type']} {row['notnull']} {row['dflt_value']} {row['pk']}"
        for table in tables
        for row in await rows(f"PRAGMA table_info('{table}')")
    }


@pytest.mark.both_databases
async def test_a_new_database_is_what_the_steps_lead_to(
    closed_db: FreshDatabase, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A new one is made at once, one that is in use goes step by step: both must end the same."""
    async with database():
        at_once = await columns(), await (sqlite_promises() if is_sqlite() else postgres_promises())
        applied = await rows("SELECT name FROM tortoise_migrations ORDER BY id")
    if closed_db.dialect == "sqlite":
        other = f"sqlite://{tmp_path / 'steps.sqlite3'}"
    else:
        server: PrivatePostgres = request.getfixturevalue("postgres")
        await on_server(server, "CREATE DATABASE steps")
        other = server.url("steps").replace("postgres://", "asyncpg://")
    async with database(other):
        await connections.get("default").execute_query("CREATE TABLE kept (words TEXT)")
        assert await migrate_step_by_step() == MIGRATIONS
        await connections.get("default").execute_query("DROP TABLE kept")
        assert (await columns(), await (sqlite_promises() if is_sqlite() else postgres_promises())) == at_once
        assert await rows("SELECT name FROM tortoise_migrations ORDER BY id") == applied
        assert await rows("SELECT id, sequence FROM audit_head") == [{"id": 1, "sequence": 0}]
    if closed_db.dialect == "sqlite":
        # What the file held before its tables changed stands beside it.
        async with database(f"{other}.before-{MIGRATIONS[0]}"):
            tables = [row["name"] for row in await rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
            assert ("kept" in tables, "conventions" in tables) == (True, False)


# What the schema promises --------------------------------------------------------------------------------------------


async def rows(sql: str) -> list[dict[str, Any]]:
    """Return what a statement selects."""
    return [dict(row) for row in (await connections.get("default").execute_query(sql))[1]]


async def sqlite_promises() -> set[str]:
    """Return uniqueness, indexes, relations, checks and triggers of the open SQLite file, in words."""
    found = set()
    tables = [row["name"] for row in await rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for index in await rows(f"PRAGMA index_list('{table}')"):
            if index["origin"] == "pk":
                continue
            columns = [row["name"] for row in await rows(f"PRAGMA index_info('{index['name']}')")]
            found.add(_index(table, columns, bool(index["unique"]), index["name"] if index["partial"] else ""))
        for key in await rows(f"PRAGMA foreign_key_list('{table}')"):
            found.add(f"{table}: ({key['from']}) belongs to {key['table']}, on delete {key['on_delete']}")
    for trigger in await rows("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"):
        name, event = trigger["name"].rsplit("_", 1)
        kept_by = f"check {name}" if event in ("insert", "update") and "_no_" not in trigger["name"] else ""
        found.add(f"{trigger['tbl_name']}: {kept_by or 'sqlite trigger ' + trigger['name']}")
    return found


async def postgres_promises() -> set[str]:
    """Return the same of the open PostgreSQL database, in the same words."""
    found = set()
    for row in await rows(
        """SELECT t.relname AS tab, i.relname AS name, x.indisunique AS uniq, x.indpred IS NOT NULL AS part,
                  (SELECT array_agg(a.attname::text ORDER BY k.at)
                     FROM unnest(x.indkey::int[]) WITH ORDINALITY k(num, at)
                     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.num) AS cols
             FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
            WHERE t.relnamespace = 'public'::regnamespace AND NOT x.indisprimary"""
    ):
        if not row["cols"]:
            found.add(f"{row['tab']}: postgres index {row['name']}")
            continue
        found.add(_index(row["tab"], row["cols"], row["uniq"], row["name"] if row["part"] else ""))
    for row in await rows(
        """SELECT c.conrelid::regclass::text AS tab, c.conname AS name, c.contype::text AS kind,
                  c.confrelid::regclass::text AS parent, c.confdeltype::text AS deleting,
                  (SELECT string_agg(a.attname, ', ') FROM pg_attribute a
                    WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)) AS cols
             FROM pg_constraint c WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('f', 'c')"""
    ):
        if row["kind"] == "c":
            found.add(f"{row['tab']}: check {row['name']}")
            continue
        deleting = {"r": "RESTRICT", "a": "NO ACTION", "c": "CASCADE", "n": "SET NULL"}[row["deleting"]]
        found.add(f"{row['tab']}: ({row['cols']}) belongs to {row['parent']}, on delete {deleting}")
    triggers = "SELECT tgrelid::regclass::text AS tab, tgname FROM pg_trigger WHERE NOT tgisinternal"
    return found | {f"{row['tab']}: postgres trigger {row['tgname']}" for row in await rows(triggers)}


def _index(table: str, columns: list[str], unique: bool, partial: str) -> str:
    condition = f" where {partial} says" if partial else ""
    return f"{table}: {'unique' if unique else 'index'} ({', '.join(columns)}){condition}"


@pytest.mark.both_databases
async def test_the_schema_promises_what_is_checked_in(db: FreshDatabase, tmp_path: Path) -> None:
    found = await (sqlite_promises() if is_sqlite() else postgres_promises())
    other = ": postgres " if is_sqlite() else ": sqlite "
    golden = GOLDEN.read_text(encoding="utf-8").splitlines()
    (tmp_path / "found.txt").write_text("\n".join(sorted(found)) + "\n", encoding="utf-8")

    assert sorted(found) == sorted(line for line in golden if other not in line), f"found: {tmp_path / 'found.txt'}"


@pytest.mark.both_databases
async def test_nothing_is_deleted_under_what_belongs_to_it(db: FreshDatabase) -> None:
    found = await (sqlite_promises() if is_sqlite() else postgres_promises())
    relations = [promise for promise in found if "belongs to" in promise]

    assert len(relations) > 50
    assert [promise for promise in relations if not promise.endswith("on delete RESTRICT")] == []
    convention = await builders.convention(centers=[await builders.center()])
    with pytest.raises(IntegrityError):
        await convention.delete()


# What the database refuses -------------------------------------------------------------------------------------------


async def delegation(**more: Any) -> SignatureDelegation:
    values = {"convention": await builders.convention(), "instrument": "Acuerdo", "number": "1-2026"}
    values |= {"issued_on": date(2026, 3, 1), "delegate_name": "Ana", "recorded_by": await builders.person()}
    return await SignatureDelegation.create(**values | more)


async def signature(**more: Any) -> Signature:
    values = {"convention": await builders.convention(), "side": Side.SOSEP, "signer_name": "Ana"}
    values |= {"capacity": "Secretaria", "place": "Guatemala", "signed_on": date(2026, 3, 1)}
    return await Signature.create(**values | {"recorded_by": await builders.person()} | more)


async def reminder(**more: Any) -> Reminder:
    mail = {"key": f"prueba:{await Notice.all().count()}", "recipient": "a@prueba.example", "subject": "s", "body": "b"}
    mail |= {"message_id": mail["key"]}
    notice = await Notice.create(**mail, created_at=now(), due_at=now())
    values = {"convention": await builders.convention(), "rung": 30, "due_on": date(2026, 3, 1)}
    return await Reminder.create(**values | {"recipient": "a@prueba.example", "notice": notice} | more)


async def party(**more: Any) -> Model:
    values = {"convention": await builders.convention(), "municipality": await builders.municipality()}
    return await ConventionParty.create(**values | more)


async def commitment(**more: Any) -> Model:
    return await Commitment.create(
        **{"convention": await builders.convention(), "party": "SOSEP", "item": "Alimentos"} | more
    )


async def amendment(**more: Any) -> Model:
    values = {"convention": await builders.convention(), "ordinal": 1, "motive": "Prórroga"}
    values |= {"signed_on": date(2026, 3, 1), "old_ends_on": date(2026, 3, 31), "new_ends_on": date(2026, 9, 30)}
    return await Amendment.create(**values | more)


async def condition(**more: Any) -> Model:
    file = await builders.review()
    values = {"review": file, "document": await builders.paper(review=file), "position": 1, "text": "Presentar póliza"}
    return await Condition.create(**values | more)


async def court_date(**more: Any) -> Model:
    values = {"court_file": await builders.court_file(), "kind": CourtDateKind.HEARING, "title": "Audiencia"}
    return await CourtDate.create(**values | {"on_date": date(2026, 3, 20)} | more)


async def template(**more: Any) -> TemplateVersion:
    author = await builders.person()
    values = {"kind": DocumentKind.OFICIO, "edition": 1, "title": "Oficio", "text": "---", "sha256": "0" * 64}
    values |= {"file": await builders.stored_file(author), "author": author, "created_at": now()}
    return await TemplateVersion.create(**values | more)


async def signed_copy(**more: Any) -> Model:
    person = await builders.person()
    values = {"document": await builders.paper(), "kind": CopyKind.SCAN, "file": await builders.stored_file(person)}
    values |= {"signed_on": date(2026, 3, 16), "attached_by": person, "attached_at": now()}
    return await SignedCopy.create(**values | more)


async def contact(**more: Any) -> Model:
    values = {"email": "b@prueba.example", "name": "Ana", "municipality": await builders.municipality()}
    values |= {"stop_code": f"s{await Contact.all().count()}", "created_at": now()}
    return await Contact.create(**values | {"created_by": await builders.person()} | more)


async def batch_item(**more: Any) -> Model:
    owner = await builders.person()
    batch = await Batch.create(kind=BatchKind.RENEWALS, title="Lote", created_by=owner, created_at=now(), due_at=now())
    return await BatchItem.create(**{"batch": batch, "position": 1, "convention": await builders.convention()} | more)


async def attendance(**more: Any) -> Model:
    return await builders.attendance(await builders.center(), **more)


async def lease(**more: Any) -> Model:
    return await builders.lease(await builders.center(), **more)


async def sanitary_license(**more: Any) -> Model:
    return await builders.sanitary_license(await builders.center(), **more)


async def review(**more: Any) -> Model:
    return await builders.review(await builders.convention(), **more)


async def correction(**more: Any) -> Model:
    figures = {"men_before": 1, "women_before": 2, "men": 2, "women": 2, "corrected_on": date(2026, 3, 2)}
    values = {"attendance": await attendance(), "corrected_by": await builders.person(), "reason": "Error"} | figures
    return await AttendanceCorrection.create(**values | more)


async def center_event(**more: Any) -> Model:
    return await builders.center_event(await builders.center(), **more)


async def contribution(**more: Any) -> Model:
    return await builders.contribution(await builders.center(), **more)


async def allowance(**more: Any) -> Model:
    kind = {"item": "x", "item_label": "X", "basis": AllowanceBasis.CHILD, "period": AllowancePeriod.MONTH}
    return await AllowanceRate.create(**kind | {"amount": 15, "since": date(2026, 3, 2)} | more)


async def silence(**more: Any) -> Model:
    return await builders.silence(await builders.center(), **more)


async def feed(**more: Any) -> Model:
    values = {"owner": await builders.person(), "scope": FeedScope.PERSON, "token_hash": "x", "created_at": now()}
    return await CalendarFeed.create(**values | more)


async def issued_report(**more: Any) -> Model:
    period = {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 31), "edition": 1, "tables": []}
    return await IssuedReport.create(**period | {"issued_at": now(), "issued_by": await builders.person()} | more)


REVERSED = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 1)}
WRONG: dict[str, list[tuple[Callable[..., Awaitable[Model]], dict[str, Any]]]] = {
    "convention_one_counterpart": [(builders.convention, {"municipality_id": None})],
    "convention_ends_after_start": [(builders.convention, REVERSED)],
    "lease_serves_one": [(lease, {"center_id": None})],
    "lease_ends_after_start": [(lease, REVERSED)],
    "lease_rent_positive": [(lease, {"monthly_rent": 0}), (lease, {"monthly_rent": -1})],
    "license_ends_after_start": [(sanitary_license, REVERSED)],
    "delegation_of_one_agreement": [(delegation, {"convention_id": None})],
    "signature_of_one_agreement": [(signature, {"convention_id": None})],
    "attendance_not_negative": [(attendance, {"men": -1}), (attendance, {"women": -1})],
    "review_of_one_subject": [],
    "reminder_of_one_agreement": [(reminder, {"convention_id": None})],
    "party_one_counterpart": [(party, {"municipality_id": None}), (party, {"needed_signatures": 0})],
    "commitment_of_a_party": [(commitment, {"party": "OTRA"})],
    "extension_lengthens": [(amendment, {"new_ends_on": date(2026, 3, 31)})],
    "condition_met_or_put_off": [(condition, {"due_on": date(2026, 5, 1)})],
    "void_has_its_reason": [(builders.paper, {"voided_on": date(2026, 3, 2)}), (builders.paper, {"void_reason": "x"})],
    "court_file_closes_after_opening": [
        (builders.court_file, {"closed_on": date(2026, 3, 2)}),
        (builders.court_file, {"closed_on": date(2020, 1, 1), "stage": CourtStage.CLOSED}),
    ],
    "template_not_approved_by_author": [],
    "signed_copy_withdrawn_with_reason": [(signed_copy, {"withdrawn_at": now()})],
    "contact_of_one_party": [(contact, {"municipality_id": None})],
    "batch_item_of_one_agreement": [(batch_item, {"convention_id": None})],
    "attendance_corrected_with_reason": [(correction, {"reason": ""}), (correction, {"men": -1})],
    "center_event_annulled_with_reason": [(center_event, {"annulled_on": date(2026, 3, 3)})],
    "contribution_until_after_since": [(contribution, {"until": date(2025, 12, 31)})],
    "allowance_bracket": [(allowance, {"amount": -1}), (allowance, {"until": date(2026, 3, 1)})],
    "silence_with_reason_and_end": [(silence, {"reason": ""}), (silence, {"until": date(2026, 2, 28)})],
    "feed_of_its_scope": [(feed, {"scope": FeedScope.MUNICIPALITY}), (feed, {"program": ProgramCode.MAD})],
    "report_of_a_period": [(issued_report, {"last_day": date(2026, 2, 1)}), (issued_report, {"edition": 0})],
    "court_date_settled_with_result": [(court_date, {"settled_on": date(2026, 3, 2)}), (court_date, {"result": "x"})],
}
"""For each check the rows it must refuse; those about two subjects at once need a second row and stand below."""


def test_every_check_has_its_wrong_row() -> None:
    promised = [name for operation in operations() for name in getattr(operation, "checks", ())]

    assert sorted(promised) == sorted(WRONG)


SEALED = (IssuedReport,)
"""Rows that the database lets nobody change at all: only a new one can be wrong."""


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("check", "build", "wrong"), [pytest.param(name, *case, id=name) for name, cases in WRONG.items() for case in cases]
)
async def test_a_check_refuses_a_wrong_row(
    db: FreshDatabase, check: str, build: Callable[..., Awaitable[Model]], wrong: dict[str, Any]
) -> None:
    right = await build()
    kind = type(right)
    before = await kind.all().count()
    plain = {name.removesuffix("_id"): value for name, value in wrong.items()}

    if kind not in SEALED:
        with pytest.raises(IntegrityError, match=check):
            await kind.filter(pk=right.pk).update(**wrong)
    with pytest.raises(IntegrityError, match=check):
        await build(**plain)
    assert await kind.all().count() == before


@pytest.mark.both_databases
async def test_a_template_is_not_approved_by_its_author_and_its_text_stays(db: FreshDatabase) -> None:
    proposed = await template()
    mine = TemplateVersion.filter(id=proposed.id)

    with pytest.raises(IntegrityError, match="template_not_approved_by_author"):
        await mine.update(approved_by_id=proposed.author_id)
    with pytest.raises(Exception, match="never changes"):
        await mine.update(text="otra")
    assert await mine.update(approved_by_id=(await builders.person()).id, state=TemplateState.APPROVED) == 1
    with pytest.raises(IntegrityError):
        await template(edition=2, state=TemplateState.APPROVED)


@pytest.mark.both_databases
async def test_a_row_about_two_agreements_is_refused(db: FreshDatabase) -> None:
    rented = await lease()
    owner = await builders.institution()

    with pytest.raises(IntegrityError, match="convention_one_counterpart"):
        await builders.convention(institution=owner)
    for build, check in (
        (delegation, "delegation_of_one_agreement"),
        (signature, "signature_of_one_agreement"),
        (review, "review_of_one_subject"),
        (reminder, "reminder_of_one_agreement"),
        (batch_item, "batch_item_of_one_agreement"),
    ):
        with pytest.raises(IntegrityError, match=check):
            await build(lease=rented)


@pytest.mark.both_databases
async def test_a_convention_has_one_renewal_until_it_is_withdrawn(db: FreshDatabase) -> None:
    old = await builders.convention()
    pending = await builders.convention(renews=old, stage=AgreementStage.REQUESTED)

    with pytest.raises(IntegrityError):
        await builders.convention(renews=old, stage=AgreementStage.REQUESTED)
    pending.stage = AgreementStage.WITHDRAWN
    await pending.save()
    await builders.convention(renews=old, stage=AgreementStage.REQUESTED)


@pytest.mark.both_databases
async def test_a_convention_has_one_open_review(db: FreshDatabase) -> None:
    old = await builders.convention()
    await builders.review(old, stage=ReviewStage.CLOSED)
    await builders.review(old)

    with pytest.raises(IntegrityError):
        await builders.review(old)


@pytest.mark.both_databases
async def test_nobody_edits_the_audit_chain(db: FreshDatabase) -> None:
    entry = {"sequence": 1, "at": now(), "actor": await builders.person(Role.SYSTEM), "verb": Verb.REMIND}
    entry |= {"subject_type": "User", "subject_id": "1", "summary": "Prueba", "previous_hash": "", "hash": "0" * 64}
    await AuditEntry.create(**entry)
    attempts = ["UPDATE audit_entries SET summary = 'Otra'", "DELETE FROM audit_entries"]
    # SQLite's REPLACE deletes a row without asking its DELETE trigger.
    columns = ", ".join(row.replace("summary", "'Otra'") for row in AuditEntry._meta.fields_db_projection.values())
    replacement = f"INSERT OR REPLACE INTO audit_entries SELECT {columns} FROM audit_entries"
    attempts.append(replacement if is_sqlite() else "TRUNCATE audit_entries")

    for attempt in attempts:
        with pytest.raises((BaseORMException, asyncpg.RaiseError), match="audit entries are never"):
            await connections.get("default").execute_query(attempt)
    assert (await AuditEntry.get()).summary == "Prueba"

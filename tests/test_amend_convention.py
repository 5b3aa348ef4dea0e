"""Adendas: old and new text are kept, an extension only while the term runs, and everybody is told."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from actions.reminders import remind
from documents.engine import visible_text
from models.agreements import AgreementStage, Convention
from models.audit import Verb
from models.conventions import Amendment
from models.ladders import Instrument
from models.outbox import Notice, Reminder
from models.papers import DocumentKind, OfficialDocument, Series, StoredFile
from models.people import Role
from models.places import OfficeHolder
from models.reviews import ReviewStage
from models.signing import Side, Signature
from tests import builders, stages
from tests.browsing import enter, form, forms, send
from tests.conftest import Clock, FreshDatabase
from tests.door import (
    HOSTILE,
    Said,
    bytes_of,
    changed,
    contract,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    refused,
    request,
    told,
)

AMEND = contract("amend-convention")
CHANGE = {"clause": "DÉCIMA, HORARIO", "before": "De 8 a 12 horas.", "after": "De 8 a 15 horas."}
GOOD: dict[str, Any] = {"motive": "Cambia el horario", "changes": [CHANGE], "signedOn": "2026-03-02"}
LONGER: dict[str, Any] = {"motive": "Prórroga", "newEndsOn": "2026-09-30", "signedOn": "2026-03-02"}
SENTENCE = "un instrumento vencido no se prorroga: se sustituye por uno nuevo"
pytestmark = pytest.mark.usefixtures("db", "clock")


async def printed(number: str) -> str:
    """Return what a reader sees of an adenda."""
    paper = await OfficialDocument.get(number=number)
    return visible_text(bytes_of((await StoredFile.get(id=paper.file_id)).sha256))


@pytest.mark.both_databases
async def test_a_clause_changes_and_the_paper_is_numbered(db: FreshDatabase) -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    of = await builders.convention()
    await OfficeHolder.create(municipality_id=builders.CHAMELCO, name="Berta Xol", position="Alcaldesa", gender="F")
    day = date(2025, 3, 28)
    await Signature.create(
        convention=of, side=Side.SOSEP, signer_name="a", capacity="b", place="c", signed_on=day, recorded_by=lawyer
    )

    made = await once(lawyer, AMEND, conventionId=id_of(of), expectedVersion=1, **GOOD)

    assert made["convention"] == {
        "number": of.number, "endsOn": "2026-03-31",
        "amendments": [
            {"ordinal": 1, "motive": "Cambia el horario", "signedOn": "2026-03-02", "changes": [CHANGE]},
        ],
    }  # fmt: skip
    paper = made["document"]
    assert (paper["kind"], paper["number"]) == ("ADENDA", "ADENDA-AJ-1-2026")
    text = await printed(paper["number"])
    for words in ("PRIMERA ADENDA", of.number, "De 8 a 15 horas.", "Berta Xol", "MUNICIPALIDAD DE SAN JUAN CHAMELCO"):
        assert words in text
    row = await Amendment.get()
    assert (row.old_ends_on, row.new_ends_on, row.recorded_by_id) == (None, None, lawyer.id)
    assert (await Convention.get(id=of.id)).version == 2
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.AMEND_CONVENTION, str(of.id))
    notice = await Notice.get(recipient=mayor.email)
    assert "ADENDA-AJ-1-2026, adenda 1" in notice.body
    # The parties may read it.
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    assert (await request(mayor, "GET", paper["file"]["url"])).status_code == 200
    assert (await request(stranger, "GET", paper["file"]["url"])).status_code == 404
    query = "query ($number: String!) { convention(number: $number) { amendments { document { number } } } }"
    assert (await told(mayor, query, number=of.number))["convention"]["amendments"] == [
        {"document": {"number": "ADENDA-AJ-1-2026"}}
    ]


@pytest.mark.both_databases
async def test_an_extension_on_the_last_day_keeps_the_old_end(db: FreshDatabase, clock: Clock) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    of = await builders.convention()
    clock.move_to(date(2026, 3, 31))

    made = await done(head, AMEND, conventionId=id_of(of), **LONGER | {"signedOn": "2026-03-31"})

    assert made["convention"]["endsOn"] == "2026-09-30"
    row = await Amendment.get()
    assert (row.old_ends_on, row.new_ends_on, row.changes) == (date(2026, 3, 31), date(2026, 9, 30), [])
    assert changed(await last_entry(), of)["ends_on"] == ("2026-03-31", "2026-09-30")
    text = await printed("ADENDA-AJ-1-2026")
    assert "PRÓRROGA" in text
    assert "treinta (30) de septiembre del año dos mil veintiséis (2026)" in text


async def test_the_day_after_nothing_is_extended(clock: Clock) -> None:
    head, of = await builders.person(Role.LEGAL_HEAD), await builders.convention()
    clock.move_to(date(2026, 4, 1))

    for given in (LONGER | {"signedOn": "2026-04-01"}, LONGER | {"signedOn": "2026-03-31"}, GOOD):
        said = await refusal(head, AMEND, conventionId=id_of(of), **given)
        assert said.code == "NOT_ALLOWED_NOW"
        assert said.message == f"El convenio {of.number} venció el 31/03/2026; {SENTENCE}."
    assert await Series.filter(kind="ADENDA").count() == 0


async def test_what_is_not_in_force_takes_no_adenda() -> None:
    lawyer = await builders.person(Role.LEGAL)
    tomorrow, yesterday = date(2026, 3, 3), date(2026, 3, 1)
    for more, words in [
        *(
            ({"stage": stage, "starts_on": None, "ends_on": None}, "todavía no está firmado")
            for stage in (AgreementStage.REQUESTED, AgreementStage.IN_REVIEW, AgreementStage.READY_TO_SIGN)
        ),
        ({"starts_on": tomorrow, "ends_on": None}, "todavía comienza a regir el 03/03/2026"),
        ({"stage": AgreementStage.TERMINATED, "terminated_on": yesterday}, "terminó antes de su plazo"),
        ({"stage": AgreementStage.TERMINATED, "terminated_on": tomorrow}, "terminó antes de su plazo"),
        ({"stage": AgreementStage.WITHDRAWN, "starts_on": None, "ends_on": None}, "se desistió"),
    ]:
        of = await builders.convention(**more)
        said = await refusal(lawyer, AMEND, conventionId=id_of(of), **GOOD)
        assert said.code == "NOT_ALLOWED_NOW"
        assert of.number in said.message
        assert words in said.message, said


async def test_adendas_follow_one_another() -> None:
    lawyer, of = await builders.person(Role.LEGAL), await builders.convention(ends_on=date(2026, 3, 31))
    await done(lawyer, AMEND, conventionId=id_of(of), **GOOD | {"signedOn": "2026-02-10"})

    said = await refusal(lawyer, AMEND, conventionId=id_of(of), **LONGER | {"signedOn": "2026-02-09"})
    assert (said.code, said.path) == ("BAD_USER_INPUT", "signedOn")
    assert "10/02/2026 (fecha de la adenda 1)" in said.message
    made = await done(lawyer, AMEND, conventionId=id_of(of), **LONGER | {"signedOn": "2026-02-10"})
    again = await done(lawyer, AMEND, conventionId=id_of(of), **LONGER | {"newEndsOn": "2026-12-31"})

    assert [one["ordinal"] for one in again["convention"]["amendments"]] == [1, 2, 3]
    assert (made["convention"]["endsOn"], again["convention"]["endsOn"]) == ("2026-09-30", "2026-12-31")
    assert await Amendment.all().order_by("ordinal").values_list("old_ends_on", flat=True) == [
        None, date(2026, 3, 31), date(2026, 9, 30),
    ]  # fmt: skip
    text = await printed("ADENDA-AJ-3-2026")
    assert "TERCERA ADENDA" in text
    assert "ADENDA-AJ-1-2026, del 10/02/2026" in text


async def test_reminders_follow_the_new_end(clock: Clock) -> None:
    head, engine = await builders.person(Role.LEGAL_HEAD), await stages.engine()
    of = await builders.convention(ends_on=date(2026, 4, 1))
    await remind(actor=engine, instrument=Instrument.CONVENTION)
    assert await Reminder.all().values_list("rung", flat=True) == [30]

    await done(head, AMEND, conventionId=id_of(of), **LONGER | {"newEndsOn": "2026-10-01"})

    for day, rungs in ((date(2026, 4, 1), [30]), (date(2026, 7, 3), [30, 90]), (date(2026, 10, 1), [30, 90, 0])):
        clock.move_to(day)
        await remind(actor=engine, instrument=Instrument.CONVENTION)
        assert await Reminder.all().order_by("id").values_list("rung", flat=True) == rungs, day


async def test_everybody_is_told_and_whoever_renews_is_warned() -> None:
    lawyer, director = await builders.person(Role.LEGAL), await builders.person(Role.DIRECTOR)
    people = [await builders.person(Role.MUNICIPAL, at=at) for at in (builders.CHAMELCO, builders.MIXCO)]
    of = await builders.convention()
    await builders.further_party(of, at=builders.MIXCO)
    renewal = await builders.convention(renews=of, stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
    review = await stages.file_in(ReviewStage.IN_ANALYSIS, of=renewal, assignee=lawyer)

    await done(await builders.person(Role.LEGAL_HEAD), AMEND, conventionId=id_of(of), **LONGER)

    notices = await Notice.filter(key__startswith="amended:").exclude(recipient__startswith="legal_head")
    asker = (await review.requested_by).email  # type: ignore[misc]
    assert {one.recipient for one in notices} == {one.email for one in (lawyer, director, *people)} | {asker}
    assert all(f"Su renovación {review.code} está en trámite" in one.body for one in notices)


async def test_a_convention_that_is_renewed_is_not_extended() -> None:
    lawyer, of = await builders.person(Role.LEGAL), await builders.convention()
    after = await builders.convention(renews=of, starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31))

    said = await refusal(lawyer, AMEND, conventionId=id_of(of), **LONGER)

    assert (said.code, said.path) == ("ALREADY_RENEWED", "newEndsOn")
    assert after.number in said.message
    await done(lawyer, AMEND, conventionId=id_of(of), **GOOD)


async def test_wrong_values_are_named_field_by_field() -> None:
    lawyer, of = await builders.person(Role.LEGAL), await builders.convention()
    endless = await builders.convention(ends_on=None)
    given = {"conventionId": id_of(of)}
    for more, path, words in [
        ({"motive": " "}, "motive", "Escriba el motivo"),
        ({"motive": "x" * 4001}, "motive", "4000 caracteres"),
        ({"changes": []}, "changes", "al menos una cláusula"),
        ({"changes": [CHANGE] * 2}, "changes.1.clause", "ya está en la lista"),
        ({"changes": [CHANGE | {"clause": ""}]}, "changes.0.clause", "Escriba la cláusula"),
        ({"changes": [CHANGE | {"clause": "x" * 241}]}, "changes.0.clause", "240 caracteres"),
        ({"changes": [CHANGE | {"before": ""}]}, "changes.0.before", "Escriba el texto vigente"),
        ({"changes": [CHANGE | {"after": ""}]}, "changes.0.after", "Escriba el texto nuevo"),
        ({"changes": [CHANGE | {"after": "De 8  a 12 horas."}]}, "changes.0.after", "es igual al vigente"),
        ({"signedOn": "2026-03-03"}, "signedOn", "y hoy"),
        ({"signedOn": "9999-12-31"}, "signedOn", "y hoy"),
        ({"signedOn": "2025-03-31"}, "signedOn", "01/04/2025 (cuando comenzó a regir)"),
        ({"newEndsOn": "2026-03-31"}, "newEndsOn", "posterior al 31/03/2026"),
        ({"newEndsOn": "0001-01-01"}, "newEndsOn", "posterior al 31/03/2026"),
        ({"newEndsOn": "2036-04-01"}, "newEndsOn", "a lo sumo hasta el 31/03/2036"),
        ({"newEndsOn": "9999-12-31"}, "newEndsOn", "a lo sumo hasta"),
        ({"conventionId": id_of(endless), "newEndsOn": "2027-01-01"}, "newEndsOn", "no tiene fecha de vencimiento"),
    ]:
        said = await refusal(lawyer, AMEND, **given | GOOD | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path), more
        assert words in said.message, said
    wrong = {"motive": "", "changes": [], "signedOn": "2027-01-01", "newEndsOn": "2026-01-01"}
    assert [one.path for one in await refused(lawyer, AMEND, **given | wrong)] == ["motive", "signedOn", "newEndsOn"]
    many = [CHANGE | {"clause": f"Cláusula {n}"} for n in range(61)]
    assert (await refusal(lawyer, AMEND, **given | GOOD | {"changes": many})).path == "changes"


async def test_out_of_reach_missing_and_stale() -> None:
    lawyer, of = await builders.person(Role.LEGAL), await builders.convention(version=3)
    gone = await refusal(lawyer, AMEND, conventionId=id_text("Convention"), **GOOD)
    assert gone == Said("NOT_FOUND", "conventionId", "No se encontró el convenio.")
    assert (await refusal(lawyer, AMEND, conventionId=id_of(of), expectedVersion=2, **GOOD)).code == "STALE"


async def test_only_the_legal_office_notes_adendas() -> None:
    of = await builders.convention()
    for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN):
        await forbidden(await builders.person(role), AMEND, conventionId=id_of(of), **GOOD)
    await forbidden(None, AMEND, conventionId=id_of(of), **GOOD)


async def test_any_text_is_kept_and_printed_as_typed() -> None:
    lawyer = await builders.person(Role.LEGAL)
    of = await builders.convention(title="Para todos")
    for n, text in enumerate(HOSTILE, start=1):
        change = {"clause": f"{n} {text}", "before": f"{text} a", "after": f"{text} b"}
        made = await done(lawyer, AMEND, conventionId=id_of(of), **GOOD | {"motive": text, "changes": [change]})
        assert made["convention"]["amendments"][-1]["changes"] == [change]
        assert f"{text} b" in await printed(made["document"]["number"])


@pytest.mark.both_databases
async def test_a_refused_paper_gives_its_number_back(db: FreshDatabase) -> None:
    lawyer, of = await builders.person(Role.LEGAL), await builders.convention()
    change = CHANGE | {"after": "Private \ue000 use"}

    said = await refused(lawyer, AMEND, conventionId=id_of(of), **GOOD | {"changes": [change]})

    assert {one.code for one in said} == {"PAPER_REFUSED"}
    made = await done(lawyer, AMEND, conventionId=id_of(of), **GOOD)
    assert made["document"]["number"] == "ADENDA-AJ-1-2026"
    assert await OfficialDocument.filter(kind=DocumentKind.ADENDA).count() == 1


async def test_the_page_notes_one_and_shows_both_texts(app_client: httpx.AsyncClient, clock: Clock) -> None:
    of = await builders.convention()
    await enter(app_client, await builders.person(Role.LEGAL))
    shown = await app_client.get(f"/convenios/{of.number}")
    assert f"/convenios/{of.number}/adenda" in shown.text
    page = await app_client.get(f"/convenios/{of.number}/adenda")
    typed = {f"changes.0.{name}": text for name, text in CHANGE.items()}
    typed |= {"motive": "Horario y plazo", "newEndsOn": "2026-03-31"}
    again = await send(app_client, page, form(page, "AmendConvention"), **typed)
    assert again.status_code == 422
    kept = form(again, "AmendConvention")
    assert typed.items() <= kept.values.items()

    answer = await send(app_client, again, kept, newEndsOn="2026-12-31")

    assert answer.headers["location"] == f"/convenios/{of.number}?hecho=AmendConvention"
    page = await app_client.get(answer.headers["location"])
    for words in (CHANGE["before"], CHANGE["after"], "ADENDA-AJ-1-2026", "31 de diciembre de 2026", "quedó anotada"):
        assert words in page.text
    clock.move_to(date(2027, 1, 1) + timedelta(days=1))
    await enter(app_client, await builders.person(Role.LEGAL))
    page = await app_client.get(f"/convenios/{of.number}/adenda")
    assert "un instrumento vencido no se prorroga" in page.text
    assert not [one for one in forms(page) if "_operation" in one.values]
    assert f"/convenios/{of.number}/adenda" not in (await app_client.get(f"/convenios/{of.number}")).text

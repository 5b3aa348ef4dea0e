"""Changing a court file: stages move as the table says, closing settles nothing in silence, a number stays."""

from datetime import date
from typing import Any

import pytest

from models.audit import Verb
from models.court import COURT_MOVES, COURT_STAGE_LABELS, CourtFile, CourtNotice, CourtStage
from models.outbox import Notice
from models.people import Role
from tests import builders, court
from tests.court import CHANGE, FILE
from tests.door import (
    bad_ids,
    changed,
    done,
    everything,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    person_id,
    refusal,
    refused,
    told,
)

END = {"closedOn": "2026-02-27", "outcome": "Se desistió la demanda."}
pytestmark = pytest.mark.usefixtures("db", "clock")
ALLOWED = [(stage, to) for stage, moves in COURT_MOVES.items() for to in moves]
REFUSED = [(stage, to) for stage in CourtStage for to in CourtStage if to not in COURT_MOVES[stage]]


def asked(file: CourtFile, to: CourtStage) -> dict[str, Any]:
    """Return the input that moves a file, with what closing needs."""
    more = END if to == CourtStage.CLOSED else {}
    return {"courtFileId": id_of(file), "stage": to.value} | more


async def standing(stage: CourtStage) -> CourtFile:
    """Return a file in a stage."""
    over = {"closed_on": date(2026, 2, 1), "outcome": "Terminó."} if stage == CourtStage.CLOSED else {}
    return await builders.court_file(stage=stage, **over)


def test_every_move_is_tried() -> None:
    assert (len(ALLOWED), len(REFUSED)) == (10, 15)
    assert len(ALLOWED) + len(REFUSED) == len(CourtStage) ** 2


async def test_what_the_table_allows_is_done() -> None:
    lawyer = await builders.person(Role.LEGAL)
    for stage, to in ALLOWED:
        file = await standing(stage)
        shown = (await done(lawyer, CHANGE, **asked(file, to)))["courtFile"]
        assert shown["stage"] == to.value, (stage, to)
        assert shown["possibleStages"] == [one.value for one in COURT_MOVES[to]]
        assert (shown["closedOn"], shown["outcome"]) == (
            (END["closedOn"], END["outcome"]) if to == CourtStage.CLOSED else (None, "")
        )


async def test_what_the_table_does_not_allow_is_refused_with_what_is_possible() -> None:
    lawyer = await builders.person(Role.LEGAL)
    for stage, to in REFUSED:
        file = await standing(stage)
        said = await refusal(lawyer, CHANGE, **asked(file, to))
        assert said.code == "NOT_ALLOWED_NOW", (stage, to)
        assert file.code in said.message
        if stage == CourtStage.CLOSED:
            assert "fenecido desde el 01/02/2026" in said.message
        for possible in COURT_MOVES[stage]:
            assert f"«{COURT_STAGE_LABELS[possible]}»" in said.message, (stage, to)


async def test_closing_needs_outcome_and_date() -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await builders.court_file(opened_on=date(2026, 1, 15))
    base = {"courtFileId": id_of(file), "stage": "CLOSED"}
    for given, paths in (
        ({}, {"outcome", "closedOn"}),
        ({"outcome": "  ", "closedOn": "2026-03-01"}, {"outcome"}),
        ({"outcome": "Terminó."}, {"closedOn"}),
        (END | {"closedOn": "2026-01-14"}, {"closedOn"}),
        (END | {"closedOn": "2026-03-03"}, {"closedOn"}),
    ):
        assert {one.path for one in await refused(lawyer, CHANGE, **base, **given)} == paths, given
    for given in ({"stage": "RULED", "closedOn": "2026-03-01"}, {"closedOn": "2026-03-01"}, {"outcome": "Ganado"}):
        paths = {one.path for one in await refused(lawyer, CHANGE, courtFileId=id_of(file), **given)}
        assert paths == {"outcome" if "outcome" in given else "closedOn"}
    assert (await done(lawyer, CHANGE, **base, **END | {"closedOn": "2026-01-15"}))["courtFile"]["stage"] == "CLOSED"


async def test_an_open_date_keeps_a_file_open() -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await builders.court_file()
    await court.court_date(file, date(2026, 3, 9))
    await court.court_date(file, date(2026, 2, 3), settled_on=date(2026, 2, 3), result="Sin acuerdo.")

    said = await refusal(lawyer, CHANGE, **asked(file, CourtStage.CLOSED))

    assert "audiencia del 09/03/2026." in said.message
    assert "03/02/2026" not in said.message
    assert (await done(lawyer, CHANGE, **asked(file, CourtStage.RULED)))["courtFile"]["stage"] == "RULED"


async def test_lawyer_note_and_number_change_together() -> None:
    lawyer, other = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL_HEAD)
    file = await builders.court_file(court_number="", search="nada")
    await court.notice(court_number="01173-2026-1", court=file.court, due_on=date(2026, 3, 6))

    shown = (
        await done(
            lawyer, CHANGE, courtFileId=id_of(file), lawyerId=person_id(other), note="Urge.",
            courtNumber=" 01173-2026-1 ", expectedVersion=1,
        )
    )["courtFile"]  # fmt: skip

    assert (shown["lawyer"]["name"], shown["note"], shown["courtNumber"]) == (other.name, "Urge.", "01173-2026-1")
    assert shown["nextOn"] == "2026-03-06"
    assert await CourtNotice.exists(court_file_id=file.id)
    entry = await last_entry()
    assert entry.verb == Verb.CHANGE_COURT_FILE
    assert entry.summary == (
        f"{lawyer.name} actualizó el expediente judicial {file.code}: a cargo de {other.name}, número del juzgado, "
        "nota. Se le vinculó una notificación."
    )
    assert changed(entry, file)["court_number"] == ("", "01173-2026-1")
    assert (await Notice.get()).recipient == other.email
    found = """query ($search: String) { courtFiles(filter: { search: $search }) { nodes { code } } }"""
    assert (await told(lawyer, found, search="01173-2026-1"))["courtFiles"]["nodes"] == [{"code": file.code}]


async def test_a_number_once_given_stays() -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await builders.court_file(court_number="A-1")
    other = await builders.court_file(court_number="")
    said = await refusal(lawyer, CHANGE, courtFileId=id_of(file), courtNumber="A-2")
    assert (said.path, "A-1" in said.message) == ("courtNumber", True)
    said = await refusal(lawyer, CHANGE, courtFileId=id_of(other), courtNumber="a-1")
    assert (said.code, file.code in said.message) == ("CONFLICT", True)


async def test_nothing_to_change_is_said() -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await builders.court_file(note="Igual", lawyer=lawyer)
    for given in ({}, {"note": "Igual", "lawyerId": person_id(lawyer), "courtNumber": file.court_number}):
        assert (await refusal(lawyer, CHANGE, courtFileId=id_of(file), **given)).code == "NOT_ALLOWED_NOW"


async def test_somebody_faster_is_told() -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await builders.court_file()
    await done(lawyer, CHANGE, courtFileId=id_of(file), note="Uno", expectedVersion=1)
    said = await refusal(lawyer, CHANGE, courtFileId=id_of(file), note="Dos", expectedVersion=1)
    assert (said.code, said.path) == ("STALE", "expectedVersion")
    await once(lawyer, CHANGE, courtFileId=id_of(file), note="Dos", expectedVersion=2)


async def test_ids_that_are_none() -> None:
    lawyer = await builders.person(Role.LEGAL)
    for given in bad_ids("CourtFile", "LegalReview"):
        assert (await refusal(lawyer, CHANGE, courtFileId=given, note="x")).path == "courtFileId", given
    said = await refusal(lawyer, CHANGE, courtFileId=id_text("CourtFile"), note="x")
    assert (said.code, said.message) == ("NOT_FOUND", "No se encontró el expediente judicial.")


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.LEGAL, Role.LEGAL_HEAD, Role.SYSTEM)])
async def test_nobody_else_changes(role: Role) -> None:
    await forbidden(await builders.person(role), CHANGE, **asked(await builders.court_file(), CourtStage.RULED))


async def test_the_file_tells_its_history() -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await builders.court_file()
    await done(lawyer, CHANGE, **asked(file, CourtStage.IN_PROCEEDINGS))
    await done(lawyer, CHANGE, **asked(file, CourtStage.CLOSED))
    before = await everything()
    shown = (await told(lawyer, FILE, code=file.code.lower()))["courtFile"]
    assert [(one["action"], one["actor"]["name"]) for one in shown["timeline"]] == [
        ("CHANGE_COURT_FILE", lawyer.name),
    ] * 2
    assert shown["timeline"][1]["summary"].endswith("etapa «Fenecido», resultado.")
    assert await everything() == before

"""Noting the council's minute: kept even when doubtful, with what keeps it from authorizing a signature."""

from datetime import date
from typing import Any

import pytest

from models.agreements import PENDING_STAGES, AgreementStage
from models.audit import Verb
from models.calendar import LegalParameter
from models.people import Role
from models.signing import CouncilMinute
from tests import builders
from tests.door import (
    HOSTILE,
    Said,
    bad_ids,
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
    sent_up,
    told,
)

RECORD = contract("record-council-minute")
GOOD: dict[str, Any] = {
    "actNumber": "12-2026",
    "pointNumber": "Quinto",
    "sessionDate": "2026-02-02",
    "approvedDate": "2026-02-09",
    "votesFor": 8,
    "votesAgainst": 2,
}
SHOWN = {name: GOOD[name] for name in ("actNumber", "pointNumber", "sessionDate", "approvedDate")}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def pending(**more: Any) -> str:
    """Return the id of a convention in the making."""
    return id_of(await builders.convention(stage=AgreementStage.REQUESTED, starts_on=None, ends_on=None, **more))


async def test_the_minute_is_noted_with_its_certificate() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    convention = await builders.convention(stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
    up = await sent_up(mayor, "punto.pdf")

    payload = await done(mayor, RECORD, conventionId=id_of(convention), fileId=up["id"], **GOOD)

    assert payload["councilMinute"] == SHOWN | {"valid": True, "warnings": []}
    minute = await CouncilMinute.get()
    assert (minute.convention_id, minute.recorded_by_id, minute.session_date) == (
        convention.id, mayor.id, date(2026, 2, 2),
    )  # fmt: skip
    assert (minute.votes_for, minute.votes_against) == (8, 2)
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (
        Verb.RECORD_COUNCIL_MINUTE, "Convention", str(convention.id),
    )  # fmt: skip
    assert changed(entry, minute)["act_number"] == (None, "12-2026")
    shown = await told(
        mayor, "query ($id: ID!) { node(id: $id) { ... on Convention { councilMinutes { file { sha256 } } } } }",
        id=id_of(convention),
    )  # fmt: skip
    assert shown["node"]["councilMinutes"] == [{"file": {"sha256": up["sha256"]}}]


@pytest.mark.parametrize("stage", PENDING_STAGES)
async def test_it_may_come_at_any_stage_of_the_making(stage: AgreementStage) -> None:
    convention = await builders.convention(stage=stage, starts_on=None, ends_on=None)
    for role in (Role.DIRECTOR, Role.LEGAL, Role.LEGAL_HEAD):
        await done(await builders.person(role), RECORD, conventionId=id_of(convention), **GOOD | {"actNumber": role})


async def test_a_doubtful_minute_is_kept_with_its_warnings() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    for more, warnings in [
        ({"sessionDate": "2026-01-28", "approvedDate": "2026-02-27"}, []),
        ({"sessionDate": "2026-01-27", "approvedDate": "2026-02-27"}, ["más de 30 días"]),
        ({"approvedDate": None}, ["no consta como leída y aprobada"]),
        ({"votesFor": 5, "votesAgainst": 5}, ["mayoría de votos"]),
        ({"votesFor": 0, "votesAgainst": 9, "approvedDate": None}, ["no consta", "mayoría"]),
        ({"votesFor": None, "votesAgainst": None}, []),
    ]:
        minute = (await done(mayor, RECORD, conventionId=await pending(), **GOOD | more))["councilMinute"]
        assert minute["valid"] is not bool(warnings)
        assert len(minute["warnings"]) == len(warnings)
        for said, words in zip(minute["warnings"], warnings, strict=True):
            assert words in said


async def test_the_days_are_those_of_the_legal_parameter() -> None:
    await LegalParameter.create(
        code="COUNCIL_MINUTE_DAYS", title="Aprobación", value=5, unit="días", valid_from=date(2026, 1, 1)
    )

    payload = await done(await builders.person(Role.MUNICIPAL), RECORD, conventionId=await pending(), **GOOD)

    assert payload["councilMinute"]["warnings"] == ["El acta se aprobó más de 5 días después de la sesión."]


async def test_out_of_reach_is_refused_like_missing() -> None:
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)

    gone = await refusal(stranger, RECORD, conventionId=id_text("Convention"), **GOOD)

    assert gone == Said("NOT_FOUND", "conventionId", "No se encontró el convenio.")
    assert await refusal(stranger, RECORD, conventionId=await pending(), **GOOD) == gone
    theirs = await sent_up(stranger)
    mayor = await builders.person(Role.MUNICIPAL)
    said = await refusal(mayor, RECORD, conventionId=await pending(), fileId=theirs["id"], **GOOD)
    assert (said.code, said.path) == ("NOT_FOUND", "fileId")


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN])
async def test_a_role_that_notes_none_is_forbidden(role: Role) -> None:
    await forbidden(await builders.person(role), RECORD, conventionId=await pending(), **GOOD)


@pytest.mark.parametrize("stage", [stage for stage in AgreementStage if stage not in PENDING_STAGES])
async def test_what_is_made_or_given_up_takes_no_other(stage: AgreementStage) -> None:
    convention = await builders.convention(stage=stage)

    said = await refusal(await builders.person(Role.MUNICIPAL), RECORD, conventionId=id_of(convention), **GOOD)

    assert said.code == "NOT_ALLOWED_NOW"
    assert convention.number in said.message


async def test_a_convention_without_municipality_has_no_council() -> None:
    given = await pending(at=None, institution=await builders.institution())

    said = await refusal(await builders.person(Role.LEGAL), RECORD, conventionId=given, **GOOD)

    assert said.code == "NOT_ALLOWED_NOW"
    assert "no es con una municipalidad" in said.message


async def test_twice_is_answered_or_refused_and_a_correction_is_kept() -> None:
    mayor, given = await builders.person(Role.MUNICIPAL), await pending()
    early = GOOD | {"approvedDate": None}

    await once(mayor, RECORD, conventionId=given, **early)

    said = await refusal(mayor, RECORD, conventionId=given, **early)
    assert said.code == "NOT_ALLOWED_NOW"
    assert "ya está anotado" in said.message
    payload = await done(mayor, RECORD, conventionId=given, **GOOD)
    assert payload["councilMinute"]["valid"]
    assert await CouncilMinute.all().count() == 2


async def test_wrong_values_are_named_field_by_field() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    good = GOOD | {"conventionId": await pending()}
    for more, path, words in [
        ({"actNumber": ""}, "actNumber", "Escriba el número de acta"),
        ({"actNumber": "x" * 41}, "actNumber", "40 caracteres"),
        ({"pointNumber": "  "}, "pointNumber", "Escriba el número de punto"),
        ({"pointNumber": "x" * 41}, "pointNumber", "40 caracteres"),
        ({"sessionDate": "2026-03-03", "approvedDate": None}, "sessionDate", "no puede ser futura"),
        ({"sessionDate": "2016-02-28", "approvedDate": None}, "sessionDate", "diez años"),
        ({"sessionDate": "0001-01-01", "approvedDate": None}, "sessionDate", "diez años"),
        ({"sessionDate": "9999-12-31", "approvedDate": None}, "sessionDate", "no puede ser futura"),
        ({"approvedDate": "2026-02-01"}, "approvedDate", "anterior a la sesión"),
        ({"approvedDate": "2026-03-03"}, "approvedDate", "no puede ser futura"),
        ({"votesFor": -1}, "votesFor", "de 0 a 99"),
        ({"votesFor": 100}, "votesFor", "de 0 a 99"),
        ({"votesAgainst": -1}, "votesAgainst", "de 0 a 99"),
        ({"votesAgainst": 2**31 - 1}, "votesAgainst", "de 0 a 99"),
    ]:
        said = await refusal(mayor, RECORD, **good | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path)
        assert words in said.message, said
    wrong = {"actNumber": "", "pointNumber": "", "votesFor": -1, "sessionDate": "2027-01-01", "approvedDate": None}
    assert [one.path for one in await refused(mayor, RECORD, **good | wrong)] == [
        "actNumber", "pointNumber", "votesFor", "sessionDate",
    ]  # fmt: skip
    for field, kind in (("conventionId", "Convention"), ("fileId", "File")):
        for given in filter(None, bad_ids(kind)):
            assert (await refusal(mayor, RECORD, **good | {field: given})).path == field


async def test_any_text_is_kept_as_typed() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    for text in HOSTILE:
        given = await pending()
        minute = (await done(mayor, RECORD, conventionId=given, **GOOD | {"actNumber": text, "pointNumber": text}))[
            "councilMinute"
        ]
        assert (minute["actNumber"], minute["pointNumber"]) == (text, text)
    assert await CouncilMinute.all().order_by("id").values_list("act_number", flat=True) == list(HOSTILE)

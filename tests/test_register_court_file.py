"""Registering a court file: its code and branch, no second file for one number, and notices that came before it."""

from datetime import date
from typing import Any

import pytest

from models.audit import Verb
from models.court import BRANCH_OF, CourtBranch, CourtDate, CourtFile, CourtFileKind, CourtNotice
from models.outbox import Notice
from models.people import Role
from tests import builders, court
from tests.court import REGISTER
from tests.door import HOSTILE, changed, done, forbidden, id_text, last_entry, once, person_id, refusal, refused

SUIT: dict[str, Any] = {
    "kind": "ORDINARY_SUIT",
    "court": "Juzgado Noveno de Trabajo y Previsión Social",
    "courtNumber": "01173-2026-00042",
    "claimants": ["María Ñandú Pérez", "José  Tzul\nÁngela Xol"],
    "defendants": ["Secretaría de Obras Sociales de la Esposa del Presidente"],
    "subject": "Pago de prestaciones",
    "departmentCode": "16",
    "openedOn": "2026-02-20",
    "note": "Viene del archivo.",
}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_a_suit_gets_code_branch_and_lawyer() -> None:
    lawyer, other = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL)
    await builders.department()

    payload = await done(lawyer, REGISTER, **SUIT, lawyerId=person_id(other))

    shown = payload["courtFile"]
    assert shown.pop("id")
    assert shown == {
        "code": "JUD-2026-0001", "branch": "LABOR", "kind": "ORDINARY_SUIT", "court": SUIT["court"],
        "courtNumber": "01173-2026-00042", "claimants": ["María Ñandú Pérez", "José Tzul", "Ángela Xol"],
        "defendants": SUIT["defendants"], "subject": "Pago de prestaciones",
        "department": {"code": "16", "name": "Alta Verapaz"}, "lawyer": {"name": other.name}, "stage": "FILED",
        "possibleStages": ["IN_PROCEEDINGS", "RULED", "CLOSED"], "openedOn": "2026-02-20", "closedOn": None,
        "outcome": "", "nextOn": None, "note": "Viene del archivo.", "source": "SYSTEM", "sourceNote": "",
        "version": 1, "notices": [], "dates": [],
    }  # fmt: skip
    file = await CourtFile.get()
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (Verb.REGISTER_COURT_FILE, "CourtFile", str(file.id))
    assert entry.summary == f"{lawyer.name} registró el expediente judicial JUD-2026-0001 (juicio ordinario)."
    assert changed(entry, file)["court"] == (None, SUIT["court"])
    told = await Notice.get()
    assert (told.recipient, told.court_file_id) == (other.email, file.id)  # type: ignore[attr-defined]
    for name in ("Ñandú", "Tzul", "prestaciones"):
        assert name not in f"{told.subject} {told.body} {entry.summary}"


@pytest.mark.parametrize("kind", CourtFileKind)
async def test_the_branch_follows_from_the_kind(kind: CourtFileKind) -> None:
    head = await builders.person(Role.LEGAL_HEAD)

    payload = await done(head, REGISTER, **SUIT | {"kind": kind.value, "departmentCode": None})

    assert CourtBranch(payload["courtFile"]["branch"]) == BRANCH_OF[kind]


@pytest.mark.parametrize(
    ("court_name", "number"),
    [
        ("Juzgado Primero de Trabajo", "01173-2025-7"),
        ("juzgado  primero de TRABÁJO", " 01173-2025-7 "),
    ],
)
async def test_one_number_of_one_court_is_one_file(court_name: str, number: str) -> None:
    lawyer = await builders.person(Role.LEGAL)
    known = await builders.court_file(court="Juzgado Primero de Trabajo", court_number="01173-2025-7")

    twin = SUIT | {"court": court_name, "courtNumber": number, "departmentCode": None}
    said = await refusal(lawyer, REGISTER, **twin)

    assert (said.code, said.path) == ("CONFLICT", "courtNumber")
    assert known.code in said.message
    # Another court may give the same number, and files without a number are no twins.
    await done(lawyer, REGISTER, **twin | {"court": "Juzgado Segundo de Trabajo"})
    for _ in range(2):
        await done(lawyer, REGISTER, **twin | {"courtNumber": ""})


@pytest.mark.both_databases
async def test_codes_follow_without_gaps(db: Any) -> None:
    lawyer = await builders.person(Role.LEGAL)
    for number in ("1", "1", "2"):
        given = {"kind": "COMPLAINT", "court": "Ministerio Público", "claimants": ["SOSEP"], "openedOn": "2026-03-02"}
        payload = await (refused if number == "1" and await CourtFile.exists() else done)(
            lawyer, REGISTER, **given, courtNumber=number
        )
    assert await CourtFile.all().order_by("id").values_list("code", flat=True) == ["JUD-2026-0001", "JUD-2026-0002"]
    assert payload["courtFile"]["branch"] == "CRIMINAL"  # type: ignore[call-overload]


async def test_notices_that_came_before_are_linked_with_their_deadlines() -> None:
    lawyer = await builders.person(Role.LEGAL)
    number = {"court_number": SUIT["courtNumber"], "court": SUIT["court"]}
    await court.notice(**number, due_on=date(2026, 3, 6))
    await court.notice(**number, summary="Se resuelve", answered_on=date(2026, 2, 27), answer="No pide nada.")
    apart = await court.notice(**number | {"court_number": "01173-2026-00043"}, summary="De otro")
    criminal = await court.notice(**number, branch=CourtBranch.CRIMINAL, summary="Penal")

    shown = (await done(lawyer, REGISTER, **SUIT | {"departmentCode": None}))["courtFile"]

    assert [one["summary"] for one in shown["notices"]] == ["Se corre audiencia", "Se resuelve"]
    assert shown["nextOn"] == "2026-03-06"
    deadline = await CourtDate.get()
    assert (deadline.title, deadline.counted_days) == ("Responder la notificación: Se corre audiencia", 5)
    assert not await CourtNotice.filter(id__in=[apart.id, criminal.id], court_file_id__not_isnull=True).exists()
    assert (await last_entry()).summary.endswith("Se le vincularon 2 notificaciones.")


async def test_what_is_wrong_is_said_at_once() -> None:
    lawyer = await builders.person(Role.LEGAL)
    mayor = await builders.person(Role.MUNICIPAL)

    said = await refused(
        lawyer, REGISTER, kind="COMPLAINT", court=" ", courtNumber="9" * 61, claimants=[" \n "], openedOn="2026-03-03",
        subject="x" * 301, note="y\u202e", departmentCode="99", lawyerId=person_id(mayor),
    )  # fmt: skip

    assert {one.path for one in said} == {
        "court", "courtNumber", "claimants", "openedOn", "subject", "note", "departmentCode", "lawyerId",
    }  # fmt: skip
    assert {one.code for one in said} == {"BAD_USER_INPUT"}
    for code in ("160", "DROP TABLE", "1'"):
        assert (await refusal(lawyer, REGISTER, **SUIT | {"departmentCode": code})).path == "departmentCode"
    assert (await refusal(lawyer, REGISTER, **SUIT, lawyerId=id_text("CourtFile"))).path == "lawyerId"
    late = await refusal(lawyer, REGISTER, **SUIT | {"departmentCode": None, "openedOn": "1979-12-31"})
    assert late.path == "openedOn"


@pytest.mark.parametrize("text", HOSTILE)
async def test_text_is_kept_as_typed(text: str) -> None:
    lawyer = await builders.person(Role.LEGAL)
    typed = {"court": text, "courtNumber": text, "claimants": [text], "defendants": [text], "subject": text}

    shown = (await done(lawyer, REGISTER, kind="COMPLAINT", openedOn="2026-03-02", **typed))["courtFile"]

    assert {name: shown[name] for name in typed} == typed


async def test_the_same_click_twice_registers_once() -> None:
    lawyer = await builders.person(Role.LEGAL)
    await once(lawyer, REGISTER, **SUIT | {"departmentCode": None})
    assert await CourtFile.all().count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.LEGAL, Role.LEGAL_HEAD, Role.SYSTEM)])
async def test_nobody_else_registers(role: Role) -> None:
    await forbidden(await builders.person(role), REGISTER, **SUIT)

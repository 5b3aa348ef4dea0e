"""Of every text that the database holds, only those of the data dictionary reach the public, in any form."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.fields import CharField, JSONField, TextField
from tortoise.fields.data import CharEnumFieldInstance
from tortoise.models import Model

from actions.transparency import publish_listing
from api.transparency import DOWNLOADS
from models.agreements import Convention, Lease
from models.centers import Center
from models.conventions import Amendment, Commitment
from models.people import Role
from models.places import DepartmentalOffice, Institution, OfficeHolder, Sector
from models.publications import LISTING_NAMES, PublicListing
from models.signing import CouncilMinute, Signature, SignatureDelegation
from reads.transparency_rows import COLUMNS
from tests import builders, court
from tests.door import request, told
from tests.test_transparency import ASK, rows_query

PUBLISHED = {
    ("Lease", "number"),
    ("Lease", "use"),
    ("Center", "name"),
    ("DepartmentalOffice", "name"),
    ("Municipality", "name"),
    ("Department", "name"),
    ("Convention", "number"),
    ("Convention", "title"),
    ("Institution", "name"),
}
"""The only texts that leave, by model and column."""

NAMED = {
    PublicListing.LEASES: (
        "numero forma codigo_municipio municipio departamento destino programa motivo renta_mensual monto_total "
        "plazo_meses inicio vencimiento terminado_el situacion origen_del_registro"
    ),
    PublicListing.CONVENTIONS: (
        "numero clase institucion sector objeto programa aporte_sosep aporte_contraparte plazo_meses inicio "
        "vencimiento terminado_el situacion origen_del_registro"
    ),
}
"""The columns that leave: one more is a decision, and a line here and in decision 29."""

SEALED = {"AuditEntry"}
"""What the database lets nobody change."""
CLOSED = {("Commitment", "party")}
"""Texts that the database lets be nothing but a few words."""
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
pytestmark = [pytest.mark.usefixtures("db", "clock"), pytest.mark.both_databases]


def test_the_dictionary_is_what_was_decided() -> None:
    assert {listing: " ".join(one.name for one in columns) for listing, columns in COLUMNS.items()} == NAMED


async def _records() -> None:
    """Make a lease of a center, one of an office, conventions of several parties, and all that hangs on them."""
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    center, file = await builders.center(), await builders.stored_file(lawyer)
    for serves in ({}, {"center": None, "office": await builders.office()}):
        lease = await builders.lease(center, form_confirmed_by=lawyer, requested_by=mayor, **serves)
    ngo = await builders.institution("Asociación")
    company = await builders.institution("Empresa", Sector.PRIVATE)
    convention = await builders.convention(at=None, institution=ngo, requested_by=lawyer, centers=[center])
    party = await builders.further_party(convention, at=builders.MIXCO)
    await builders.further_party(convention, institution=company)
    await OfficeHolder.create(institution=ngo, name="x", position="x", gender="F", recorded_by=lawyer)
    await builders.contact("x@ong.example", institution=ngo)
    review = await builders.review(convention, assignee=lawyer, requested_by=mayor)
    await builders.draft(review, lawyer)
    void = {"voided_on": date(2026, 3, 2), "void_reason": "x"}
    paper = await builders.paper(review=review, convention=convention, file=file, parties=["Asociación"], **void)
    for subject in ({"convention": convention}, {"lease": lease}):
        who = {"side": "COUNTERPART", "signer_name": "x", "capacity": "x", "place": "x", "signed_on": date(2026, 1, 2)}
        await Signature.create(**subject, **who, scan=file, recorded_by=lawyer)
        await SignatureDelegation.create(
            **subject, instrument="x", number="x", issued_on=date(2026, 1, 2), delegate_name="x",
            delegate_position="x", recorded_by=lawyer, recorded_at=NOW,
        )  # fmt: skip
    minute = {"act_number": "x", "point_number": "x", "session_date": date(2026, 1, 2)}
    await CouncilMinute.create(convention=convention, party=party, recorded_by=lawyer, **minute)
    await Commitment.create(convention=convention, party="SOSEP", item="x", fulfilled_by=lawyer, file=file)
    await Amendment.create(
        convention=convention, ordinal=1, motive="x", signed_on=date(2026, 1, 2), changes=[], document=paper
    )
    await court.notice(await builders.court_file(lawyer=lawyer))
    await builders.finding(await builders.visit(center))
    await builders.contribution(center)
    await builders.silence(center)
    await builders.center_event(center)


def _texts(model: type[Model]) -> Iterator[tuple[str, Any]]:
    """Yield the columns of a model that hold free text; keys and closed lists hold none."""
    for name, field in model._meta.fields_map.items():
        if field.pk or field.reference or isinstance(field, CharEnumFieldInstance):
            continue
        if isinstance(field, CharField | TextField | JSONField):
            yield name, field


async def _marked() -> dict[str, tuple[str, str]]:
    """Write a text of its own into every text column of every row, and return whose each is."""
    marks: dict[str, tuple[str, str]] = {}
    ordinal = count(1)
    assert Tortoise.apps
    for model in Tortoise.apps["models"].values():
        own = model._meta.pk_attr
        for key in await model.all().values_list(own, flat=True) if model.__name__ not in SEALED else ():
            values: dict[str, Any] = {}
            for name, field in _texts(model):
                if (model.__name__, name) in CLOSED:
                    continue
                mark = f"zq{next(ordinal):04d}"
                if isinstance(field, CharField) and field.max_length < len(mark):
                    assert name in ("gender",), f"{model.__name__}.{name} is too short to be told from others"
                    continue
                values[name] = [mark] if isinstance(field, JSONField) else mark
                marks[mark] = (model.__name__, name)
            if values:
                await model.filter(**{own: key}).update(**values)
    return marks


async def test_no_other_text_of_any_record_reaches_the_public() -> None:
    DOWNLOADS.forget()
    await _records()
    marks = await _marked()
    publisher = await builders.person(Role.LEGAL, name="zq-quien-publica", email="zq-quien@publica.example")
    for listing in PublicListing:
        await publish_listing(actor=publisher, listing=listing)

    said = [str(await told(None, rows_query(listing))) for listing in ASK]
    for path in (
        "",
        "/diccionario",
        *(f"/{name}{end}" for name in LISTING_NAMES.values() for end in ("", ".csv", ".json")),
    ):
        answer = await request(None, "GET", f"/transparencia{path}")
        assert answer.status_code == 200, path
        assert "set-cookie" not in answer.headers
        said.append(answer.text)

    whole = "\n".join(said)
    assert {whose for mark, whose in marks.items() if mark in whole} == PUBLISHED
    assert "zq-quien" not in whole
    models = {model for model, _ in marks.values()}
    reached = (Lease, Convention, Center, DepartmentalOffice, Institution, OfficeHolder, Signature, SignatureDelegation)
    assert {one.__name__ for one in reached} <= models
    assert {"CourtFile", "CourtNotice", "User", "Contact", "LegalReview", "OfficialDocument", "PaperDraft"} <= models
    # Whole in each form: what may leave is there in the files and in the API.
    for name, text in zip(("api", "api", *("page",) * 2, *("files",) * 6), said, strict=True):
        assert name == "page" or any(mark in text for mark in marks), name

"""The engine's step after a favorable dictamen: the agreement's Word document, once, and opened to signature."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from actions.paper_parties import BLANK, article_of
from actions.preparation import prepare_agreement
from actions.refusals import Forbidden
from documents.engine import visible_text
from documents.seal import sha256_hex
from models.agreements import AgreementStage, Convention, ConventionKind
from models.audit import Verb
from models.calendar import LegalParameter
from models.centers import CenterKind
from models.conventions import Commitment
from models.outbox import Notice
from models.papers import DocumentKind, OfficialDocument, Outcome, Series, StoredFile
from models.people import Role
from models.places import OfficeHolder, ProgramCode
from models.reviews import LegalReview, ReviewStage
from tests import builders, stages
from tests.door import HOSTILE, bytes_of, changed, everything, last_entry

pytestmark = pytest.mark.usefixtures("db", "clock")


async def concluded(outcome: Outcome = Outcome.FAVORABLE, minute: bool = True, **more: Any) -> LegalReview:
    """Return a file whose dictamen is issued and whose convention waits for its document."""
    values = {"stage": AgreementStage.IN_REVIEW, "starts_on": None, "ends_on": None} | more
    await builders.program(values.get("program", ProgramCode.MAD))
    party = {"requesting_unit": "Municipalidad de San Juan Chamelco"}
    of = await builders.convention(**values)
    return await stages.file_in(ReviewStage.DICTAMEN_ISSUED, of=of, outcome=outcome, minute=minute, **party)


async def printed() -> str:
    """Return what a reader sees of the agreement just made."""
    paper = await OfficialDocument.get(kind=DocumentKind.CONVENIO)
    file = await StoredFile.get(id=paper.file_id)
    text = visible_text(bytes_of(file.sha256))
    assert paper.text_sha256 == sha256_hex(text)
    return text


async def test_the_document_is_made_numbered_and_opened_to_signature() -> None:
    engine, signatory = await stages.engine(), await builders.person(Role.SIGNATORY)
    mayor, director = await builders.person(Role.MUNICIPAL), await builders.person(Role.DIRECTOR)
    old = await builders.convention()
    await Commitment.create(convention=old, party="SOSEP", item="Alimentos", quantity="35 raciones diarias")
    places = [await builders.center("Los Nietos"), await builders.center("La Esperanza")]
    await OfficeHolder.create(municipality_id=builders.CHAMELCO, name="Berta Xol", position="Alcaldesa", gender="F")
    await OfficeHolder.create(name="Carla Ruiz", position="Secretaria", gender="F", since=date(2026, 1, 1))
    await OfficeHolder.create(name="Quien fue", position="Secretaria", gender="F", until=date(2025, 12, 31))
    review = await concluded(renews=old, centers=places)

    prepared = await prepare_agreement(actor=engine, review_id=review.id)

    assert prepared
    paper = await OfficialDocument.get(kind=DocumentKind.CONVENIO)
    assert (prepared.stage, paper.number) == (ReviewStage.AWAITING_SIGNATURE, "CONVENIO-AJ-1-2026")
    assert (paper.convention_id, paper.parties) == (
        review.convention_id, ["SOSEP", "Municipalidad de San Juan Chamelco"],
    )  # fmt: skip
    assert (await stages.convention_of(review)).stage == AgreementStage.READY_TO_SIGN
    text = await printed()
    for words in ("Berta Xol", "Carla Ruiz", "Los Nietos", "La Esperanza", old.number, "35 raciones", "12-2026"):
        assert words in text
    assert "Quien fue" not in text
    assert BLANK not in text
    entry = await last_entry()
    assert (entry.verb, entry.actor_id, entry.subject_id) == (Verb.PREPARE_AGREEMENT, engine.id, str(review.id))
    assert changed(entry, review)["stage"] == ("DICTAMEN_ISSUED", "AWAITING_SIGNATURE")
    assert set(await Notice.all().values_list("recipient", flat=True)) == {
        mayor.email, director.email, signatory.email,
    }  # fmt: skip


async def test_the_days_of_notice_are_the_office_s() -> None:
    review = await concluded()
    values = {"code": "CONVENTION_NOTICE_DAYS", "title": "x", "unit": "días calendario", "confirmed": False}
    await LegalParameter.create(**values, value=45, valid_from=date(2024, 1, 1))

    assert await prepare_agreement(actor=await stages.engine(), review_id=review.id)

    assert "aviso escrito de al menos cuarenta y cinco (45) días." in await printed()


async def test_a_directory_without_names_leaves_ruled_blanks() -> None:
    review = await concluded(outcome=Outcome.FAVORABLE_WITH_CONDITIONS, minute=False)

    assert await prepare_agreement(actor=await stages.engine(), review_id=review.id)

    assert BLANK in await printed()


async def test_child_centers_and_institutions_have_their_papers() -> None:
    engine = await stages.engine()
    hc = await concluded(program=ProgramCode.HC)
    ngo = await concluded(at=None, institution=await builders.institution("Fundación Niñez"))

    for review in (hc, ngo):
        assert await prepare_agreement(actor=engine, review_id=review.id)

    serials = await OfficialDocument.filter(kind=DocumentKind.CONVENIO).order_by("id").values_list("serial", flat=True)
    assert serials == [1, 2]
    last = await OfficialDocument.get(kind=DocumentKind.CONVENIO, serial=2)
    assert "Y LA FUNDACIÓN NIÑEZ" in visible_text(bytes_of((await StoredFile.get(id=last.file_id)).sha256))


@pytest.mark.parametrize(
    ("kinds", "variant", "words"),
    [
        ([CenterKind.CAD], "MAD_CAD", "de lunes a viernes, en días hábiles, en el horario"),
        ([CenterKind.CAP], "MAD_CAP", "hasta la capacidad autorizada de treinta (30) personas."),
        ([CenterKind.CAD, CenterKind.CAP], "MAD_CAP", "sesenta (60) personas entre todos los centros"),
        ([], "MAD_CAD", "en el centro que las partes identifiquen"),
    ],
)
async def test_elders_who_live_in_their_center_have_their_own_wording(
    kinds: list[CenterKind], variant: str, words: str
) -> None:
    centers = [await builders.center(f"Centro {kind}", kind=kind, capacity=30) for kind in kinds]
    review = await concluded(centers=centers)

    assert await prepare_agreement(actor=await stages.engine(), review_id=review.id)

    assert (await OfficialDocument.get(kind=DocumentKind.CONVENIO)).variant == variant
    text = await printed()
    assert words in text
    assert ("CUIDADO NOCTURNO" in text) is (variant == "MAD_CAP")


@pytest.mark.parametrize(
    ("kind", "program", "paper", "words"),
    [
        (ConventionKind.CONVENIO, ProgramCode.MAD, DocumentKind.CONVENIO, "CONVENIO DE COOPERACIÓN"),
        (ConventionKind.CONVENIO, ProgramCode.MUJER, DocumentKind.CONVENIO, "CONVENIO"),
        (ConventionKind.CONVENIO_DONACION, ProgramCode.MAD, DocumentKind.CONVENIO, "CONVENIO"),
        (
            ConventionKind.CARTA_ENTENDIMIENTO,
            ProgramCode.HC,
            DocumentKind.CARTA_ENTENDIMIENTO,
            "CARTA DE ENTENDIMIENTO",
        ),
        (ConventionKind.INTERCAMBIO_CARTAS, ProgramCode.HC, DocumentKind.CARTA_ENTENDIMIENTO, "CARTA DE"),
        (
            ConventionKind.MEMORANDUM_ENTENDIMIENTO,
            ProgramCode.INSTITUCIONAL,
            DocumentKind.MEMORANDUM_ENTENDIMIENTO,
            "MEMORÁNDUM DE ENTENDIMIENTO",
        ),
    ],
)
async def test_every_kind_with_three_parties_and_no_end_has_its_paper(
    kind: ConventionKind, program: ProgramCode, paper: DocumentKind, words: str
) -> None:
    review = await concluded(kind=kind, program=program, term_months=None, title="Para atender juntos")
    of = await stages.convention_of(review)
    await builders.further_party(of, at=builders.MIXCO)
    await builders.further_party(of, institution=await builders.institution("Instituto Austriaco"), needed_signatures=2)
    await OfficeHolder.create(municipality_id=builders.MIXCO, name="Ana Luz", position="Alcaldesa", gender="F")
    await Commitment.create(convention=of, party="SOSEP", item="Capacitar al personal", amount=Decimal("1500.00"))
    await Commitment.create(convention=of, party="COUNTERPART", item="Prestar el salón")

    assert await prepare_agreement(actor=await stages.engine(), review_id=review.id)

    made = await OfficialDocument.exclude(kind=DocumentKind.DICTAMEN).get()
    assert (made.kind, made.number) == (paper, f"{paper}-AJ-1-2026")
    assert made.parties == [
        "SOSEP", "Municipalidad de San Juan Chamelco", "Municipalidad de Mixco", "Instituto Austriaco",
    ]  # fmt: skip
    text = visible_text(bytes_of((await StoredFile.get(id=made.file_id)).sha256))
    for said in (
        words,
        "LA MUNICIPALIDAD DE MIXCO",
        "Ana Luz",
        "INSTITUTO AUSTRIACO",
        "Capacitar al personal",
        "indefinido",
    ):
        assert said in text, said
    assert (await stages.convention_of(review)).stage == AgreementStage.READY_TO_SIGN


async def test_an_understanding_without_promises_says_the_general_one() -> None:
    ngo = await builders.institution("Fundación Contexto")
    review = await concluded(at=None, institution=ngo, kind=ConventionKind.CARTA_ENTENDIMIENTO, note="Por la niñez")

    assert await prepare_agreement(actor=await stages.engine(), review_id=review.id)

    made = await OfficialDocument.get(kind=DocumentKind.CARTA_ENTENDIMIENTO)
    text = visible_text(bytes_of((await StoredFile.get(id=made.file_id)).sha256))
    assert "Por la niñez" in text
    assert text.count("Coordinar con las demás partes") == 2


async def test_a_renewal_of_what_ends_early_begins_the_day_it_ends() -> None:
    old = await builders.convention(stage=AgreementStage.TERMINATED, terminated_on=date(2026, 3, 20))
    review = await concluded(renews=old)

    assert await prepare_agreement(actor=await stages.engine(), review_id=review.id)

    assert (await OfficialDocument.get(kind=DocumentKind.CONVENIO)).data["starts_on"] == "2026-03-20"


async def test_twice_is_once() -> None:
    engine, review = await stages.engine(), await concluded()
    await prepare_agreement(actor=engine, review_id=review.id)
    before = await everything()

    assert await prepare_agreement(actor=engine, review_id=review.id) is None

    assert await everything() == before
    assert (await Series.get(kind="CONVENIO")).value == 1


async def test_nothing_is_made_elsewhere_or_by_people() -> None:
    engine = await stages.engine()
    files = [await stages.file_in(stage) for stage in ReviewStage if stage != ReviewStage.DICTAMEN_ISSUED]
    files += [await concluded(outcome=Outcome.UNFAVORABLE)]
    voided = await concluded(outcome=Outcome.FAVORABLE)
    await OfficialDocument.filter(review_id=voided.id).update(voided_on=date(2026, 3, 2), void_reason="Error de fecha")
    waiting = await concluded()
    people = [await builders.person(role) for role in Role if role != Role.SYSTEM]
    before = await everything()

    for review in [*files, voided]:
        assert await prepare_agreement(actor=engine, review_id=review.id) is None
    assert await prepare_agreement(actor=engine, review_id=999_999) is None
    for person in people:
        with pytest.raises(Forbidden):
            await prepare_agreement(actor=person, review_id=waiting.id)

    assert await everything() == before


async def test_a_later_unfavorable_dictamen_overrules_an_earlier_favorable_one() -> None:
    review = await concluded()
    await stages.dictamen(review, Outcome.UNFAVORABLE)

    assert await prepare_agreement(actor=await stages.engine(), review_id=review.id) is None


async def test_any_text_is_printed_as_typed() -> None:
    texts = " · ".join(HOSTILE)
    old = await builders.convention()
    await Commitment.create(convention=old, party="COUNTERPART", item=texts, quantity=texts)
    center = await builders.center(texts, address=texts)
    review = await concluded(renews=old, centers=[center])
    await Convention.filter(id=review.convention_id).update(title=texts)

    assert await prepare_agreement(actor=await stages.engine(), review_id=review.id)

    text = await printed()
    assert text.count(texts) == 4
    assert texts.upper() in text


@pytest.mark.parametrize(
    ("name", "article"),
    [
        ("Ministerio de Educación", "el"),
        ("Fundación Contexto", "la"),
        ("Comité Nacional de Protección a la Vejez", "el"),
        ("Universidad Rafael Landívar", "la"),
        ("PROMUJER", "la"),
    ],
)
def test_an_institution_takes_its_article(name: str, article: str) -> None:
    assert article_of(name) == article

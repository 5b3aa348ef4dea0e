"""Adendas of a signed convention: clauses with old and new text, extensions of the term."""

from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from actions.agreements import LONGEST_TERM
from actions.audited import Entry, audited, reachable
from actions.issuing import issue_paper
from actions.paper_parties import in_public, parties_in_paper, sosep_signers
from actions.refusals import Checks, ErrorCode, NotAllowedNow, Problem, Refusal
from actions.sheets_count import counting_sheets
from documents.fields_conventions import AdendaFields
from documents.fields_parties import counterparts
from models.agreements import PENDING_STAGES, AgreementStage, Convention, Standing, last_day
from models.audit import Verb
from models.centers import Source
from models.conventions import Amendment
from models.fields import folded
from models.papers import DocumentKind, OfficialDocument
from models.people import Role, User
from models.reviews import OPEN_STAGES, LegalReview
from models.signing import Signature
from reads.parties import parties_of
from reads.people import told

MOST_CHANGES = 60
"""Clauses that one adenda may change; a convention with more is written anew."""
LONGEST_CLAUSE = 20_000
"""Characters of a clause."""
EXPIRED = "un instrumento vencido no se prorroga: se sustituye por uno nuevo"


@dataclass(frozen=True)
class ClauseInput:
    """A clause with its old and its new text."""

    clause: str
    before: str
    after: str


@dataclass(frozen=True)
class AmendmentInput:
    """What an adenda says: why, which clauses, until when, signed on which day."""

    motive: str
    signed_on: date
    changes: list[ClauseInput] = field(default_factory=list)
    new_ends_on: date | None = None


@counting_sheets
async def amend_convention(
    *, actor: User, convention_id: int, amendment: AmendmentInput, expected_version: int | None = None
) -> Amendment:
    """Note a signed adenda and issue its numbered paper; with a new end it is an extension (prórroga).

    An extension is signed on or before the last day: an expired convention is refused, whatever date is given.
    """
    checks = Checks()
    motive = checks.text(amendment.motive, "motive", label="el motivo", most=4000)
    changes = _checked_changes(checks, amendment.changes)
    something = changes or amendment.changes or amendment.new_ends_on
    checks.that(something, "changes", "Escriba al menos una cláusula que cambia, o la nueva fecha de vencimiento.")
    async with audited(Verb.AMEND_CONVENTION, actor=actor) as entry:
        path = "conventionId"
        convention = await reachable(Convention, convention_id, actor, expected_version=expected_version, path=path)
        _refuse_unless_in_force(convention, on=entry.today)
        earlier = await Amendment.filter(convention_id=convention.id).order_by("ordinal")
        _check_dates(checks, convention, earlier, amendment, on=entry.today)
        await _refuse_if_renewed(convention, amendment.new_ends_on)
        checks.done()
        document = await _issue(entry, convention, earlier, replace(amendment, motive=motive, changes=changes))
        row = await entry.create(
            Amendment,
            convention_id=convention.id,
            ordinal=len(earlier) + 1,
            motive=motive,
            signed_on=amendment.signed_on,
            changes=[asdict(one) for one in changes],
            old_ends_on=convention.ends_on if amendment.new_ends_on else None,
            new_ends_on=amendment.new_ends_on,
            document_id=document.id,
            recorded_by_id=actor.id,
        )
        if amendment.new_ends_on:
            await entry.change(convention, ends_on=amendment.new_ends_on)
        else:
            await entry.touch(convention)
        longer = f" Lo prorroga hasta el {amendment.new_ends_on:%d/%m/%Y}." if amendment.new_ends_on else ""
        entry.about(convention, f"{actor.name} anotó la adenda {row.ordinal} ({document.number}).{longer}")
        await tell_parties(
            entry,
            convention,
            key=f"amended:{document.number}",
            subject=f"Adenda del convenio {convention.number}",
            body=f"Se anotó la {document.number}, adenda {row.ordinal} del convenio {convention.number}.{longer}",
            about_term=amendment.new_ends_on is not None,
        )
        return entry.answers(row)


def _checked_changes(checks: Checks, changes: list[ClauseInput]) -> list[ClauseInput]:
    """Return the changed clauses as they are kept; note every text that is missing, too long or the same as before."""
    checks.that(len(changes) <= MOST_CHANGES, "changes", f"Cambie {MOST_CHANGES} cláusulas o menos.")
    found: list[ClauseInput] = []
    for n, one in enumerate(changes[:MOST_CHANGES]):
        at = ("changes", str(n))
        clause = checks.text(one.clause, (*at, "clause"), label="la cláusula", most=240)
        before = checks.text(one.before, (*at, "before"), label="el texto vigente", most=LONGEST_CLAUSE)
        after = checks.text(one.after, (*at, "after"), label="el texto nuevo", most=LONGEST_CLAUSE)
        same = before and before.split() == after.split()
        checks.that(not same, (*at, "after"), "El texto nuevo es igual al vigente.")
        twice = folded(clause) in [folded(other.clause) for other in found]
        checks.that(not twice, (*at, "clause"), "Esta cláusula ya está en la lista.")
        found.append(ClauseInput(clause, before, after))
    return found


def _refuse_unless_in_force(convention: Convention, *, on: date) -> None:
    """Refuse a convention that is not signed and running on a day."""
    number, ends_on = convention.number, convention.ends_on
    where = convention.standing(on)
    if where == Standing.EXPIRED and ends_on:
        raise NotAllowedNow(f"El convenio {number} venció el {ends_on:%d/%m/%Y}; {EXPIRED}.")
    if where == Standing.PENDING:
        begins = f"comienza a regir el {convention.starts_on:%d/%m/%Y}" if convention.starts_on else "no está firmado"
        raise NotAllowedNow(f"El convenio {number} todavía {begins}: no lleva adendas.")
    if where == Standing.ENDED or convention.stage == AgreementStage.TERMINATED:
        raise NotAllowedNow(f"El convenio {number} terminó antes de su plazo o se desistió de él: no lleva adendas.")


def _check_dates(
    checks: Checks, convention: Convention, earlier: list[Amendment], amendment: AmendmentInput, *, on: date
) -> None:
    """Note a day of signature or a new end that cannot be."""
    first = [(convention.starts_on or date.min, "cuando comenzó a regir")]
    first += [(one.signed_on, f"fecha de la adenda {one.ordinal}") for one in earlier]
    day, why = max(first, key=lambda one: one[0])
    fits = day <= amendment.signed_on <= on
    checks.that(fits, "signedOn", f"La adenda debe estar firmada entre el {day:%d/%m/%Y} ({why}) y hoy.")
    wanted, ends_on = amendment.new_ends_on, convention.ends_on
    if wanted is None:
        return
    if ends_on is None:
        checks.that(False, "newEndsOn", "El convenio no tiene fecha de vencimiento: no hay plazo que prorrogar.")
        return
    checks.that(wanted > ends_on, "newEndsOn", f"La nueva fecha debe ser posterior al {ends_on:%d/%m/%Y}, la vigente.")
    farthest = last_day(ends_on + timedelta(days=1), LONGEST_TERM)
    checks.that(wanted <= farthest, "newEndsOn", f"Se prorroga a lo sumo hasta el {farthest:%d/%m/%Y}.")


async def _refuse_if_renewed(convention: Convention, new_ends_on: date | None) -> None:
    """Refuse to extend a convention that another one already follows: both would be in force at once."""
    after = await Convention.filter(renews_id=convention.id, stage=AgreementStage.SIGNED).first()
    if new_ends_on and after:
        message = f"El convenio {convention.number} ya fue renovado por el {after.number}: no se prorroga."
        raise Refusal(Problem(ErrorCode.ALREADY_RENEWED, message, ("newEndsOn",)))


async def _issue(
    entry: Entry, convention: Convention, earlier: list[Amendment], amendment: AmendmentInput
) -> OfficialDocument:
    """Number and write the adenda's paper."""
    ordinal, new_ends_on = len(earlier) + 1, amendment.new_ends_on
    sosep, besides = await sosep_signers(convention, on=entry.today)
    others = counterparts(await parties_in_paper(convention, on=entry.today))
    signed = await Signature.filter(convention_id=convention.id).order_by("-signed_on").first()
    papers = OfficialDocument.filter(id__in=[one.document_id for one in earlier if one.document_id])
    numbers = {row["id"]: row["number"] for row in await papers.values("id", "number")}
    before = [f"{numbers.get(one.document_id, 'adenda')}, del {one.signed_on:%d/%m/%Y}" for one in earlier]
    review = await LegalReview.filter(convention_id=convention.id).order_by("-id").first()

    def fields(common: dict[str, Any]) -> AdendaFields:
        return AdendaFields(
            **common | {"review_code": review.code if review else ""},
            convention_number=convention.number,
            convention_title=convention.title or convention.number,
            convention_signed_on=signed.signed_on if signed else None,
            ordinal=ordinal,
            earlier_amendments=tuple(before),
            motive=amendment.motive,
            # As they were typed: made here, a clause refused would not say which one it is.
            changes=[asdict(one) for one in amendment.changes],
            old_ends_on=convention.ends_on if new_ends_on else None,
            new_ends_on=new_ends_on,
            sosep=sosep,
            sosep_further_signers=besides,
            counterparts=others,
        )

    parties = (await parties_of([convention.id]))[convention.id]
    return await issue_paper(
        entry,
        DocumentKind.ADENDA,
        fields,
        parties=in_public(parties),
        subject=f"Adenda {ordinal} del convenio {convention.number}",
        addressee=parties[0].name,
        demo=convention.source == Source.DEMO,
        convention_id=convention.id,
    )


async def tell_parties(
    entry: Entry, convention: Convention, *, key: str, subject: str, body: str, about_term: bool
) -> None:
    """Tell every party, the program and the head; whoever works on the renewal, when the term it follows changed."""
    ids: list[int] = []
    if about_term:
        renewal = await Convention.filter(renews_id=convention.id, stage__in=PENDING_STAGES).first()
        files = LegalReview.filter(convention_id=renewal.id, stage__in=OPEN_STAGES) if renewal else None
        review = await files.first() if files else None
        if review:
            ids = [one for one in (review.assignee_id, review.requested_by_id) if one]
            body += f"\n\nSu renovación {review.code} está en trámite: revise desde cuándo debe regir."
    entry.tell(
        await told(convention=convention.id, program=convention.program, roles=[Role.LEGAL_HEAD], ids=ids),
        key=key,
        subject=subject,
        body=body,
        convention_id=convention.id,
    )

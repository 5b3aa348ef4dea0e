"""Sanitary licenses of centers: the request with its file, and the license that MSPAS issued."""

from dataclasses import dataclass
from datetime import date, timedelta

from actions.audited import Entry, audited, reachable
from actions.files import use_file
from actions.opening import open_file
from actions.refusals import Checks, ErrorCode, Forbidden, NotAllowedNow, Problem, Refusal
from actions.registry import license_number
from models.agreements import PENDING_STAGES, AgreementStage, SanitaryLicense
from models.audit import Verb
from models.centers import Center, CenterState
from models.fields import folded
from models.people import User
from models.permissions import LEGAL_OFFICE
from models.places import Program
from models.reviews import LegalReview, ReviewMatter
from reads.engine import favorable_dictamen
from reads.licenses import latest_license, pending_license
from reads.people import told
from reads.requirements import requirements_of
from reads.signing import review_of

LONGEST_VALIDITY = timedelta(days=10 * 366)
"""A license that is valid longer is a slip of the keyboard; how long one is valid no known norm says."""

OLDEST = timedelta(days=20 * 366)
"""How long ago a license that is recorded may have been issued."""


async def request_license(*, actor: User, center_id: int, note: str = "") -> LegalReview:
    """Ask for the license of a center, or for the one that follows its last; opens the file with its checklist.

    Refuses while another is being asked for (RENEWAL_PENDING).
    """
    checks = Checks()
    note = checks.text(note, "note", label="la nota", most=2000, required=False)
    checks.done()
    async with audited(Verb.REQUEST_LICENSE, actor=actor) as entry:
        center = await reachable(Center, center_id, actor, path="centerId")
        if center.state == CenterState.CLOSED:
            raise NotAllowedNow(f"{center.name} está cerrado: no se solicita licencia para un centro cerrado.")
        await _refuse_second(center, "centerId")
        license = await _made(entry, center, renews=await latest_license(center.id), note=note)
        review = await _opened(entry, center, license)
        entry.about(license, f"{actor.name} solicitó {license.in_words()} de {center.name}.")
        entry.tell(
            await told(program=center.program, ids=[actor.id]),
            key=f"license-requested:{license.number}",
            subject=f"Solicitud {license.number}",
            body=(
                f"{review.title}\n\nSe abrió el expediente {review.code}. "
                "Reúna los requisitos de la lista y envíelo a revisión cuando estén completos."
            ),
            review_id=review.id,
        )
        return entry.answers(review)


async def _refuse_second(center: Center, path: str) -> None:
    pending = await pending_license(center.id)
    if pending:
        review = await review_of(pending)
        file = f" Siga el expediente {review.code}." if review else ""
        message = f"{center.name} ya tiene una licencia en trámite: {pending.number}.{file}"
        raise Refusal(Problem(ErrorCode.RENEWAL_PENDING, message, (path,)))


async def _made(entry: Entry, center: Center, *, renews: SanitaryLicense | None, note: str) -> SanitaryLicense:
    await center.fetch_related("municipality__department")
    place = center.municipality
    number = await license_number(entry)
    return await entry.create(
        SanitaryLicense,
        number=number,
        center_id=center.id,
        renews_id=renews.id if renews else None,
        requested_by_id=entry.actor.id,
        requested_on=entry.today,
        note=note,
        search=folded(number, center.name, place.name, place.department.name)[:500],
    )


async def _opened(entry: Entry, center: Center, license: SanitaryLicense) -> LegalReview:
    place = center.municipality
    program = await Program.get_or_none(code=center.program)
    return await open_file(
        entry,
        license,
        matter=ReviewMatter.SANITARY_LICENSE,
        program=center.program,
        title=f"Licencia sanitaria de {center.name} ({place.name})",
        unit=program.direction if program else center.name,
        municipality=place.code,
        department=place.department_id,
        lines=await requirements_of(ReviewMatter.SANITARY_LICENSE, center.program, on=entry.today),
    )


@dataclass(frozen=True)
class IssuedLicense:
    """A license as MSPAS printed it."""

    license_number: str
    issued_on: date
    expires_on: date
    """Last day on which it is valid."""
    file_id: int | None = None


async def record_license(
    *,
    actor: User,
    issued: IssuedLicense,
    license_id: int | None = None,
    center_id: int | None = None,
    expected_version: int | None = None,
) -> SanitaryLicense:
    """Note the license that MSPAS issued: for a request with a favorable dictamen, or at once for a center.

    Only the legal office records one that was not asked for here; it never leaves a pending request behind.
    """
    if license_id is None and actor.role not in LEGAL_OFFICE:
        raise Forbidden(Verb.RECORD_LICENSE.value)
    checks = Checks()
    printed = checks.text(issued.license_number, "licenseNumber", label="el número de la licencia", most=60)
    checks.that(issued.expires_on > issued.issued_on, "expiresOn", "El vencimiento debe ser posterior a la emisión.")
    longest = issued.expires_on - issued.issued_on <= LONGEST_VALIDITY
    checks.that(longest, "expiresOn", "La vigencia es de diez años a lo sumo: revise las fechas.")
    async with audited(Verb.RECORD_LICENSE, actor=actor) as entry:
        oldest = entry.today - OLDEST
        checks.that(
            oldest <= issued.issued_on <= entry.today,
            "issuedOn",
            f"La fecha de emisión debe ser del {oldest:%d/%m/%Y} a hoy.",
        )
        checks.done()
        if license_id is not None:
            license = await _requested(license_id, actor, expected_version)
            center = await Center.get(id=license.center_id)
        else:
            center = await reachable(Center, center_id or 0, actor, path="centerId")
            await _refuse_second(center, "centerId")
            last = await latest_license(center.id)
            follows = last if last and last.starts_on and last.starts_on < issued.issued_on else None
            license = await _made(entry, center, renews=follows, note="")
        same = SanitaryLicense.filter(center_id=center.id, license_number=printed, stage=AgreementStage.SIGNED)
        if await same.exists():
            message = f"La licencia {printed} de {center.name} ya está anotada."
            raise Refusal(Problem(ErrorCode.CONFLICT, message, ("licenseNumber",)))
        file = await use_file(entry, issued.file_id, actor, "fileId") if issued.file_id else None
        await entry.change(
            license,
            stage=AgreementStage.SIGNED,
            license_number=printed,
            starts_on=issued.issued_on,
            ends_on=issued.expires_on,
            file_id=file.id if file else None,
            search=folded(license.search, printed)[:500],
        )
        review = await review_of(license)
        if review:
            entry.wake(review.id, "license")
        entry.about(license, f"{actor.name} anotó la licencia {printed} de {center.name}.")
        asked = [license.requested_by_id] if license.requested_by_id else []
        entry.tell(
            await told(program=center.program, ids=asked),
            key=f"license:{license.number}",
            subject=f"Licencia sanitaria de {center.name}",
            body=f"Se anotó la licencia sanitaria {printed} de {center.name}. Vence el {issued.expires_on:%d/%m/%Y}.",
            license_id=license.id,
        )
        return entry.answers(license)


async def _requested(license_id: int, actor: User, expected_version: int | None) -> SanitaryLicense:
    """Return the pending request that a license is recorded for, with its favorable dictamen."""
    license = await reachable(SanitaryLicense, license_id, actor, expected_version=expected_version, path="licenseId")
    if license.stage not in PENDING_STAGES:
        raise NotAllowedNow(f"No se puede anotar: {license.in_words()} ya no está en trámite.")
    review = await review_of(license)
    if review is None or await favorable_dictamen(review.id) is None:
        file = f" Siga el expediente {review.code}." if review else ""
        raise NotAllowedNow(f"Falta el dictamen favorable {license.of_words()}.{file}")
    return license

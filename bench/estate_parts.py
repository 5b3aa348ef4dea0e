"""What hangs on the conventions of a large estate, and the leases and licenses of its centers."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from models.agreements import AgreementStage, Convention, Lease, LeaseForm, LeaseNature, SanitaryLicense
from models.clock import today
from models.conventions import Amendment, Commitment, CommitmentKind
from models.places import ProgramCode
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from models.signing import Side, Signature

BUILDERS = "BENCH"
"""How the numbers of everything begin that is made up here."""

Made = tuple[Convention, int | None]
"""A convention, and the number of the center that it covers, if any."""


def program_of(n: int) -> ProgramCode:
    """Return the program of a center by its number."""
    return ProgramCode.HC if n % 3 == 2 else ProgramCode.MAD


def town_of(n: int, towns: list[str]) -> str:
    """Return where a center is by its number."""
    # Not n % 340: neighbors by name should not be neighbors on the map.
    return towns[n * 7 % len(towns)]


def amendments(first: int, made: list[Made]) -> Iterable[Amendment]:
    """Yield an extension for every 250th convention that has ended since: its end was a month earlier."""
    for n in range(0, len(made), 250):
        row = made[n][0]
        if row.ends_on is not None and row.stage == AgreementStage.SIGNED:
            yield Amendment(
                convention_id=first + n,
                ordinal=1,
                motive="Prórroga",
                signed_on=row.ends_on - timedelta(days=45),
                old_ends_on=row.ends_on - timedelta(days=30),
                new_ends_on=row.ends_on,
            )


def commitments(first: int, made: list[Made]) -> Iterable[Commitment]:
    """Yield two promises for each convention of the last two years, one of them due and most often kept."""
    since = today() - timedelta(days=730)
    for n, (row, _) in enumerate(made):
        if row.starts_on is None or row.starts_on < since:
            continue
        due_on = row.starts_on + timedelta(days=180)
        kept = None if n % 9 == 0 or due_on >= today() else due_on - timedelta(days=5)
        task = {"party": "SOSEP", "item": "Capacitar al personal", "due_on": due_on, "fulfilled_on": kept}
        yield Commitment(convention_id=first + n, **task)
        yield Commitment(
            convention_id=first + n,
            party="COUNTERPART",
            kind=CommitmentKind.CONTRIBUTION,
            item="Alimentos",
            amount=Decimal(12_000),
        )


def signatures(first: int, made: list[Made], by: int) -> Iterable[Signature]:
    """Yield the two signatures of each convention of the last five years; those of before came in from spreadsheets."""
    since = today() - timedelta(days=5 * 365)
    for n, (row, _) in enumerate(made):
        if row.starts_on is None or row.starts_on < since:
            continue
        for side, signer, days in ((Side.COUNTERPART, "Alcalde", 5), (Side.SOSEP, "Secretaria", 2)):
            yield Signature(
                convention_id=first + n,
                side=side,
                signer_name=f"{signer} {n % 340}",
                capacity=signer,
                place="Guatemala",
                signed_on=row.starts_on - timedelta(days=days),
                recorded_by_id=by,
            )


def reviews(first: int, made: list[Made], by: int) -> Iterable[LegalReview]:
    """Yield the file of each convention of the last three years, open for those being made."""
    since = today() - timedelta(days=3 * 365)
    for n, (row, _) in enumerate(made):
        asked = row.requested_on
        if asked is None or asked < since or (row.starts_on or date.max) < since:
            continue
        pending = row.starts_on is None and row.stage != AgreementStage.WITHDRAWN
        over = ReviewStage.WITHDRAWN if row.stage == AgreementStage.WITHDRAWN else ReviewStage.CLOSED
        closed_on = None if pending else row.terminated_on if row.starts_on is None else row.starts_on
        mad = row.program == ProgramCode.MAD
        yield LegalReview(
            code=f"{BUILDERS}-EXP-{n:06d}",
            matter=ReviewMatter.CONVENTION_MAD if mad else ReviewMatter.CONVENTION_CADI,
            convention_id=first + n,
            municipality_id=row.municipality_id,
            department_id=row.municipality_id[:2] if row.municipality_id else None,
            program=row.program,
            title=f"Expediente de {row.number}",
            stage=ReviewStage.IN_ANALYSIS if pending else over,
            requested_by_id=by,
            requested_on=asked,
            received_on=asked + timedelta(days=3),
            due_on=asked + timedelta(days=15) if pending else None,
            last_moved_on=closed_on or asked,
            closed_on=closed_on,
        )


def leases(first: int, first_center: int, centers: int, towns: list[str]) -> Iterable[Lease]:
    """Yield three yearly leases for every sixth center, one of the three in force; every tenth is an assignment."""
    position = 0
    for n in range(0, centers, 6):
        assigned = n % 60 == 0
        for term in range(3):
            ends_on = today() + timedelta(days=n % 340 - 40 - 365 * (2 - term))
            yield Lease(
                number=f"{BUILDERS}-ARR-{position:05d}",
                nature=LeaseNature.PROPERTY_ASSIGNMENT if assigned else LeaseNature.LEASE,
                form=LeaseForm.ACTA_NEGOCIACION if n % 12 else LeaseForm.CONTRATO,
                program=program_of(n),
                center_id=first_center + n,
                municipality_id=town_of(n, towns),
                landlord_name=f"Propietario {n}",
                monthly_rent=None if assigned else Decimal(2_500),
                total=None if assigned else Decimal(30_000),
                term_months=12,
                stage=AgreementStage.SIGNED,
                starts_on=ends_on - timedelta(days=364),
                ends_on=ends_on,
                requested_on=ends_on - timedelta(days=400),
                renews_id=first + position - 1 if term else None,
            )
            position += 1


def licenses(first: int, first_center: int, centers: int) -> Iterable[SanitaryLicense]:
    """Yield the licenses of four centers in five, each of five years, the later following the earlier."""
    position = 0
    for n in range(centers):
        if n % 5 == 4:
            continue
        for term in range(2):
            ends_on = today() + timedelta(days=n * 17 % 1800 - 60 - 1826 * (1 - term))
            yield SanitaryLicense(
                number=f"{BUILDERS}-LIC-{position:05d}",
                center_id=first_center + n,
                stage=AgreementStage.SIGNED,
                starts_on=ends_on - timedelta(days=1825),
                ends_on=ends_on,
                requested_on=ends_on - timedelta(days=1860),
                renews_id=first + position - 1 if term else None,
            )
            position += 1

"""Which files have waited long for signatures, who has not signed yet, and what prevents it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from models.agreements import PENDING_STAGES, Convention, Lease
from models.calendar import working_days
from models.papers import AGREEMENT_PAPERS, OfficialDocument
from models.people import User
from models.reviews import LegalReview, ReviewStage
from models.signing import CouncilMinute, Side
from reads.calendar import legal_parameter, working_calendars
from reads.deadlines import FILE, Alarm, AlarmPage, Circle, Rung, circle_of, untold
from reads.engine import favorable_among
from reads.paging import Row
from reads.parties import Party, listed, parties_of
from reads.people import People
from reads.signing import Lacking, blockers_of, missing_signatures_of

MOST_TOLD = 3
"""How often a file's missing signatures are reminded of; after that the people know."""


async def alarms_of_signatures(actor: User, on: date, *, after_id: int = 0, limit: int = 200) -> AlarmPage:
    """Return which of the next `limit` files (by id) at signature have waited another full term by `on`.

    Only what is to be told is looked at for obstacles; all else takes a fixed number of statements.
    """
    waiting = LegalReview.filter(stage=ReviewStage.AWAITING_SIGNATURE, id__gt=after_id)
    rows = await waiting.order_by("id").limit(limit).values(*FILE)
    after = rows[-1]["id"] if len(rows) == limit else None
    wait = await legal_parameter("SIGNATURE_WAIT_DAYS", on=on)
    calendar = (await working_calendars([""], actor))[""]
    papers = await papers_to_sign([row["id"] for row in rows])
    due = [row for row in rows if row["id"] in papers and calendar.between(papers[row["id"]]["issued_on"], on) >= wait]
    if not due:
        return AlarmPage([], after)
    agreements = await _agreements(due)
    lacking = await missing_signatures_of(list(agreements.values()))
    parties = await parties_of([row["convention_id"] for row in due if row["convention_id"]])
    circle = await circle_of(due)
    blocked = await _surely_blocked(due, parties)
    found = []
    for row in due:
        agreement = agreements.get(row["id"])
        missing = lacking[type(agreement), agreement.id] if agreement else {}
        if not missing:
            continue
        paper = papers[row["id"]]
        days = calendar.between(paper["issued_on"], on)
        signing = _people(row, missing, parties.get(row["convention_id"] or 0, []), circle)
        found.append(
            Alarm(
                Rung.SIGNATURES, row["id"], row["code"], row["title"], paper["issued_on"], days,
                tuple(_clearing(row, circle) if row["id"] in blocked else signing),
                text=_words(paper, days, missing, parties.get(row["convention_id"] or 0, [])),
                key=f"signatures:{row['code']}:{paper['issued_on']:%Y%m%d}:{min(days // wait, MOST_TOLD)}",
            )
        )  # fmt: skip
    files = {row["id"]: row for row in due}
    told = [
        await _unless_blocked(one, files[one.review_id], agreements[one.review_id], circle, on)
        for one in await untold(found)
    ]
    return AlarmPage(await untold(told), after)


async def lacking_in_words(files: Sequence[Row]) -> dict[int, str]:
    """Say of each file at signature whose signatures are missing: «la firma de SOSEP y 2 firmas de…»; fixed cost."""
    if not files:
        return {}
    agreements = await _agreements(files)
    lacking = await missing_signatures_of(list(agreements.values()))
    parties = await parties_of([row["convention_id"] for row in files if row["convention_id"]])
    return {
        row["id"]: _whose(lacking[type(one), one.id], parties.get(row["convention_id"] or 0, []))
        for row in files
        if (one := agreements.get(row["id"]))
    }


async def papers_to_sign(ids: Sequence[int]) -> dict[int, Row]:
    """Return the paper that each file's parties sign: the last one that is not void."""
    papers = OfficialDocument.filter(review_id__in=ids, kind__in=AGREEMENT_PAPERS, voided_on=None)
    return {row["review_id"]: row for row in await papers.order_by("id").values("review_id", "issued_on", "number")}


async def _agreements(files: Sequence[Row]) -> dict[int, Convention | Lease]:
    """Return the agreement of each file that still waits to be signed."""
    found: dict[int, Convention | Lease] = {}
    conventions = {row["convention_id"]: row["id"] for row in files if row["convention_id"]}
    leases = {row["lease_id"]: row["id"] for row in files if row["lease_id"]}
    for one in await Convention.filter(id__in=list(conventions), stage__in=PENDING_STAGES):
        found[conventions[one.id]] = one
    for other in await Lease.filter(id__in=list(leases), stage__in=PENDING_STAGES):
        found[leases[other.id]] = other
    return found


def _people(file: Row, missing: Lacking, parties: Sequence[Party], circle: Circle) -> People:
    """Return who can see to the missing signatures: the signatories, a party's people, for others the program."""
    found: People = []
    of = {one.party_id: one for one in parties}
    for side, party in missing:
        if side == Side.SOSEP:
            found += circle.signatories
        else:
            one = of.get(party)
            theirs = [*circle.town(one.municipality_id), *circle.institution(one.institution_id)] if one else []
            found += theirs or circle.program(file)
    return found


def _whose(missing: Lacking, parties: Sequence[Party]) -> str:
    """Name the missing signatures; empty when none is."""
    names = {one.party_id: one.name for one in parties}
    whose = [
        (f"{count} firmas de " if count > 1 else "la firma de ")
        + ("SOSEP" if side == Side.SOSEP else names.get(party, "la otra parte"))
        for (side, party), count in missing.items()
    ]
    return listed(whose)


def _words(paper: Row, days: int, missing: Lacking, parties: Sequence[Party]) -> str:
    verb = "Falta" if sum(missing.values()) == 1 else "Faltan"
    return (
        f"El documento {paper['number']} está a la firma desde el {paper['issued_on']:%d/%m/%Y}, hace "
        f"{working_days(days)}. {verb} {_whose(missing, parties)}."
    )


async def _unless_blocked(alarm: Alarm, file: Row, agreement: Convention | Lease, circle: Circle, on: date) -> Alarm:
    """Return the alarm; of what may not be signed yet, for those who can clear the way, and saying what is missing."""
    blockers = await blockers_of(agreement, on=on)
    if not blockers:
        return alarm
    why = " ".join(one.message for one in blockers)
    return replace(alarm, people=tuple(_clearing(file, circle)), text=f"{alarm.text} Antes de firmar: {why}")


def _clearing(file: Row, circle: Circle) -> People:
    """Return who can clear the way for a signature: whose the file is, and its lawyer."""
    return [*circle.requesters(file), *circle.lawyer(file)]


async def _surely_blocked(files: Sequence[Row], parties: dict[int, list[Party]]) -> set[int]:
    """Return the files without a favorable dictamen or without a council's minute: what a fixed number of statements
    tells. Those whom that was told to already need not be looked at one by one every day.
    """
    favorable = await favorable_among([row["id"] for row in files])
    of = CouncilMinute.filter(convention_id__in=[row["convention_id"] for row in files if row["convention_id"]])
    noted = set(await of.values_list("convention_id", "party_id"))
    found = {row["id"] for row in files if row["id"] not in favorable}
    for row in files:
        councils = [one for one in parties.get(row["convention_id"] or 0, []) if one.municipality_id]
        if any((one.convention_id, one.party_id) not in noted for one in councils):
            found.add(row["id"])
    return found

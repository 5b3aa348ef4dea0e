"""Publishing a listing that the law wants: the public reads it as it stood at this moment, until the next time."""

from hashlib import sha256

import orjson

from actions.audited import audited
from actions.refusals import NotAllowedNow
from models.audit import Verb
from models.clock import today
from models.people import User
from models.publications import LISTING_NAMES, Publication, PublicListing
from reads.transparency import day_of
from reads.transparency_rows import listing_rows


async def publish_listing(*, actor: User, listing: PublicListing) -> Publication:
    """Publish a listing with today's rows, also when nothing changed: the law wants it fresh. Once a day at most."""
    # Thousands of rows are no work for inside the gate; whatever changes meanwhile is published the next time.
    rows = await listing_rows(listing, today())
    async with audited(Verb.PUBLISH_LISTING, actor=actor) as entry:
        last = await Publication.filter(listing=listing).order_by("-id").limit(1).values("published_at")
        if last and day_of(last[0]["published_at"]) == entry.today:
            raise NotAllowedNow(
                f"El listado de {LISTING_NAMES[listing]} ya se publicó hoy. Mañana puede publicarlo de nuevo; "
                "lo que cambie mientras tanto saldrá entonces."
            )
        made = await Publication.create(listing=listing, rows=rows, published_at=entry.at, published_by_id=actor.id)
        # The trail keeps the rows' hash, not another copy of them each month.
        seal = sha256(orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)).hexdigest()
        many = "1 fila" if len(rows) == 1 else f"{len(rows)} filas"
        entry.about(
            made, f"{actor.name} publicó el listado de {LISTING_NAMES[listing]}: {many}, huella SHA-256 {seal}."
        )
        return entry.answers(made)

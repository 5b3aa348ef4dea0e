"""When a public listing is stale: never published, or longer than 30 calendar days ago, as of any date."""

from datetime import date, datetime, timedelta

import pytest

from models.clock import GUATEMALA
from models.people import Role, User
from models.publications import Publication, PublicListing
from reads.transparency import StaleListing, publication_of, stale_listings
from tests import builders

TODAY = date(2026, 3, 2)
LEASES, CONVENTIONS = PublicListing.LEASES, PublicListing.CONVENTIONS
pytestmark = [pytest.mark.usefixtures("db", "clock"), pytest.mark.both_databases]


async def published(listing: PublicListing, at: datetime, by: User) -> Publication:
    """Return a listing as it was published at an instant."""
    return await Publication.create(listing=listing, rows=[{"number": "X"}], published_at=at, published_by=by)


async def test_a_listing_is_stale_until_it_is_published_and_again_after_thirty_days() -> None:
    lawyer = await builders.person(Role.LEGAL)
    assert await stale_listings(TODAY) == [StaleListing(LEASES, None), StaleListing(CONVENTIONS, None)]

    # In the evening, when the day is another one in UTC already.
    late = datetime(2026, 3, 2, 23, 30, tzinfo=GUATEMALA)
    first = await published(LEASES, late, lawyer)
    await published(CONVENTIONS, late - timedelta(days=31), lawyer)

    assert await stale_listings(TODAY) == [StaleListing(CONVENTIONS, date(2026, 1, 30))]
    assert StaleListing(CONVENTIONS, date(2026, 1, 30)).days(TODAY) == 31
    assert LEASES not in [one.listing for one in await stale_listings(TODAY + timedelta(days=30))]
    again = await stale_listings(TODAY + timedelta(days=31))
    assert StaleListing(LEASES, TODAY) in again
    # As of the eve nobody had published it yet.
    assert StaleListing(LEASES, None) in await stale_listings(TODAY - timedelta(days=1))
    found = await publication_of(LEASES, TODAY)
    assert found
    assert (found["id"], found["rows"]) == (first.id, [{"number": "X"}])
    assert await publication_of(LEASES, TODAY + timedelta(days=1)) is None
    for odd in (date.min, date.max):
        assert await publication_of(LEASES, odd) is None
        assert len(await stale_listings(odd)) == 2

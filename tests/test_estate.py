"""The large estate of the benchmarks, small: it keeps the promises of the database, and holds what is measured."""

from bench.estate import build_estate
from models.agreements import Convention, Standing, standing_is
from models.clock import today
from models.reviews import LegalReview, ReviewStage
from tests import builders
from tests.conftest import Clock, FreshDatabase


async def test_a_small_estate_holds_every_standing_and_its_links(db: FreshDatabase, clock: Clock) -> None:
    await builders.places()
    await builders.institution()
    await builders.center()

    made = await build_estate(centers=60, conventions=600)

    assert await Convention.all().count() == made.conventions == 600
    for one in Standing:
        assert await Convention.filter(standing_is(one, on=today())).exists(), one
    wrong = [
        one
        for one in await Convention.filter(renews_id__isnull=False).select_related("renews")
        if one.renews.municipality_id != one.municipality_id
    ]
    assert wrong == []
    linked = await Convention.filter(centers__code="BENCH-0000").values("municipality_id", "centers__municipality_id")
    assert linked
    assert all(row["municipality_id"] == row["centers__municipality_id"] for row in linked)
    pending = await LegalReview.filter(stage=ReviewStage.IN_ANALYSIS).select_related("convention")
    assert pending
    assert all(one.convention.starts_on is None for one in pending)

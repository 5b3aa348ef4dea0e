"""What waits for the head's Vo.Bo. in the API: each draft with its file."""

import strawberry

from reads.drafts import drafts_waiting_page
from reads.paging import Row
from reads.reviews import reviews_by_id
from schema.agreements import LegalReview
from schema.context import Info
from schema.drafts import PaperDraft
from schema.paging import After, Connection, First, connect
from schema.rows import FromRow


@strawberry.type(description="Un borrador que espera visto bueno.")
class WaitingDraft(FromRow):
    review_id: strawberry.Private[int]
    row: strawberry.Private[Row]

    @strawberry.field(description="El borrador.")
    def draft(self) -> PaperDraft:
        return PaperDraft.of(self.row)

    @strawberry.field(description="Su expediente.")
    async def review(self, info: Info) -> LegalReview:
        return LegalReview.of(await info.context.load(reviews_by_id, self.review_id))


async def drafts_waiting(info: Info, first: First = 50, after: After = None) -> Connection[WaitingDraft]:
    """Return a page of the drafts that wait for a Vo.Bo."""
    page = drafts_waiting_page(info.context.person, first=first, after=after)
    return await connect(lambda row: WaitingDraft.of(row, row=row), page, after)

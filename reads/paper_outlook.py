"""What would come of preparing a convention's paper now: the one it has, the engine's step, a project, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.agreements import PENDING_STAGES, AgreementStage, Convention
from models.audit import Verb
from models.batches import PaperPlan
from models.papers import DocumentKind, OfficialDocument
from models.people import User
from models.permissions import within
from models.reviews import LegalReview, ReviewStage
from reads.engine import next_steps

CONVENTION_PAPERS = (DocumentKind.CONVENIO, DocumentKind.CARTA_ENTENDIMIENTO, DocumentKind.MEMORANDUM_ENTENDIMIENTO)
"""Papers that the parties of a convention sign."""


@dataclass(frozen=True)
class PaperOutlook:
    """What preparing a paper would do, with the paper or the file that it is about, and otherwise why not."""

    plan: PaperPlan
    why: str = ""
    document_id: int | None = None
    file_id: int | None = None
    """The Word file of a paper that is issued already."""
    review_id: int | None = None


async def paper_outlooks(ids: Sequence[int], actor: User) -> dict[int, PaperOutlook]:
    """Return the outlook of each convention in reach among these; the statements are as many for a few as for all."""
    rows = await Convention.filter(within(Convention, actor), id__in=list(ids)).values("id", "number", "stage")
    known = [row["id"] for row in rows]
    living = OfficialDocument.filter(convention_id__in=known, kind__in=CONVENTION_PAPERS, voided_on=None)
    papers = {
        row["convention_id"]: row
        for row in await living.order_by("id").values("id", "convention_id", "number", "file_id")
    }
    open_files = LegalReview.filter(convention_id__in=known).exclude(stage=ReviewStage.WITHDRAWN)
    files = {row["convention_id"]: row["id"] for row in await open_files.order_by("id").values("id", "convention_id")}
    open_ones = [row["id"] for row in rows if row["stage"] in PENDING_STAGES and row["id"] not in papers]
    waiting = [files[one] for one in open_ones if one in files]
    owed = await next_steps(waiting) if waiting else {}
    found = {}
    for row in rows:
        paper, file = papers.get(row["id"]), files.get(row["id"])
        if paper and paper["file_id"]:
            outlook = PaperOutlook(PaperPlan.ISSUED, "", paper["id"], paper["file_id"], file)
        elif paper:
            outlook = PaperOutlook(PaperPlan.NONE, f"El {paper['number']} solo consta en el registro: no hay archivo.")
        elif row["stage"] not in PENDING_STAGES:
            outlook = PaperOutlook(PaperPlan.NONE, _over(row["stage"]))
        elif file and owed.get(file) == Verb.PREPARE_AGREEMENT:
            outlook = PaperOutlook(PaperPlan.PREPARES, review_id=file)
        else:
            outlook = PaperOutlook(PaperPlan.PROJECT, review_id=file)
        found[row["id"]] = outlook
    return found


def _over(stage: AgreementStage) -> str:
    if stage == AgreementStage.WITHDRAWN:
        return "Su solicitud se desistió."
    return "Ya está firmado, y su documento no se hizo en este sistema."

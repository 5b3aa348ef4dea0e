"""Work on the legal office's desk: renewals asked for, filled with papers and submitted, by the actions themselves."""

from typing import Any

from actions.agreements import request_renewal
from actions.files import upload_file
from actions.people import create_token, system_user
from actions.reviews import submit_for_review, submit_requirement
from models.agreements import AgreementStage, Convention
from models.people import User
from models.places import ProgramCode
from models.reviews import LegalReview, ReviewRequirement
from schema.ids import global_id
from settings import PROJECT

PDF = (
    b"%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
    b"2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
)
"""A file as small as a requisite may be."""

LAWYER, HEAD, DIRECTOR = "juridico", "jefatura", "direccion.mad"


def operation(name: str) -> str:
    """Return the text of an operation as clients send it."""
    return (PROJECT / "tests" / "contract" / f"{name}.graphql").read_text(encoding="utf-8")


async def demo_person(name: str) -> User:
    """Return a person of the demo."""
    return await User.get(email=f"{name}@demo.example")


async def token(name: str) -> dict[str, str]:
    """Return the header with which a person of the demo asks over HTTP."""
    made = await create_token(actor=await system_user(), owner=await demo_person(name), label="bench")
    return {"Authorization": f"Bearer {made}"}


async def submitted_renewals(count: int) -> list[LegalReview]:
    """Ask for so many renewals as the program's direction, hand in what is mandatory, and submit them."""
    director = await demo_person(DIRECTOR)
    renewed = await Convention.filter(renews_id__not_isnull=True).values_list("renews_id", flat=True)
    signed = Convention.filter(program=ProgramCode.MAD, stage=AgreementStage.SIGNED).exclude(id__in=renewed)
    old = await signed.order_by("id").limit(count)
    if len(old) < count:
        raise RuntimeError(f"only {len(old)} conventions can be renewed")
    return [await _submitted(director, one) for one in old]


async def _submitted(director: User, old: Convention) -> LegalReview:
    review = await request_renewal(actor=director, convention_id=old.id, term_months=24)
    file = await upload_file(actor=director, data=PDF, filename="requisito.pdf")
    for line in await ReviewRequirement.filter(review_id=review.id, mandatory=True):
        await submit_requirement(actor=director, review_id=review.id, requirement_code=line.code, file_id=file.id)
    return await submit_for_review(actor=director, review_id=review.id)


def review_id(review: LegalReview) -> str:
    """Return a file's id as clients have it."""
    return str(global_id("LegalReview", review.id))


def assignment(review: LegalReview, lawyer: User) -> dict[str, Any]:
    """Return the body of a request that assigns a file: a write of the same gate, without a paper."""
    given = {"reviewId": review_id(review), "assigneeId": str(global_id("Person", lawyer.id))}
    return {"query": operation("assign-review"), "variables": {"input": given}}


def dictamen(review: LegalReview) -> dict[str, Any]:
    """Return the body of a request that issues a favorable dictamen of ordinary length."""
    given = {
        "reviewId": review_id(review),
        "outcome": "FAVORABLE",
        "background": "\n".join(["La Municipalidad solicitó renovar el convenio y presentó los requisitos."] * 4),
        "grounds": [
            {"norm": "Código Municipal, Decreto 12-2002", "article": article, "text": "Autoriza estos convenios."}
            for article in ("9", "35, literal s)", "53")
        ],
        "analysis": "\n".join(["El expediente está completo y lo pedido corresponde a los fines del programa."] * 8),
        "conclusion": "Es procedente la renovación del convenio.",
    }
    return {"query": operation("issue-dictamen"), "variables": {"input": given}}

"""A list filtered by a place that does not exist is refused: an empty list would look like an answer."""

import pytest

from models.people import Role
from schema.context import Context
from schema.root import build_schema
from tests import builders

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ('conventions(filter: {municipalityCode: "9999"})', "No existe el municipio «9999»"),
        ('legalReviews(filter: {municipalityCode: "16"})', "No existe el municipio «16»"),
        ('centers(filter: {municipalityCode: "\' OR 1=1--"})', "No existe el municipio «' OR 1=1--»"),
        ('centers(filter: {departmentCode: "99"})', "No existe el departamento «99»"),
        ('conventions(filter: {departmentCode: "Alta Verapaz"})', "No existe el departamento «Alta Verapaz»"),
    ],
)
async def test_an_unknown_place_is_named(question: str, message: str) -> None:
    context = Context(actor=await builders.person(Role.LEGAL))
    answer = await build_schema().execute(f"{{ {question} {{ totalCount }} }}", context_value=context)
    assert answer.errors
    assert answer.errors[0].extensions == {"code": "BAD_USER_INPUT"}
    assert answer.errors[0].message.startswith(message)


async def test_a_known_place_without_anything_is_an_empty_list() -> None:
    await builders.places()
    context = Context(actor=await builders.person(Role.LEGAL))
    asked = '{ conventions(filter: {municipalityCode: "1610", departmentCode: "16"}) { totalCount } }'
    answer = await build_schema().execute(asked, context_value=context)
    assert answer.data == {"conventions": {"totalCount": 0}}


async def test_departments_are_listed_by_code() -> None:
    await builders.places()
    context = Context(actor=await builders.person(Role.LEGAL))
    answer = await build_schema().execute("{ departments { code name } }", context_value=context)
    assert answer.data
    codes = [one["code"] for one in answer.data["departments"]]
    assert codes == sorted(codes)
    assert {"code": "16", "name": "Alta Verapaz"} in answer.data["departments"]

"""The kinds of papers: what each is told, what a lawyer types of it, and what its fields refuse."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from documents.fields import Amount, Nit
from documents.kinds import FIELDS_BY_KIND, GIVEN, Shape, TypedField, UnknownKind, fields_of, issuer_field, typed_fields
from models.papers import DocumentKind


def shapes(typed: tuple[TypedField, ...]) -> dict[str, Shape]:
    """Return the shapes of fields by name."""
    return {field.name: field.shape for field in typed}


class TestKinds:
    def test_every_kind_that_the_office_numbers_has_its_fields(self) -> None:
        assert {kind for kind, _ in FIELDS_BY_KIND} == {kind.value for kind in DocumentKind}

    @pytest.mark.parametrize(("kind", "variant"), [("CONVENIO", ""), ("DICTAMEN", "MAD"), ("FACTURA", "")])
    def test_an_unknown_kind_is_named(self, kind: str, variant: str) -> None:
        with pytest.raises(UnknownKind, match=f"^No hay plantilla para {kind}"):
            fields_of(kind, variant)

    @pytest.mark.parametrize(("kind", "variant"), FIELDS_BY_KIND)
    def test_nobody_types_what_the_system_gives(self, kind: str, variant: str) -> None:
        typed = typed_fields(kind, variant)
        assert not {field.name for field in typed} & GIVEN
        issuer = issuer_field(kind, variant)
        assert issuer in {"", *fields_of(kind, variant).model_fields}

    @pytest.mark.parametrize(("kind", "variant"), FIELDS_BY_KIND)
    def test_forms_can_be_built(self, kind: str, variant: str) -> None:
        def check(field: TypedField, depth: int) -> None:
            assert field.description
            assert field.description != field.name
            assert bool(field.members) is (field.shape in (Shape.OBJECT, Shape.OBJECTS))
            assert bool(field.choices) is (field.shape == Shape.CHOICE)
            assert depth < 3
            for member in field.members:
                check(member, depth + 1)

        for field in typed_fields(kind, variant):
            check(field, 0)

    def test_shapes_follow_the_fields(self) -> None:
        assert shapes(typed_fields("RESOLUCION")) == {
            "subject": Shape.LINE, "considerandos": Shape.TEXTS, "por_tanto": Shape.TEXT, "resolves": Shape.TEXTS,
            "notify": Shape.LINES, "authority": Shape.OBJECT,
        }  # fmt: skip
        lease = next(field for field in typed_fields("ACTA_NEGOCIACION") if field.name == "lease")
        kinds = shapes(lease.members)
        assert (kinds["starts_on"], kinds["term_months"], kinds["total"]) == (Shape.DATE, Shape.INTEGER, Shape.MONEY)
        assert shapes(typed_fields("ACTA_NEGOCIACION"))["start_time"] == Shape.TIME
        outcome = next(field for field in typed_fields("DICTAMEN") if field.name == "outcome")
        assert outcome.choices[1] == ("FAVORABLE_WITH_CONDITIONS", "FAVORABLE CON CONDICIONES")

    def test_limits_follow_the_fields(self) -> None:
        by_name = {field.name: field for field in typed_fields("PROVIDENCIA", "TRAMITE")}
        assert (by_name["working_days"].least, by_name["working_days"].most) == (1, 365)
        assert (by_name["folios"].required, by_name["folios"].most) == (False, 999_999)
        assert (by_name["subject"].most, by_name["body"].most) == (2000, 60_000)
        grounds = next(field for field in typed_fields("OPINION") if field.name == "grounds")
        assert (grounds.required, grounds.least, grounds.members[1].required) == (True, 1, False)

    def test_what_records_give_can_be_left_out(self) -> None:
        assert "lease" not in shapes(typed_fields("CONTRATO_ARRENDAMIENTO", without=["lease", "sosep"]))


class TestAmounts:
    @pytest.mark.parametrize(
        ("typed", "amount"),
        [
            ("Q.1,500.00", "1500.00"),
            ("1500", "1500.00"),
            (" q 1,500.5 ", "1500.50"),
            (1500, "1500.00"),
            ("0.01", "0.01"),
        ],
    )
    def test_are_read_as_people_write_them(self, typed: Any, amount: str) -> None:
        read = TypeAdapter(Amount).validate_python(typed)
        assert (read, str(read)) == (Decimal(amount), amount)

    @pytest.mark.parametrize(
        "typed", ["Q 1.500,00", "Q1,50", "1500.001", "0", "-5", "1e3", "", "١٥", 0.1, True, None, "NaN", 10**11]
    )
    def test_are_refused_in_spanish_when_they_are_ambiguous(self, typed: Any) -> None:
        with pytest.raises(ValidationError, match="monto"):
            TypeAdapter(Amount).validate_python(typed)


def test_a_nit_is_printed_with_its_hyphen_or_refused() -> None:
    assert TypeAdapter(Nit).validate_python(" 5 76937 k ") == "576937-K"
    with pytest.raises(ValidationError, match="El NIT no es válido"):
        TypeAdapter(Nit).validate_python("576937-1")

"""Every kind of paper for women, for men and for both, of one thing and of forty, with any name a person may have."""

import difflib
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from documents.engine import make_paper
from documents.fields import PaperFields
from tests.papers import EVERY_KIND

IDENTITY = {
    "age": 41, "civil_status": "estado civil", "profession": "profesión", "domicile": "Jalapa",
    "cui": "1939712830701", "nationality": "",
}  # fmt: skip
SPEAKING = ("CONTRATO_ARRENDAMIENTO", "ADENDA", "CONVENIO", "CARTA_ENTENDIMIENTO", "MEMORANDUM_ENTENDIMIENTO")
"""Kinds in which persons appear and speak."""
EXACT = {("la", "el"), ("las", "los"), ("nosotras", "nosotros")}

Change = Callable[[dict[str, Any]], dict[str, Any]]


def changed(value: Any, holds: Callable[[dict[str, Any]], bool], change: Change) -> Any:
    """Return fields as plain values, with each part that holds something changed."""
    if isinstance(value, dict):
        inner = {name: changed(one, holds, change) for name, one in value.items()}
        return inner | change(inner) if holds(inner) else inner
    return [changed(one, holds, change) for one in value] if isinstance(value, list | tuple) else value


def is_person(part: dict[str, Any]) -> bool:
    """Tell whether a part of the fields is a person with an office."""
    return {"gender", "position", "identity"} <= part.keys()


def with_people(fields: PaperFields, genders: str) -> PaperFields:
    """Return fields whose persons, in their order, are women and men: «FM»; the last counts for all that follow."""
    left = list(genders)

    def turn(part: dict[str, Any]) -> dict[str, Any]:
        gender = left.pop(0) if len(left) > 1 else left[0]
        # Offices are typed: they say nothing of what the wording does.
        return {"gender": gender, "position": "Cargo de prueba", "identity": IDENTITY}

    return type(fields).model_validate(changed(fields.model_dump(), is_person, turn))


def people_of(fields: PaperFields) -> int:
    """Return how many persons with an office the fields hold."""
    found: list[int] = []
    changed(fields.model_dump(), is_person, lambda part: found.append(1) or {})  # type: ignore[func-returns-value]
    return len(found)


def differences(women: str, men: str) -> list[tuple[str, str]]:
    """Return the words in which two texts differ, in pairs."""
    ours, theirs = (re.findall(r"\w+|[^\w\s]", text.lower()) for text in (women, men))
    found: list[tuple[str, str]] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if what != "equal":
            assert b - a == d - c, (ours[a - 3 : b + 3], theirs[c - 3 : d + 3])
            found += zip(ours[a:b], theirs[c:d], strict=True)
    return found


@pytest.mark.parametrize(("kind", "variant"), EVERY_KIND)
class TestGender:
    def test_women_and_men_are_told_the_same_in_their_own_words(self, kind: str, variant: str) -> None:
        fields = EVERY_KIND[kind, variant]()
        women, men = (make_paper(kind, with_people(fields, gender), variant).text for gender in "FM")
        pairs = differences(women, men)
        for hers, his in pairs:
            plural = his.endswith("os") and hers == his[:-2] + "as"
            assert (hers, his) in EXACT or plural or (his.endswith("o") and hers == his[:-1] + "a"), (hers, his)
        assert bool(pairs) == (kind in SPEAKING)
        for text in (women, men):
            assert not re.search(r"\w\([oa]s?\)|[oa]/[oa]\b|\w@s?(?!\w)", text), "nobody is both"
        if kind in SPEAKING:
            count = people_of(fields)
            assert (women.count(", guatemalteca,"), women.count("guatemalteco")) == (count, 0)
            assert (men.count(", guatemalteco,"), men.count("guatemalteca")) == (count, 0)
            for text, spoken, other in ((women, "NOSOTRAS:", "NOSOTROS:"), (men, "NOSOTROS:", "NOSOTRAS:")):
                assert (spoken in text, other in text) == (True, False)

    def test_one_man_among_women_makes_the_plural_masculine_and_nothing_else(self, kind: str, variant: str) -> None:
        fields = EVERY_KIND[kind, variant]()
        if kind not in SPEAKING:
            return
        women = make_paper(kind, with_people(fields, "F"), variant).text
        for place in range(people_of(fields)):
            mixed = make_paper(kind, with_people(fields, "F" * place + "MF"), variant).text
            pairs = differences(women, mixed)
            assert [his for hers, his in pairs if his in ("guatemalteco", "identificado")] == [
                "guatemalteco",
                "identificado",
            ]
            assert ("nosotras", "nosotros") in pairs
            assert "las comparecientes" not in mixed.lower()
            assert "enteradas de su contenido" not in mixed


ONES = ("term_months", "folios", "working_days", "notice_days", "capacity", "number")
SINGULAR = re.compile(r"\b(?:una?|un) \(1\) (\w+)(?: (\w+))?")
MANY = re.compile(r"\((?!1\))\d+\) (año|día|mes|folio|hoja|hora|persona|ejemplar|centro|vez|entrega|tiempo)\b")


@pytest.mark.parametrize(("kind", "variant"), EVERY_KIND)
def test_one_thing_is_singular_and_several_are_plural(kind: str, variant: str) -> None:
    fields = EVERY_KIND[kind, variant]()

    def one(part: dict[str, Any]) -> dict[str, Any]:
        told = {name: 1 for name in ONES if isinstance(part.get(name), int)}
        return told | ({"total": Decimal("3500.50")} if "monthly_rent" in part else {})

    single = type(fields).model_validate(changed(fields.model_dump(), lambda part: True, one))
    for told in (fields, single):
        text = make_paper(kind, told, variant).text
        for noun, adjective in SINGULAR.findall(text):
            assert noun in ("mes", "de") or not noun.endswith("s"), (noun, adjective)
            assert adjective not in ("hábiles", "calendarios", "originales", "naturales"), (noun, adjective)
        assert not MANY.findall(text)
        assert not re.search(
            r"\bde el\b|\ba el (?!Tejar)|\bun[oa]s? \(1\) \w+es\b(?<!mes)|\(1\) días|\(1\) meses", text
        )


NAMES = (
    'Ñandú & Compañía <b>«Pérez»</b> "O\'Higgins"',
    "N\u0303an\u0303o A\u0301lvarez de la Cru\u0308z",
    "=1+1 {{7*7}} {% x %} ]]> \\ %s",
    "María de los Ángeles " * 14 + "Pérez",
)


@pytest.mark.parametrize(("kind", "variant"), EVERY_KIND)
def test_any_name_stands_whole_wherever_its_person_does(kind: str, variant: str) -> None:
    fields = EVERY_KIND[kind, variant]()
    for name in NAMES:
        told: list[str] = []

        def named(part: dict[str, Any], name: str = name, told: list[str] = told) -> dict[str, Any]:
            told.append(f"{len(told)} {name}")
            return {"name": told[-1]}

        plain = changed(fields.model_dump(), lambda part: {"name", "position"} <= part.keys(), named)
        if "sosep" in plain and plain.get("delegation"):
            # Who was delegated and who lets the house are named twice, and must be the same.
            plain["delegation"]["delegate_name"] = plain["sosep"]["name"]
            plain["lease"]["landlord_name"] = plain["landlord"]["name"]
        text = make_paper(kind, type(fields).model_validate(plain), variant).text.lower()
        assert told
        assert [one for one in told if one.lower() not in text] == []


FORTY = {
    "grounds": ("norm",), "observations": ("subject",), "considerandos": (), "resolves": (), "notify": (),
    "copies": (), "annexes": (), "items": ("description",), "attendees": ("name",), "publications": (),
    "changes": ("clause", "before", "after"), "centers": ("code", "name"), "commitments": ("item", "text"),
    "staff": ("title",), "liaisons": ("name",), "contacts": ("name",), "duties": ("text",), "areas": (),
}  # fmt: skip
"""Lists that papers hold, and what tells one of their items from the next."""


@pytest.mark.parametrize(("kind", "variant"), EVERY_KIND)
def test_forty_of_anything_are_all_there_in_their_order(kind: str, variant: str) -> None:
    plain = EVERY_KIND[kind, variant]().model_dump()
    lists = {name: value for name, value in plain.items() if isinstance(value, list | tuple) and value}
    known = {name: value for name, value in lists.items() if name in FORTY}
    assert lists.keys() - FORTY.keys() <= {"parties", "further_parties", "counterparts"}
    for name, value in known.items():
        first = value[0]
        items = [
            f"Cosa{n:02}x"
            if isinstance(first, str)
            else first | {key: f"Cosa{n:02}x" for key in FORTY[name] if key in first}
            for n in range(40)
        ]
        if name == "changes":
            items = [one | {"before": f"Vieja{n}", "after": f"Cosa{n:02}x"} for n, one in enumerate(items)]
        fields = type(EVERY_KIND[kind, variant]()).model_validate(plain | {name: items})
        text = make_paper(kind, fields, variant).text
        found = re.findall(r"(?i)cosa(\d\d)x", text)
        assert list(dict.fromkeys(found)) == [f"{n:02}" for n in range(40)], (kind, name)

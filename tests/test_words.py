"""Figures in Spanish words: the cases of Guatemalan papers; tests/test_words_of_all_numbers.py has the properties."""

import re
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from documents.words import (
    cardinal,
    cui_words,
    date_words,
    digits_words,
    hour_words,
    instrument_number,
    listed,
    money,
    nit_words,
    ordinal,
    roman,
    valid_cui,
    valid_nit,
)

MODEST = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "cero"),
        (1, "uno"),
        (16, "dieciséis"),
        (21, "veintiuno"),
        (31, "treinta y uno"),
        (100, "cien"),
        (101, "ciento uno"),
        (1000, "mil"),
        (1001, "mil uno"),
        (21_000, "veintiún mil"),
        (31_000, "treinta y un mil"),
        (101_000, "ciento un mil"),
        (100_000, "cien mil"),
        (1_000_000, "un millón"),
        (21_000_000, "veintiún millones"),
        (1_001_001, "un millón mil uno"),
        (10**9, "mil millones"),
        (999_999_999_999, "novecientos noventa y nueve mil novecientos noventa y nueve millones "
         "novecientos noventa y nueve mil novecientos noventa y nueve"),
    ],
)  # fmt: skip
def test_cardinals(number: int, words: str) -> None:
    assert cardinal(number) == words


@pytest.mark.parametrize(
    ("number", "feminine", "short"),
    [
        (1, "una", "un"),
        (21, "veintiuna", "veintiún"),
        (41, "cuarenta y una", "cuarenta y un"),
        (200, "doscientas", "doscientos"),
        (500, "quinientas", "quinientos"),
        (721, "setecientas veintiuna", "setecientos veintiún"),
        (200_201, "doscientas mil doscientas una", "doscientos mil doscientos un"),
        (200_000_001, "doscientos millones una", "doscientos millones un"),
        (11, "once", "once"),
    ],
)
def test_gender_and_apocope(number: int, feminine: str, short: str) -> None:
    assert cardinal(number, "F") == feminine
    assert cardinal(number, apocope=True) == short


@pytest.mark.parametrize("number", [-1, 10**12])
def test_cardinals_out_of_reach_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="entre cero y"):
        cardinal(number)


@pytest.mark.parametrize(
    ("number", "masculine", "feminine"),
    [
        (1, "primero", "primera"),
        (10, "décimo", "décima"),
        (11, "décimo primero", "décima primera"),
        (21, "vigésimo primero", "vigésima primera"),
        (40, "cuadragésimo", "cuadragésima"),
        (99, "nonagésimo noveno", "nonagésima novena"),
        (137, "centésimo trigésimo séptimo", "centésima trigésima séptima"),
    ],
)
def test_ordinals(number: int, masculine: str, feminine: str) -> None:
    assert ordinal(number) == masculine
    assert ordinal(number, "F") == feminine


def test_ordinals_before_a_masculine_noun() -> None:
    assert [ordinal(n, apocope=True) for n in (1, 2, 3, 21)] == ["primer", "segundo", "tercer", "vigésimo primer"]


@pytest.mark.parametrize("number", [0, 1000])
def test_ordinals_out_of_reach_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="ordinal"):
        ordinal(number)


def test_ordinals_are_all_different() -> None:
    assert len({ordinal(number) for number in range(1, 1000)}) == 999


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Decimal("35000"), "TREINTA Y CINCO MIL QUETZALES EXACTOS (Q.35,000.00)"),
        (Decimal("35000.50"), "TREINTA Y CINCO MIL QUETZALES CON CINCUENTA CENTAVOS (Q.35,000.50)"),
        (Decimal("8500.10"), "OCHO MIL QUINIENTOS QUETZALES CON DIEZ CENTAVOS (Q.8,500.10)"),
        (1, "UN QUETZAL EXACTO (Q.1.00)"),
        (Decimal("1.01"), "UN QUETZAL CON UN CENTAVO (Q.1.01)"),
        (21_000, "VEINTIÚN MIL QUETZALES EXACTOS (Q.21,000.00)"),
        (1_000_000, "UN MILLÓN DE QUETZALES EXACTOS (Q.1,000,000.00)"),
        (2_000_021, "DOS MILLONES VEINTIÚN QUETZALES EXACTOS (Q.2,000,021.00)"),
        (0, "CERO QUETZALES EXACTOS (Q.0.00)"),
    ],
)
def test_money(amount: Decimal | int, words: str) -> None:
    assert money(amount) == words


@pytest.mark.parametrize("amount", [Decimal("-1"), Decimal("1.005"), Decimal("NaN"), Decimal("Infinity")])
def test_money_that_is_not_exact_is_refused(amount: Decimal) -> None:
    with pytest.raises(ValueError, match="dos decimales"):
        money(amount)


@pytest.mark.parametrize("amount", [1.5, True, "10"])
def test_money_of_another_type_is_refused(amount: object) -> None:
    with pytest.raises(TypeError, match="decimal exacto"):
        money(amount)  # type: ignore[arg-type]


def test_dates_and_hours() -> None:
    assert date_words(date(2007, 9, 20)) == "veinte (20) de septiembre del año dos mil siete (2007)"
    assert date_words(date(2026, 1, 1)) == "uno (1) de enero del año dos mil veintiséis (2026)"
    assert date_words(date(1999, 12, 31)).endswith("del año mil novecientos noventa y nueve (1999)")
    assert hour_words(time(9, 30)) == "las nueve horas con treinta minutos (9:30)"
    assert hour_words(time(13, 0)) == "las trece horas en punto (13:00)"
    assert hour_words(time(1, 1)) == "la una hora con un minuto (1:01)"
    assert hour_words(time(21, 21)) == "las veintiuna horas con veintiún minutos (21:21)"


def test_printed_numbers() -> None:
    assert instrument_number("44-2012") == "cuarenta y cuatro guion dos mil doce (44-2012)"
    assert instrument_number("010-1999") == "cero diez guion mil novecientos noventa y nueve (010-1999)"
    assert digits_words("000") == "cero cero cero"
    with pytest.raises(ValueError, match="dígitos"):
        instrument_number("44/2012")
    # Arabic-Indic digits look like a number to Python and to nobody else here.
    with pytest.raises(ValueError, match="dígitos"):
        digits_words("٤٤")


def test_cui() -> None:
    assert cui_words("1939712830701") == (
        "un mil novecientos treinta y nueve espacio setenta y un mil doscientos ochenta y tres "
        "espacio cero setecientos uno (1939 71283 0701)"
    )
    assert cui_words("1939 71283 0701") == cui_words("1939-71283-0701")
    # A wrong check digit, no such department, no municipality, too short, other digits.
    for wrong in ("1939712840701", "1939712832301", "1939712830700", "193971283070", "١٩٣٩٧١٢٨٣٠٧٠١"):
        with pytest.raises(ValueError, match="CUI"):
            cui_words(wrong)


@MODEST
@given(st.integers(10**7, 10**8 - 1), st.integers(0, 9), st.integers(0, 9))
def test_one_wrong_digit_of_a_cui_is_noticed(first: int, position: int, other: int) -> None:
    check = remainder(str(first))
    assume(check < 10)
    right = f"{first}{check}0101"
    assert valid_cui(right)
    assume(position < 9 and right[position] != str(other))
    assert not valid_cui(right[:position] + str(other) + right[position + 1 :])


def test_ten_is_no_check_digit_of_a_cui() -> None:
    first = next(
        n for n in range(10**7, 10**8) if sum(int(d) * w for d, w in zip(str(n), range(2, 10), strict=True)) % 11 == 10
    )
    assert not any(valid_cui(f"{first}{digit}0101") for digit in range(10))


def remainder(first: str) -> int:
    """Return the check value of a CUI's first eight digits."""
    return sum(int(digit) * weight for digit, weight in zip(first, range(2, 10), strict=True)) % 11


def test_nit() -> None:
    assert valid_nit("576937-K")
    assert valid_nit("576937k")
    assert not valid_nit("5769370")
    assert not valid_nit("K")
    assert not valid_nit("")


def test_roman_numerals() -> None:
    assert [roman(n) for n in (1, 4, 9, 14, 40, 1994, 2026, 3999)] == [
        "I", "IV", "IX", "XIV", "XL", "MCMXCIV", "MMXXVI", "MMMCMXCIX",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="romano"):
        roman(0)


VALUES = {
    "cero": 0, "un": 1, "una": 1, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
    "ocho": 8, "nueve": 9, "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15,
    "dieciséis": 16, "diecisiete": 17, "dieciocho": 18, "diecinueve": 19, "veinte": 20, "veintiún": 21,
    "veintiuna": 21, "veintiuno": 21, "veintidós": 22, "veintitrés": 23, "veinticuatro": 24, "veinticinco": 25,
    "veintiséis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29, "treinta": 30, "cuarenta": 40,
    "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90, "cien": 100, "ciento": 100,
    "doscient": 200, "trescient": 300, "cuatrocient": 400, "quinient": 500, "seiscient": 600, "setecient": 700,
    "ochocient": 800, "novecient": 900,
}  # fmt: skip


def value_of(words: str) -> int:
    """Read Spanish words back into a number, knowing nothing of how they were made."""
    total = group = 0
    for word in words.split():
        if word == "mil":
            group = (group or 1) * 1000
        elif word in ("millón", "millones"):
            total, group = (total + group) * 10**6, 0
        elif word != "y":
            group += VALUES[re.sub(r"(cient|quinient)[oa]s$", r"\1", word)]
    return total + group


@pytest.mark.parametrize(
    ("nit", "words"),
    [
        ("576937-K", "quinientos setenta y seis mil novecientos treinta y siete guion K (576937-K)"),
        (" 576937k", "quinientos setenta y seis mil novecientos treinta y siete guion K (576937-K)"),
    ],
)
def test_tax_numbers_are_spoken_with_their_check_sign(nit: str, words: str) -> None:
    assert nit_words(nit) == words


def test_a_wrong_tax_number_is_not_spoken() -> None:
    with pytest.raises(ValueError, match="NIT"):
        nit_words("576937-1")


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (["Ana"], "Ana"),
        (["Ana", "Luis"], "Ana y Luis"),
        (["Ana", "Luis", "Irma"], "Ana, Luis e Irma"),
        (["Ana", "Íngrid"], "Ana e Íngrid"),
        (["Ana", "Hilda"], "Ana e Hilda"),
        (["agua", "hielo"], "agua y hielo"),
    ],
)
def test_names_in_one_line_end_with_y_or_e(names: list[str], line: str) -> None:
    assert listed(names) == line

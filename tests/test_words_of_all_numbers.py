"""Figures in words over everything that the functions promise: whole ranges where they are small, else properties.

What is read back is read by tables of this file's own, so that a wrong word is not read by the wrong word that made it.
"""

import re
from datetime import date, time
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from documents.words import (
    MONTHS,
    Gender,
    cardinal,
    cui_words,
    date_digits,
    date_words,
    digits_words,
    figure,
    hour_words,
    instrument_number,
    money,
    nit_words,
    ordinal,
    roman,
    valid_cui,
    valid_nit,
)
from tests.test_words import value_of

GENDERS: tuple[Gender, ...] = ("F", "M")
MANY = settings(max_examples=300, deadline=None)
PROMISED = st.one_of(
    st.integers(0, 10**9),
    st.integers(0, 10**12 - 1),
    # Around the round ones, where «uno», «cien», «mil» and «millón» change their form.
    st.builds(
        lambda power, times, near: max(0, min(10**12 - 1, times * 10**power + near)),
        st.integers(0, 11), st.integers(0, 1001), st.integers(-2, 2),
    ),
)  # fmt: skip


def corrected(oracle: str) -> str:
    """Return what num2words says without its known fault: «uno» before «mil» and «millones» keeps its last letter."""
    return re.sub(r"\b(veinti)?uno(?= (?:mil|millones)\b)", lambda one: "veintiún" if one[1] else "un", oracle)


def test_every_number_to_ten_thousand_reads_back_in_every_form() -> None:
    for number, gender, short in product(range(10_000), GENDERS, (False, True)):
        assert value_of(cardinal(number, gender, short)) == number


def test_every_number_to_ten_thousand_is_the_oracles() -> None:
    assert [n for n in range(10_000) if cardinal(n) != corrected(num2words(n, lang="es"))] == []


@MANY
@given(PROMISED)
def test_any_number_is_the_oracles_and_reads_back(number: int) -> None:
    assert cardinal(number) == corrected(num2words(number, lang="es"))
    for gender, short in product(GENDERS, (False, True)):
        assert value_of(cardinal(number, gender, short)) == number


@MANY
@given(PROMISED)
def test_only_the_last_one_and_the_hundreds_agree(number: int) -> None:
    plain, short, feminine = cardinal(number), cardinal(number, apocope=True), cardinal(number, "F")
    assert cardinal(number, "F", apocope=True) == feminine, "«una» has no short form"
    ends_in_one = number % 10 == 1 and number % 100 != 11
    assert (plain.endswith("uno"), feminine.endswith("una")) == (ends_in_one, ends_in_one)
    assert short == (corrected(f"{plain} mil").removesuffix(" mil") if ends_in_one else plain)
    # Millions are masculine whatever is counted; before «mil» and «millones» stands the short form alone.
    millions = number // 10**6 * 10**6
    assert cardinal(millions, "F") == cardinal(millions)
    for words in (plain, short, feminine):
        assert not re.search(r"un[oa] (mil|millones)|ciento (mil|millones)|cien (?!mil)|^un mil\b|  |^ | $", words)
    assert figure(number, "F") == f"{feminine} ({number})"


UNITS = ("primer", "segund", "tercer", "cuart", "quint", "sext", "séptim", "octav", "noven")
TENS = (
    "décim", "vigésim", "trigésim", "cuadragésim", "quincuagésim", "sexagésim", "septuagésim", "octogésim", "nonagésim",
)  # fmt: skip
HUNDREDS = (
    "centésim", "ducentésim", "tricentésim", "cuadringentésim", "quingentésim", "sexcentésim", "septingentésim",
    "octingentésim", "noningentésim",
)  # fmt: skip


def test_every_ordinal_agrees_in_each_of_its_words_and_reads_back() -> None:
    values = {
        stem: (at + 1) * by for stems, by in ((UNITS, 1), (TENS, 10), (HUNDREDS, 100)) for at, stem in enumerate(stems)
    }
    for number, gender in product(range(1, 1000), GENDERS):
        ending = "a" if gender == "F" else "o"
        words = ordinal(number, gender).split()
        assert {word[-1] for word in words} == {ending}
        assert sum(values[word[:-1]] for word in words) == number
        short = ordinal(number, gender, apocope=True)
        loses = gender == "M" and words[-1] in ("primero", "tercero")
        assert short == (" ".join(words)[:-1] if loses else " ".join(words))


def test_every_roman_numeral_is_written_the_one_way_and_reads_back() -> None:
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    for number in range(1, 4000):
        letters = roman(number)
        assert re.fullmatch(r"M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})", letters)
        digits = [values[letter] for letter in letters]
        assert (
            sum(-one if one < next_one else one for one, next_one in zip(digits, [*digits[1:], 0], strict=True))
            == number
        )


def test_every_minute_of_a_day_reads_back() -> None:
    for hour, minute in product(range(24), range(60)):
        said = hour_words(time(hour, minute, 59))
        found = re.fullmatch(r"las? (.+?) horas?(?: con (.+) minutos?| en punto) \((\d+):(\d\d)\)", said)
        assert found, said
        assert (value_of(found[1]), value_of(found[2] or "cero")) == (hour, minute) == (int(found[3]), int(found[4]))
        assert said.startswith("la una hora " if hour == 1 else "las ")
        assert ("un minuto " in said) == (minute == 1)


@MANY
@given(st.dates())
def test_any_day_reads_back(day: date) -> None:
    found = re.fullmatch(r"(.+) \((\d+)\) de (\w+) del año (.+) \((\d+)\)", date_words(day))
    assert found
    assert (value_of(found[1]), MONTHS.index(found[3]), value_of(found[4])) == (day.day, day.month, day.year)
    assert (int(found[2]), int(found[5])) == (day.day, day.year)
    assert date_digits(day) == f"{day.day} de {found[3]} de {day.year}"


@MANY
@given(PROMISED, st.integers(0, 99))
def test_any_amount_reads_back_in_words_and_in_digits(quetzales: int, cents: int) -> None:
    said = money(Decimal(quetzales * 100 + cents).scaleb(-2))
    assert said == said.upper()
    found = re.fullmatch(r"(.+?)( DE)? QUETZAL(ES)? (?:EXACTOS?|CON (.+) CENTAVOS?) \(Q\.([\d,]+)\.(\d\d)\)", said)
    assert found, said
    assert (value_of(found[1].lower()), value_of((found[4] or "cero").lower())) == (quetzales, cents)
    assert (int(found[5].replace(",", "")), int(found[6])) == (quetzales, cents)
    assert bool(found[2]) == (quetzales > 0 and quetzales % 10**6 == 0), "«un millón de quetzales»"
    assert bool(found[3]) == (quetzales != 1)
    assert "UNO " not in said
    assert (" EXACTO " in said, " EXACTOS " in said) == (not cents and quetzales == 1, not cents and quetzales != 1)
    assert ("UN CENTAVO " in said) == (cents == 1)


@pytest.mark.parametrize(
    "amount", ["1E+12", "1E+40", "123456789012345678901234567890.12", "1E-40", "0.0000000000000001"]
)
def test_amounts_beyond_are_refused_and_never_rounded(amount: str) -> None:
    with pytest.raises(ValueError, match="monto"):
        money(Decimal(amount))


def test_however_an_amount_is_written_it_says_the_same() -> None:
    assert {money(Decimal(one)) for one in ("1500", "1500.0", "1500.00", "1.5E+3", "1500.000")} == {money(1500)}
    assert money(Decimal("-0.00")) == money(0)


@MANY
@given(st.text("0123456789", min_size=1, max_size=12))
def test_printed_digits_keep_their_zeros(digits: str) -> None:
    for full in (False, True):
        words = digits_words(digits, full_thousand=full).split()
        zeros = len(digits) - len(digits.lstrip("0"))
        assert words[:zeros] == ["cero"] * zeros
        rest = " ".join(words[zeros:])
        assert (value_of(rest) if rest else 0) == int(digits)
        assert rest.startswith("un mil") == (rest == "un millón" or rest.startswith("un millón ") or (
            full and 1000 <= int(digits) < 2000
        ))  # fmt: skip


@MANY
@given(st.lists(st.text("0123456789", min_size=1, max_size=6), min_size=1, max_size=4))
def test_any_instrument_number_reads_back(parts: list[str]) -> None:
    written = "-".join(parts)
    words, _, digits = instrument_number(written).rpartition(" (")
    assert digits == f"{written})"
    assert words.split(" guion ") == [digits_words(part) for part in parts]


def weighed(digits: str) -> int:
    """Return the sum that the check digit of a CUI is the remainder of."""
    return sum(int(digit) * weight for digit, weight in zip(digits, range(2, 10), strict=True))


@MANY
@given(st.integers(0, 10**8 - 1), st.integers(1, 22), st.integers(1, 99))
def test_any_cui_is_spoken_in_groups_and_reads_back(first: int, department: int, town: int) -> None:
    check = weighed(f"{first:08}") % 11
    cui = f"{first:08}{min(check, 9)}{department:02}{town:02}"
    assert valid_cui(cui) == (check < 10)
    if check == 10:
        return
    words, _, digits = cui_words(cui).rpartition(" (")
    groups = [cui[:4], cui[4:9], cui[9:]]
    assert digits == f"{' '.join(groups)})"
    for spoken, group in zip(words.split(" espacio "), groups, strict=True):
        said = spoken.split()
        zeros = len(group) - len(group.lstrip("0"))
        assert said[:zeros] == ["cero"] * zeros
        assert (value_of(" ".join(said[zeros:])) if said[zeros:] else 0) == int(group)


@MANY
@given(st.integers(1, 10**10))
def test_every_tax_number_has_one_check_sign_and_reads_back(number: int) -> None:
    right = [sign for sign in "0123456789K" if valid_nit(f"{number}{sign}")]
    assert len(right) == 1
    words, _, check = nit_words(f"{number}-{right[0]}").partition(" (")[0].rpartition(" guion ")
    assert value_of(words) == number
    assert check == "K" if right[0] == "K" else value_of(check) == int(right[0])

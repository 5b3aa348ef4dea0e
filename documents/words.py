"""Spanish words for figures as Guatemalan legal papers write them: letters first, digits in parentheses."""

# Words in a row read better than a column of quoted ones.
# ruff: noqa: SIM905
import re
from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal
from typing import Literal

Gender = Literal["F", "M"]

# num2words is not used: it writes «veintiuno mil», «quadragésimo» and reads whole numbers of money as cents.
SMALL = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve"
).split()
TENS = "_ _ veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
HUNDREDS = (
    "_ ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
).split()
ORDINAL_UNITS = "_ primero segundo tercero cuarto quinto sexto séptimo octavo noveno".split()
ORDINAL_TENS = (
    "_ décimo vigésimo trigésimo cuadragésimo quincuagésimo sexagésimo septuagésimo octogésimo nonagésimo"
).split()
ORDINAL_HUNDREDS = (
    "_ centésimo ducentésimo tricentésimo cuadringentésimo quingentésimo sexcentésimo septingentésimo "
    "octingentésimo noningentésimo"
).split()
MONTHS = ("_ enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre").split()
ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def cardinal(number: int, gender: Gender = "M", apocope: bool = False) -> str:
    """Return a whole number from 0 to 999,999,999,999 in words; `apocope` shortens «uno» before a masculine noun."""
    if not 0 <= number < 10**12:
        raise ValueError("El número debe estar entre cero y 999,999,999,999.")
    if number == 0:
        return "cero"
    millions, rest = divmod(number, 10**6)
    thousands, units = divmod(rest, 1000)
    parts = []
    if millions:
        parts.append("un millón" if millions == 1 else f"{cardinal(millions, apocope=True)} millones")
    if thousands:
        # «veintiún mil personas» keeps the short masculine one, but hundreds agree: «doscientas mil personas».
        parts.append("mil" if thousands == 1 else f"{_below_thousand(thousands, gender, 'un')} mil")
    if units:
        one = "una" if gender == "F" else "un" if apocope else "uno"
        parts.append(_below_thousand(units, gender, one))
    return " ".join(parts)


def _below_thousand(number: int, gender: Gender, one: str) -> str:
    """Return 1 to 999 in words, with the wanted form of its last «uno»."""
    if number == 100:
        return "cien"
    hundreds, rest = divmod(number, 100)
    words = [HUNDREDS[hundreds].replace("tos", "tas") if gender == "F" else HUNDREDS[hundreds]] if hundreds else []
    if hundreds == 5 and gender == "F":
        words = ["quinientas"]
    if rest:
        tens, unit = divmod(rest, 10)
        joined = SMALL[rest] if rest < 30 else TENS[tens] + (f" y {SMALL[unit]}" if unit else "")
        if rest == 21:
            joined = "veintiún" if one == "un" else f"veinti{one}"
        elif unit == 1 and rest != 11:
            joined = joined.removesuffix("uno") + one
        words.append(joined)
    return " ".join(words)


def figure(number: int, gender: Gender = "M", apocope: bool = True) -> str:
    """Return letters and digits: «cuarenta (40)»."""
    return f"{cardinal(number, gender, apocope)} ({number})"


def ordinal(number: int, gender: Gender = "M", apocope: bool = False) -> str:
    """Return 1 to 999 as an ordinal, two words from eleven on as clauses are named: «décima primera»."""
    if not 1 <= number <= 999:
        raise ValueError("El ordinal debe estar entre 1 y 999.")
    parts = [
        words[digit]
        for words, digit in (
            (ORDINAL_HUNDREDS, number // 100),
            (ORDINAL_TENS, number // 10 % 10),
            (ORDINAL_UNITS, number % 10),
        )
        if digit
    ]
    if gender == "F":
        parts = [part.removesuffix("o") + "a" for part in parts]
    elif apocope and number % 10 in (1, 3):
        parts[-1] = parts[-1].removesuffix("o")
    return " ".join(parts)


def money(amount: Decimal | int) -> str:
    """Return quetzales in capital letters and digits.

    A float, a negative, a third decimal or a million of millions is refused, with a TypeError or a ValueError.
    """
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int):
        raise TypeError("El monto debe ser decimal exacto, nunca un número de coma flotante.")
    exact = Decimal(amount)
    if exact.is_finite() and exact >= 10**12:
        raise ValueError("El monto debe ser menor que un millón de millones de quetzales.")
    if not exact.is_finite() or exact < 0 or exact != exact.quantize(Decimal("0.01")):
        raise ValueError("El monto debe ser positivo y tener a lo sumo dos decimales.")
    exact = abs(exact)  # a zero may carry a sign
    quetzales, cents = divmod(int(exact * 100), 100)
    name = "quetzal" if quetzales == 1 else "quetzales"
    joint = " de" if quetzales and quetzales % 10**6 == 0 else ""
    tail = f"con {cardinal(cents, apocope=True)} centavo{'' if cents == 1 else 's'}"
    if not cents:
        tail = "exacto" if quetzales == 1 else "exactos"
    return f"{cardinal(quetzales, apocope=True)}{joint} {name} {tail}".upper() + f" (Q.{exact:,.2f})"


def date_words(day: date) -> str:
    """Return «veinte (20) de septiembre del año dos mil siete (2007)»."""
    return f"{figure(day.day, apocope=False)} de {MONTHS[day.month]} del año {cardinal(day.year)} ({day.year})"


def date_digits(day: date) -> str:
    """Return «20 de septiembre de 2007», for tables and margins."""
    return f"{day.day} de {MONTHS[day.month]} de {day.year}"


def hour_words(moment: time) -> str:
    """Return «las nueve horas con treinta minutos (9:30)»; seconds do not count."""
    hour = "la una hora" if moment.hour == 1 else f"las {cardinal(moment.hour, 'F')} horas"
    plural = "" if moment.minute == 1 else "s"
    rest = f"con {cardinal(moment.minute, apocope=True)} minuto{plural}" if moment.minute else "en punto"
    return f"{hour} {rest} ({moment.hour}:{moment.minute:02})"


def digits_words(digits: str, full_thousand: bool = False) -> str:
    """Return a printed number in words with its leading zeros spoken: «cero diez»; `full_thousand` says «un mil»."""
    if not re.fullmatch(r"[0-9]{1,12}", digits):
        raise ValueError("Se esperaba un número escrito solo con dígitos.")
    significant = digits.lstrip("0")
    words = ["cero"] * (len(digits) - len(significant))
    if significant:
        one = "un " if full_thousand and 1000 <= int(significant) < 2000 else ""
        words.append(one + cardinal(int(significant)))
    return " ".join(words)


def instrument_number(number: str) -> str:
    """Return «44-2012» as «cuarenta y cuatro guion dos mil doce (44-2012)»."""
    return f"{' guion '.join(digits_words(part) for part in number.split('-'))} ({number})"


def cui_words(cui: str) -> str:
    """Return the thirteen digits of a CUI in groups 4-5-4, in letters and digits; a wrong CUI is refused."""
    digits = re.sub(r"[\s-]", "", cui)
    if not valid_cui(digits):
        raise ValueError("El CUI no es válido: revise sus trece dígitos.")
    groups = digits[:4], digits[4:9], digits[9:]
    return f"{' espacio '.join(digits_words(group, full_thousand=True) for group in groups)} ({' '.join(groups)})"


def nit_words(nit: str) -> str:
    """Return a tax number in words and digits, its check sign spoken apart: «… guion K (576937-K)»."""
    if not valid_nit(nit):
        raise ValueError("El NIT no es válido: revise sus dígitos y el verificador.")
    plain = re.sub(r"[\s-]", "", nit).upper()
    check = plain[-1] if plain[-1] == "K" else digits_words(plain[-1])
    return f"{digits_words(plain[:-1])} guion {check} ({plain[:-1]}-{plain[-1]})"


def listed(names: Iterable[str]) -> str:
    """Return names in one line, the last after «y», which is «e» before the sound of i: «Ana, Luis e Irma»."""
    *most, last = names
    joint = "e" if re.match(r"h?[ií](?!e)", last, re.I) else "y"
    return f"{', '.join(most)} {joint} {last}" if most else last


def valid_cui(digits: str) -> bool:
    """Say whether thirteen digits can be a CUI: check digit (modulus 11, weights 2 to 9), department, municipality."""
    if not re.fullmatch(r"[0-9]{9}(0[1-9]|1[0-9]|2[0-2])(0[1-9]|[1-9][0-9])", digits):
        return False
    return sum(int(digit) * weight for digit, weight in zip(digits, range(2, 10), strict=False)) % 11 == int(digits[8])


def valid_nit(nit: str) -> bool:
    """Say whether a tax number passes its check digit (modulus 11, ten is K)."""
    plain = re.sub(r"[\s-]", "", nit).upper()
    if not re.fullmatch(r"[0-9]{1,11}[0-9K]", plain):
        return False
    weights = range(len(plain), 1, -1)
    check = -sum(int(digit) * weight for digit, weight in zip(plain, weights, strict=False)) % 11
    return plain[-1] == ("K" if check == 10 else str(check))


def roman(number: int) -> str:
    """Return 1 to 3999 as a roman numeral."""
    if not 1 <= number <= 3999:
        raise ValueError("El número romano debe estar entre 1 y 3999.")
    letters = ""
    for value, letter in ROMAN:
        letters += letter * (number // value)
        number %= value
    return letters

"""What the report of 2024 lacks, derived so that every load of a day gives the same: dates, terms, names, codes."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from documents.seal import ALPHABET
from models.agreements import last_day
from models.calendar import WorkingCalendar

PERIOD = (date(2024, 1, 2), date(2024, 11, 7))
"""First and last day of the report's legal results (l.1400)."""

LAST_START = date(2025, 2, 28)
"""No convention renewed in 2024 begins its term later than this."""

STORY = "1610"
"""San Juan Chamelco: the demo story is told with its convention."""
STORY_ENDS_IN = -12
"""Calendar days from the day of loading: it has just ended, so that the one that follows is in force once signed."""

EXPIRED = (-170, -140, -110, -80, -40, -20, -8)
EXPIRING = (5, 12, 20, 28, 36, 45, 52, 58, 64, 70, 78, 85)
IN_FORCE_FROM, IN_FORCE_STEP = 100, 15
"""Calendar days between the day of loading and the end of a convention: some past, twelve soon, the rest later."""


def pick(seed: str, size: int) -> int:
    """Return a number from 0 to size - 1, always the same for a seed."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") % size


def verification_code(seed: str) -> str:
    """Return a code of the shape that papers carry, always the same for a seed: these papers do not exist."""
    signs = [ALPHABET[byte % len(ALPHABET)] for byte in hashlib.sha256(seed.encode()).digest()[:12]]
    return "-".join("".join(signs[at : at + 4]) for at in (0, 4, 8))


def place_name(settlement: str, municipality: str) -> str:
    """Return how a site is called: «Mixco zona 6», «Ciudad Quetzal (San Juan Sacatepéquez)», «Cobán»."""
    if not settlement:
        return municipality
    if settlement.startswith("zona "):
        return f"{municipality} {settlement}"
    return f"{settlement} ({municipality})"


def days_to_end(sites: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return for each site (municipality code, label) after how many days from the load its convention ends."""
    others = sorted((site for site in sites if site[0] != STORY), key=lambda site: pick("ends" + "".join(site), 2**32))
    soon = [*EXPIRED, *EXPIRING]
    later = [IN_FORCE_FROM + IN_FORCE_STEP * step for step in range(max(0, len(others) - len(soon)))]
    found = dict(zip(others, soon + later, strict=True))
    return found | {site: STORY_ENDS_IN for site in sites if site[0] == STORY}


def term_ending(about: date) -> tuple[date, date, int]:
    """Return (first day, last day, months) of a term of whole years that ends on that day and begins around 2024."""
    months = 12
    while (start := _months_before(about + timedelta(days=1), months)) > LAST_START:
        months += 12
    return start, last_day(start, months), months


def _months_before(day: date, months: int) -> date:
    # Terms of whole years only: 29 February is the one day that another year may lack.
    year = day.year - months // 12
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


@dataclass(frozen=True)
class DatedFile:
    """On which working days a file of 2024 was requested and concluded."""

    requested_on: date
    closed_on: date


class Desk2024:
    """The working days of the report's period, on which files were requested and concluded."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        first, last = PERIOD
        every = (first + timedelta(days=n) for n in range((last - first).days + 1))
        self.days = [day for day in every if calendar.is_working(day)]

    def file_requested_on(self, day: date) -> DatedFile:
        """Return the dates of a file requested on a working day of the period; it takes from 4 to 12 of them."""
        closed = self.days.index(day) + 4 + pick(day.isoformat(), 9)
        return DatedFile(day, self.days[min(closed, len(self.days) - 1)])

    def spread(self, index: int, count: int) -> DatedFile:
        """Return the dates of one of `count` files spread evenly over the period."""
        return self.file_requested_on(self.days[round((index + 0.5) / count * (len(self.days) - 13))])

    def concluded_by(self, seed: str, day: date) -> DatedFile:
        """Return the dates of a file concluded some weeks before a day, within the period."""
        closed = sum(known <= day for known in self.days) - 1 - pick(seed, 15)
        return self.file_requested_on(self.days[max(0, closed - 12)])


def working_days_before(calendar: WorkingCalendar, day: date, count: int) -> date:
    """Return the working day from which `count` working days lead to `day`, itself a working day."""
    while count > 0 or not calendar.is_working(day):
        count -= calendar.is_working(day)
        day -= timedelta(days=1)
    return day


WOMEN = ("Amalia", "Berta Lidia", "Carmelina", "Dominga", "Elvira", "Floridalma", "Graciela", "Irma Yolanda", "Marta")
MEN = ("Aníbal", "Baudilio", "Cruz Alberto", "Domingo", "Edgar Leonel", "Fermín", "Genaro", "Isaías", "Macario")
SURNAMES = (
    "Ajquejay",
    "Barrientos",
    "Caal",
    "De Paz",
    "Escalante",
    "Figueroa",
    "Girón",
    "Ical",
    "Juárez",
    "Lemus",
    "Mux",
)


@dataclass(frozen=True)
class InventedPerson:
    """A person who does not exist."""

    name: str
    gender: str
    position: str


@lru_cache(maxsize=400)
def invented_mayor(municipality: str) -> InventedPerson:
    """Return an invented mayor for a municipality, always the same one."""
    woman = pick(f"{municipality}/gender", 3) == 0
    names = WOMEN if woman else MEN
    first = names[pick(f"{municipality}/name", len(names))]
    surnames = [SURNAMES[pick(f"{municipality}/surname{n}", len(SURNAMES))] for n in (1, 2)]
    position = "Alcaldesa Municipal" if woman else "Alcalde Municipal"
    return InventedPerson(" ".join([first, *surnames]), "F" if woman else "M", position)

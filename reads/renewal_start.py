"""When the renewal of an agreement has to begin so that it is done in time."""

from datetime import date

from models.agreements import EXPIRING_DAYS
from models.ladders import Instrument
from reads.ladders import Ladders


def renewal_starts(ladders: Ladders, instrument: Instrument, kind: str, ends_on: date) -> date:
    """Return the day on which a renewal has to begin: the first rung of the agreement's ladder before its end.

    Where the ladder has none before the end, it is the day on which the agreement begins to count as expiring.
    """
    days = [day for day, _ in ladders.climbed(instrument, kind, ends_on) if day < ends_on]
    return days[0] if days else _before(ends_on)


def _before(ends_on: date) -> date:
    return date.fromordinal(max(ends_on.toordinal() - EXPIRING_DAYS, date.min.toordinal()))

"""On which day a convention was perfected: that of the last signature, by which it binds its parties."""

from datetime import date

from tortoise.expressions import Q, Subquery
from tortoise.functions import Max

from models.agreements import PERFECTED
from models.signing import Signature


def perfected_during(first: date, last: date) -> Q:
    """Return the filter for the conventions that the last of their parties signed in a period, both days included.

    One without signatures on record, as those that came in from a spreadsheet, counts by the first day of its term.
    """
    of_conventions = Signature.filter(convention_id__isnull=False)
    ends = of_conventions.annotate(last_on=Max("signed_on")).group_by("convention_id")
    signed = ends.filter(last_on__gte=first, last_on__lte=last).values("convention_id")
    # Only those whose term begins then: a list of all that were ever signed would not be looked up, but gone through.
    of_term = of_conventions.filter(convention__starts_on__gte=first, convention__starts_on__lte=last)
    unsigned = Q(starts_on__gte=first, starts_on__lte=last) & ~Q(id__in=Subquery(of_term.values("convention_id")))
    return Q(stage__in=PERFECTED) & Q(Q(id__in=Subquery(signed)), unsigned, join_type="OR")

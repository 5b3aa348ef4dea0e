"""Column kinds of our own: relations that restrict, and money as integer centavos."""

import unicodedata
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, cast

from tortoise import fields
from tortoise.fields.relational import ForeignKeyFieldInstance


def belongs_to(model: str, related_name: str, *, null: bool = False, **more: Any) -> Any:
    """Declare a relation whose target can never be deleted under it: records of law stay."""
    return ForeignKeyFieldInstance(
        f"models.{model}", related_name=related_name, null=null, on_delete=fields.RESTRICT, **more
    )


E = TypeVar("E", bound=Enum)


def one_of(values: type[E], *, max_length: int, **more: Any) -> E:
    """Declare a column that holds one value of a closed list.

    Without a description of its own, Tortoise writes all values into the column's comment, and a value more would
    look like a change of the column, which SQLite can only make by building the table anew.
    """
    return cast(E, fields.CharEnumField(values, description="", max_length=max_length, **more))


class Money(fields.BigIntField):
    """Quetzales, Decimal with two places in Python, integer centavos in the database.

    A Decimal column is text on SQLite and sorts as text; integers sort and add alike on both databases.
    """

    def to_db_value(self, value: Any, instance: Any) -> int | None:
        """Turn quetzales into centavos; more than two decimals are an error, never rounded in silence."""
        if value is None or isinstance(value, int):
            return value
        centavos = Decimal(value) * 100
        if centavos != centavos.to_integral_value():
            raise ValueError(f"{value} has more than two decimals")
        return int(centavos)

    def to_python_value(self, value: Any) -> Decimal | None:
        """Turn centavos from the database into quetzales; a text is quetzales already, as people write them."""
        if value is None or isinstance(value, Decimal):
            return value
        if isinstance(value, str):
            return Decimal(value)
        return (Decimal(value) / 100).quantize(Decimal("0.01"))


def is_money(amount: Decimal, most: Decimal) -> bool:
    """Tell whether an amount can be quetzales: a number from 0 to `most`, in whole centavos."""
    return amount.is_finite() and 0 <= amount <= most and amount == amount.quantize(Decimal("0.01"))


def folded(*texts: str | None) -> str:
    """Return texts in one line without accents or capitals, for searches that forgive spelling."""
    joined = " ".join(text for text in texts if text)
    if joined.isascii():
        return " ".join(joined.lower().split())
    plain = unicodedata.normalize("NFKD", joined)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())

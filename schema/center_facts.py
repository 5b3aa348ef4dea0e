"""The arguments of dates that the fields of a center share."""

from datetime import date
from typing import Annotated

import strawberry

AsOf = Annotated[date | None, strawberry.argument(description="Fecha de la consulta; vacía: hoy en Guatemala.")]

Silent = Annotated[bool, strawberry.argument(description="Las silenciadas en la fecha, en vez de las que suenan.")]

"""What a client is told of a value that does not fit its type: by field and in Spanish, not as graphql-core says it."""

import re

_VALUE = re.compile(
    r"(?:Variable '\$(?P<name>\w+)' has invalid value(?: at \.?(?P<path>\S+))?: )?(?P<why>.*)", re.DOTALL
)
_SUGGESTION = re.compile(r"\s*Did you mean [^?]*\?")

_REASONS = [
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (r"Value cannot represent a Decimal: ", "escriba una cantidad, como 3500.00"),
        (r"Value cannot represent a Time: ", "escriba una hora, como 09:30"),
        (r"Value cannot represent a Date: ", "escriba una fecha que exista, como 2026-03-31"),
        (r"Int cannot represent non 32-bit ", "el número es demasiado grande"),
        (r"Int cannot represent ", "debe ser un número entero"),
        (r"String cannot represent ", "debe ser un texto"),
        (r"ID cannot represent ", "debe ser un identificador"),
        (r"Boolean cannot represent ", "debe ser verdadero o falso"),
        (r"Value .* does not exist in '(\w+)' enum", "no es una de las opciones de {0}"),
        (r"Enum '(\w+)' cannot represent ", "no es una de las opciones de {0}"),
        (r"Expected a? ?value of non-null type ", "hace falta"),
        (r"Expected value of type '\w+' to be an object", "debe ser un objeto"),
        (r"Expected value of type '\w+' to include required field '(\w+)'", "falta el dato «{0}»"),
        (r"Expected value of type '\w+' not to include unknown field '(\w+)'", "no existe el dato «{0}»"),
    )
]


def told(message: str) -> str:
    """Return graphql-core's message about a value as a Spanish sentence; any other message as it is."""
    parts = _VALUE.fullmatch(message)
    if parts is None:
        return message
    for pattern, sentence in _REASONS:
        if found := pattern.match(parts["why"]):
            path, name = parts["path"] or "", parts["name"] or ""
            field = path if path and not path.startswith("[") else name + path
            of = f"El valor de «{field}»" if field else "Un valor"
            hint = _SUGGESTION.search(message)
            return f"{of} no es válido: {sentence.format(*found.groups())}.{hint[0] if hint else ''}"
    return message

"""The marks of a template as text: what stands between braces is understood, allowed, and closed where it must be."""

import re
from collections.abc import Iterator, Sequence

from jinja2 import TemplateSyntaxError, nodes

from .edited_runs import MARK
from .refusals import TemplateProblem
from .vetting import ALLOWED, SANDBOX

LONGEST_MARK = 300
"""Signs of one mark."""
MOST_MARKS = 1000
"""Marks of a whole template, five times those of the longest that the program brings."""
DEEPEST_LOOPS = 3
"""Loops inside one another: a fourth over a list of forty would never end."""
_ORDERS = ("if", "elif", "else", "endif", "for", "endfor")
_SHOWN = 60
_WRITTEN = "un campo se escribe «{{ campo | filtro }}», una orden «{% if campo %}», y un texto fijo va entre comillas."
_OPERATIONS = {
    "Call": "una llamada con paréntesis", "Getitem": "corchetes", "CondExpr": "un «if» dentro de las llaves",
    "Test": "la palabra «is»", "Concat": "la unión de textos «~»", "List": "una lista entre corchetes",
    "Tuple": "varios valores separados por comas", "Dict": "un objeto entre llaves", "Slice": "corchetes",
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "Neg", "Pos"), "una operación aritmética"),
}  # fmt: skip


def problems_of_marks(lines: Sequence[str], places: Sequence[str]) -> list[TemplateProblem]:
    """Return all that is wrong with the marks of a template: of each line, and of what opens and never closes."""
    found: dict[TemplateProblem, None] = {}
    if sum(len(MARK.findall(line)) for line in lines) > MOST_MARKS:
        return [TemplateProblem("", f"El texto lleva más de {MOST_MARKS:,} marcas entre llaves; quite las que sobren.")]
    for line, place in zip(lines, places, strict=True):
        for message in _of_line(line):
            found[TemplateProblem(place, message)] = None
    for at, message in _unbalanced(lines, places):
        found[TemplateProblem(places[at], message)] = None
    return list(found)


def _of_line(line: str) -> Iterator[str]:
    outside = MARK.sub(" ", line)
    if brace := re.search("[{}]", outside):
        near = " ".join(outside[max(0, brace.start() - 20) : brace.start() + 40].split())
        yield f"sobra o falta una llave cerca de «{near}»; {_WRITTEN}"
    for found in MARK.finditer(line):
        yield from _of_mark(found[0])


def _of_mark(mark: str) -> Iterator[str]:
    shown = mark if len(mark) <= _SHOWN else f"{mark[: _SHOWN - 1]}…"
    if len(mark) > LONGEST_MARK:
        yield f"la marca «{shown}» es demasiado larga; use {LONGEST_MARK} signos o menos."
        return
    inner = mark[2:-2].strip()
    if re.match(r"\{[{%][-+]|.*[-+][}%]\}$", mark, re.S):
        yield f"quite el signo «-» o «+» pegado a la llave en «{shown}»."
        return
    word = inner.split(" ", 1)[0] if mark.startswith("{%") else ""
    if mark.startswith("{%") and word not in _ORDERS:
        yield f"la orden «{shown}» no está permitida; solo se admiten if, elif, else, endif, for y endfor."
        return
    whole = {
        "": mark, "if": f"{{% {inner} %}}{{% endif %}}", "elif": f"{{% {inner[2:]} %}}{{% endif %}}",
        "for": f"{{% {inner} %}}{{% endfor %}}",
    }.get(word, "" if inner == word else mark)  # fmt: skip
    if not whole:
        return
    try:
        tree = SANDBOX.parse(whole)
    except TemplateSyntaxError:
        yield f"no se entiende «{shown}»; {_WRITTEN}"
        return
    except RecursionError:
        yield f"la marca «{shown}» es demasiado complicada."
        return
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED):
            name = type(node).__name__
            used = _OPERATIONS.get(name, f"algo que no está permitido ({name})")
            yield f"«{shown}» usa {used}; solo se admiten campos y filtros."
            return
    loops = [node for node in tree.body if isinstance(node, nodes.For)]
    if any(one.recursive or one.test or not isinstance(one.target, nodes.Name) for one in loops):
        yield f"«{shown}» repite de un modo que no está permitido; escriba «{{% for nombre in lista %}}»."


def _unbalanced(lines: Sequence[str], places: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield what opens and never closes, or closes elsewhere than it opened: in another paragraph, cell or table."""
    opened: list[tuple[int, str, str, tuple[str, ...]]] = []
    for number, line in enumerate(lines):
        for mark in _orders(line):
            word = mark[2:-2].split()[0] if mark[2:-2].split() else ""
            where = _where(line, places[number])
            if word in ("if", "for"):
                if word == "for" and sum(one[2] == "for" for one in opened) == DEEPEST_LOOPS:
                    yield number, f"«{mark[:_SHOWN]}» repite dentro de otras {DEEPEST_LOOPS}; separe las listas."
                opened.append((number, mark, word, where))
                continue
            wanted = "for" if word == "endfor" else "if"
            # An else may belong to a loop too: to what is said when its list is empty.
            fits = opened and (opened[-1][2] == wanted or (word == "else" and opened[-1][2] == "for"))
            if not fits:
                yield number, f"«{mark}» no tiene un «{{% {wanted} … %}}» abierto antes."
                continue
            if opened[-1][3] != where:
                yield number, f"«{mark}» no está donde se abrió «{opened[-1][1][:_SHOWN]}»: {_ADVICE}"
            if word.startswith("end"):
                opened.pop()
    for number, mark, word, _ in opened:
        yield number, f"«{mark[:_SHOWN]}» no se cierra; falta su «{{% end{word} %}}»."


_ADVICE = "las dos van en el mismo párrafo o celda, o cada una sola en su propio párrafo o fila."


def _orders(line: str) -> Iterator[str]:
    return (found[0] for found in MARK.finditer(line) if found[0].startswith("{%"))


def _where(line: str, place: str) -> tuple[str, ...]:
    """Return what must be the same where an order opens and closes: the text, a table's rows, a paragraph, a cell."""
    bare = line.strip("|").strip()
    if MARK.fullmatch(bare) and bare.count("{%") == 1:
        return ("rows", place.partition(",")[0]) if line.startswith("|") else ("text",)
    return "inside", place

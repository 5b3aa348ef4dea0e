"""The data that an edited template brought about itself: of its own kind, and nothing but names and texts."""

import yaml
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from lxml import etree  # type: ignore[import-untyped]

from .edited_runs import Note
from .markup import split_front
from .refusals import Layer

LONGEST_FRONT = 20_000
"""Characters of the data that a template keeps about itself."""
_NAMES = {"kind", "variant", "version", "title", "pagina", "leyes"}


def front_of(document: WordDocument, kind: str, variant: str, note: Note) -> str:
    """Return the front matter that the file kept; empty when its program dropped it, as Writer does."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.CUSTOM_XML and not relation.is_external:
            root = etree.fromstring(relation.target_part.blob, parser)
            if root.tag == "{urn:convenios:plantilla}plantilla":
                return _checked(root.text or "", kind, variant, note)
    return ""


def _checked(front: str, kind: str, variant: str, note: Note) -> str:
    data = _data(front)
    if data is None:
        note(Layer.READING, "trae dañados los datos de su plantilla; descárguela de nuevo y repita el cambio")
        return ""
    if (data.get("kind"), data.get("variant", "")) != (kind, variant):
        whose = " ".join(str(data.get(name, "")) for name in ("kind", "variant")).strip()
        ours = f"{kind} {variant}".strip()
        note(Layer.READING, f"es la plantilla de {whose[:60] or 'otra clase'}, no de {ours}")
    return front


def _data(front: str) -> dict[str, object] | None:
    """Return the data of a front matter that says only names and texts; None for any other."""
    if len(front) > LONGEST_FRONT or "&" in front or "*" in front:
        return None  # an anchor of YAML can stand for any number of copies
    try:
        data = yaml.safe_load(front)
        split_front(f"---\n{front}\n---\n")
    except (yaml.YAMLError, ValueError):
        return None
    if not isinstance(data, dict) or set(data) - _NAMES or data.get("pagina", "carta") not in ("carta", "oficio"):
        return None
    laws = data.get("leyes") or {}
    texts = [value for name, value in data.items() if name != "leyes"]
    if not isinstance(laws, dict) or not all(isinstance(one, str | int) for one in (*texts, *laws, *laws.values())):
        return None
    return data

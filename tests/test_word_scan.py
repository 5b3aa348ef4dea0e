"""What a Word file asks of its reader, and what it shows besides its words."""

import io
import zipfile
from collections.abc import Callable

import pytest

from documents.engine import PaperRefused, make_paper, visible_text
from documents.refusals import FileRefused
from documents.word_scan import MOST_ELEMENTS, MOST_LETTERS, WORD, scan
from tests import papers
from tests.edits import as_word_saves
from tests.test_hostile_files import png, word

PAPER = make_paper("DICTAMEN", papers.dictamen()).docx
W = f'xmlns:w="{WORD}"'


def edited(before: str, after: str, part: str = "word/document.xml") -> bytes:
    """Return the paper with a change in one of its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PAPER)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                assert before.encode() in content, before
                content = content.replace(before.encode(), after.encode(), 1)
            new.writestr(name, content)
    return made.getvalue()


def joined(name: str, content: bytes) -> bytes:
    """Return the paper with one more part."""
    made = io.BytesIO(PAPER)
    with zipfile.ZipFile(made, "a") as package:
        package.writestr(name, content)
    return made.getvalue()


def story(root: str, words: str) -> bytes:
    """Return a part with one paragraph."""
    return f"<w:{root} {W}><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:{root}>".encode()


END = "<w:sectPr"
SHOWING: dict[str, tuple[str, Callable[[], bytes]]] = {
    "hidden words": (
        "texto oculto",
        lambda: edited(END, f"<w:p><w:r><w:rPr><w:vanish/></w:rPr></w:r></w:p>{END}"),
    ),
    "a picture": ("imágenes", lambda: edited(END, f"<w:p><w:r><w:drawing/></w:r></w:p>{END}")),
    "another picture in the place of one": ("imágenes", lambda: joined("word/media/image2.png", png())),
    "a note": (
        "notas", lambda: joined("word/footnotes.xml", story("footnotes", "No"))),
    "a field that says no": (
        "campos",
        lambda: edited(
            END,
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:t>NO </w:t></w:r>'
            f'<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>{END}',
        ),
    ),
    "a simple field with a figure": (
        "campos",
        lambda: edited(END, f'<w:p><w:fldSimple w:instr="X"><w:r><w:t>9</w:t></w:r></w:fldSimple></w:p>{END}'),
    ),
    "a symbol": ("símbolos", lambda: edited(END, f'<w:p><w:r><w:sym w:char="F0A7"/></w:r></w:p>{END}')),
    "words of a drawing": ("símbolos", lambda: edited(END, f'<w:p><a:t xmlns:a="urn:a">NO</a:t></w:p>{END}')),
    "a numbered paragraph": ("numeración", lambda: edited(END, f"<w:p><w:pPr><w:numPr/></w:pPr></w:p>{END}")),
    "a header of other pages": (
        "encabezados", lambda: joined("word/header7.xml", story("hdr", "ANULADO"))),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWING)
def test_what_the_words_do_not_say_is_noticed(name: str) -> None:
    words, make = SHOWING[name]
    data = make()

    assert visible_text(data) == visible_text(PAPER), "the same words"
    found = scan(data).more_than(scan(PAPER))
    assert len(found) == 1, found
    assert words in found[0]
    assert scan(PAPER).more_than(scan(data)) == ()


def test_a_paper_of_ours_shows_nothing_else() -> None:
    plain = scan(PAPER)
    shown = edited("<w:rPr>", '<w:rPr><w:vanish w:val="0"/>')

    assert (plain.hidden, plain.notes, plain.in_fields, plain.foreign, plain.numbered) == (0, 0, 0, 0, 0)
    assert len(plain.margins) == 2
    assert scan(shown) == plain


def test_a_paper_that_word_saved_again_shows_nothing_else() -> None:
    again = as_word_saves(PAPER)

    assert again != PAPER
    assert visible_text(again) == visible_text(PAPER)
    assert scan(again).more_than(scan(PAPER)) == scan(PAPER).more_than(scan(again)) == ()


def document(body: str) -> bytes:
    return word({"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>".encode()})


HUNGRY = {
    "tags": lambda: document("<w:r/>" * (MOST_ELEMENTS + 1)),
    "attributes": lambda: document(("<w:r " + " ".join(f'a{n}="1"' for n in range(400)) + "/>") * 1000),
    "paragraphs in paragraphs": lambda: document(("<w:p>" * 150 + "<w:r/>" * 50 + "</w:p>" * 150) * 60),
    "depth": lambda: document("<w:r>" * 300 + "</w:r>" * 300),
    "letters": lambda: document("<w:t>" + "a" * (MOST_LETTERS + 1) + "</w:t>"),
    "tags of a part that nothing names": lambda: word({"customXml/a.xml": b"<a>" + b"<b/>" * MOST_ELEMENTS + b"</a>"}),
    "not well-formed": lambda: document("<w:p>"),
}


@pytest.mark.parametrize("name", HUNGRY)
def test_a_file_that_asks_for_too_much_is_refused_before_it_is_read(name: str) -> None:
    with pytest.raises(FileRefused) as caught:
        scan(HUNGRY[name]())

    assert caught.value.code == ("DAMAGED" if name == "not well-formed" else "TOO_COMPLEX")
    assert caught.value.message.endswith(".")


def test_a_relationship_without_its_end_is_refused_in_words() -> None:
    broken = edited(' Target="styles.xml"', "", "word/_rels/document.xml.rels")

    with pytest.raises(PaperRefused, match="no es un documento de Word"):
        visible_text(broken)

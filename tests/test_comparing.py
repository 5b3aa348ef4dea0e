"""How two texts differ: all of it for who may read the paper, and how little anybody else is told."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from documents.comparing import MOST_ADDED, MOST_WORDS, SPARE_ADDED, differences, for_anybody

CLAUSES = [f"Cláusula {number}: la Municipalidad aporta el inmueble y el personal necesario." for number in range(30)]
SECRET = "Comparece Pedro Caal, de cuarenta años, con CUI 1939 71283 0701."
PAPER = "\n".join([*CLAUSES[:10], SECRET, *CLAUSES[10:]])


def text(lines: Sequence[str]) -> str:
    return "\n".join(lines)


def with_line(number: int, *lines: str) -> str:
    kept = PAPER.split("\n")
    return text([*kept[:number], *lines, *kept[number + 1 :]])


def test_a_changed_word_is_marked_on_both_sides() -> None:
    (change,) = differences(PAPER, with_line(10, SECRET.replace("cuarenta", "cincuenta")))

    assert change.line == 11
    assert [piece for piece, other in change.kept if other] == ["cuarenta"]
    assert [piece for piece, other in change.sent if other] == ["cincuenta"]


def test_what_was_added_and_left_out_stands_on_one_side() -> None:
    (left_out,) = differences(PAPER, with_line(10))
    (added,) = differences(PAPER, with_line(10, SECRET, "Otra."))

    assert (left_out.kept, left_out.sent) == (((SECRET, True),), ())
    assert (added.line, added.kept, added.sent) == (12, (), (("Otra.", True),))
    assert differences(PAPER, PAPER) == []
    assert [one.sent for one in differences("", "Una.\nDos.")] == [(("Una.", True),), (("Dos.", True),)]


def test_a_very_long_paragraph_is_marked_whole() -> None:
    long = "palabra " * MOST_WORDS
    (change,) = differences(long.strip(), (long + "más").strip())

    assert [other for _, other in (*change.kept, *change.sent)] == [True, True]


LINES = st.lists(st.sampled_from(["a b", "a c", "d", "e f g", "h"]), max_size=12)


@given(LINES, LINES)
@settings(max_examples=150)
def test_both_texts_can_be_told_from_their_differences(ours: list[str], theirs: list[str]) -> None:
    found = differences(text(ours), text(theirs))

    kept = ["".join(piece for piece, _ in one.kept) for one in found if one.kept]
    sent = ["".join(piece for piece, _ in one.sent) for one in found if one.sent]
    assert Counter(ours) - Counter(kept) == Counter(theirs) - Counter(sent), "what is not told is in both"
    assert Counter(kept) <= Counter(ours)
    assert Counter(sent) <= Counter(theirs)
    assert all(one.kept or one.sent for one in found)
    assert (found == []) == (ours == theirs)


def test_anybody_sees_only_her_own_lines_and_how_many_are_missing() -> None:
    difference = for_anybody(PAPER, with_line(10, "Comparece Pablo Choc."))

    assert difference is not None
    assert (difference.added, difference.missing, difference.places) == (((11, "Comparece Pablo Choc."),), 1, (10,))
    assert "Caal" not in str(difference)
    left_out = for_anybody(PAPER, with_line(10))
    assert left_out is not None
    assert (left_out.added, left_out.missing) == ((), 1)
    assert "Caal" not in str(left_out)


def test_an_empty_file_or_one_of_guesses_learns_nothing() -> None:
    assert for_anybody(PAPER, "") is None
    assert for_anybody(PAPER, SECRET) is None
    assert for_anybody(PAPER, text(CLAUSES[:20])) is None
    # The whole paper but one line, with many guesses of that line in its place.
    guesses = [SECRET.replace("0701", f"{number:04d}") for number in range(695, 705)]
    assert SECRET in guesses
    assert for_anybody(PAPER, with_line(10, *guesses)) is None
    assert for_anybody(PAPER, with_line(10, SECRET, *guesses)) is None
    assert for_anybody(PAPER, PAPER + "\n" + text(guesses)) is None
    few = for_anybody(PAPER, with_line(10, *guesses[: SPARE_ADDED + 1]))
    assert few is not None, "one guess and the spare ones are what a file may hold"
    assert len(few.added) == SPARE_ADDED + 1


def test_all_of_the_words_in_another_order_are_not_the_paper() -> None:
    words = " ".join(sorted(PAPER.split()))

    assert for_anybody(PAPER, words) is None
    assert for_anybody(PAPER, "\n".join(reversed(PAPER.split("\n")))) is None


def test_a_paper_changed_everywhere_is_not_told_line_by_line() -> None:
    changed = text([line.replace("30", "31").replace("aporta", "dará") for line in PAPER.split("\n")])

    assert for_anybody(PAPER, changed) is None
    assert len(differences(PAPER, changed)) > MOST_ADDED


@given(LINES.map(lambda lines: [*lines, "fin"]), LINES)
@settings(max_examples=100)
def test_what_anybody_is_told_holds_no_line_of_the_paper_alone(ours: list[str], theirs: list[str]) -> None:
    told = for_anybody(text(ours), text(theirs))

    if told:
        assert all(theirs[number - 1] == line for number, line in told.added)
        assert len(told.added) <= min(MOST_ADDED, told.missing + SPARE_ADDED)

"""Sheets are printed, rasterised, marked, distorted and read. No database."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest

from wellheard.listen.sheets import layout as lay
from wellheard.listen.sheets.content import NotOnPaperError, content_of
from wellheard.listen.sheets.layout import Layout
from wellheard.listen.sheets.printing import Printed, lay_out, print_run
from wellheard.listen.sheets.reading import (
    FileNotReadError,
    find_code,
    images_of,
    place_page,
    see,
)
from wellheard.listen.sheets.rules import (
    Doubt,
    Mark,
    answers_of,
    checked_value,
    item_of,
    read_code,
    read_page,
    settled,
    state_of,
    thresholds,
    tidy_code,
)
from wellheard.listen.sheets.tests import marking as m
from wellheard.listen.surveys.instruments import instrument, shipped
from wellheard.listen.surveys.rules import AnswerError, read_instrument

LIMITS = thresholds()
PULSE = instrument("pulse")
CODE = "K7Q2M9XA"
CHECK = "0AF391"


def printed(language="en", size=12, paper="a4", asked=PULSE):
    content = content_of(asked, language, "Lakeside Hospital")
    layout = lay_out(content, paper=paper, size=size)
    sheet = Printed(CODE, "Ward 7", [CHECK] * layout.pages)
    return layout, m.pages_of(print_run(content, layout, [sheet], size=size))


@pytest.fixture(scope="module")
def pulse():
    return printed()


def read(image, layout):
    """(code, answers, doubts) of a page image."""
    found = find_code(image)
    assert found is not None
    placed = place_page(found, layout, LIMITS)
    assert placed is not None
    reading = read_page(PULSE, see(placed, layout, found.code.page, LIMITS), LIMITS)
    return found.code, dict(reading.answers), reading.doubts


DISTORTIONS = {
    "clean": lambda image: image,
    "upside down": lambda image: cv2.rotate(image, cv2.ROTATE_180),
    "on its side": lambda image: cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE),
    "skewed": lambda image: m.turned(image, 3.5),
    "skewed and upside down": lambda image: m.turned(cv2.rotate(image, cv2.ROTATE_180), -4),
    "photographed": m.photographed,
    "noisy jpeg": lambda image: cv2.imdecode(
        np.frombuffer(m.jpeg(m.noisy(image), 55), np.uint8), cv2.IMREAD_GRAYSCALE
    ),
    "cropped below": m.cropped,
    "twice as fine": lambda image: cv2.resize(image, None, fx=2, fy=2),
    "coarse": lambda image: cv2.resize(image, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA),
    "stain on code and a mark": lambda image: m.stained(image, 0.1, 0.08),
}


@pytest.mark.capability("B03")
@pytest.mark.parametrize("name", DISTORTIONS)
def test_page_is_read_whichever_way_it_was_scanned(pulse, name):
    layout, pages = pulse
    image = pages[0].copy()
    for code, value, how in [
        ("rating", 8, "cross"),
        ("recommend", 10, "tick"),
        ("nurse_listen", 3, "fill"),
    ]:
        m.mark(image, layout, code, value, page=1, how=how)
    code, answers, doubts = read(DISTORTIONS[name](image), layout)
    assert (code.code, code.page, code.check) == (CODE, 1, CHECK)
    assert answers == {"rating": 8, "recommend": 10, "nurse_listen": 3} and doubts == ()


@pytest.mark.parametrize(("language", "size", "paper"), [("ar", 18, "a4"), ("es", 12, "letter")])
def test_every_box_of_every_page_lies_where_the_layout_says(language, size, paper):
    layout, pages = printed(language, size, paper)
    assert len(pages) == layout.pages and layout.pages > 1
    chance = random.Random(size)
    wanted, got = {}, {}
    for number, page in enumerate(pages, 1):
        for code in {s.code for s in layout.on(number) if s.kind == "tick"}:
            value = chance.choice([s.value for s in layout.on(number) if s.code == code])
            wanted[code] = value
            m.mark(page, layout, code, value, page=number, chance=chance)
        _, answers, doubts = read(m.turned(page, chance.uniform(-2, 2)), layout)
        assert doubts == ()
        got |= answers
    assert got == {code: value for code, value in wanted.items() if value >= 0}


def test_coffee_across_boxes_makes_no_answer_and_hides_none(pulse):
    layout, pages = pulse
    image = pages[0].copy()
    m.mark(image, layout, "nurse_listen", 2, page=1)
    m.mark(image, layout, "nurse_explain", 4, page=1)
    _, answers, doubts = read(m.stained(image, 0.12, 0.6), layout)
    doubtful = {doubt.code for doubt in doubts}
    assert answers.items() <= {"nurse_listen": 2, "nurse_explain": 4}.items()
    assert {"nurse_listen", "nurse_explain"} <= set(answers) | doubtful


@pytest.mark.parametrize(
    ("marks", "answer", "doubt"),
    [
        ([(2, "faint")], None, "faint"),
        ([(2, "cross"), (4, "cross")], None, "double"),
        ([(2, "fill"), (4, "cross")], 4, None),
        ([(1, "fill"), (2, "fill"), (4, "cross")], 4, None),
        ([(2, "fill"), (4, "fill")], None, "double"),
    ],
)
def test_corrections_are_followed_and_what_is_unclear_is_shown_to_people(
    pulse, marks, answer, doubt
):
    layout, pages = pulse
    image = pages[0].copy()
    for value, how in marks:
        m.mark(image, layout, "nurse_listen", value, page=1, how=how)
    _, answers, doubts = read(m.noisy(image), layout)
    assert answers.get("nurse_listen") == answer
    assert doubts == ((Doubt("nurse_listen", doubt),) if doubt else ())


def test_written_words_are_seen_and_an_empty_field_is_not(pulse):
    layout, pages = pulse
    page = next(s.page for s in layout.spots if s.kind == "area")
    assert read(m.noisy(pages[page - 1]), layout)[2] == ()
    image = pages[page - 1].copy()
    m.mark(image, layout, "comment", 0, page=page, how="write")
    assert read(m.turned(image, 1.5), layout)[2] == (Doubt("comment", "words"),)


def test_page_without_our_code_or_without_its_marks_is_told(pulse):
    layout, pages = pulse
    assert find_code(np.full((1800, 1270), 255, np.uint8)) is None
    assert read_code("https://example.org/c/7KQ2M") is None
    half = pages[0].copy()
    half[300:] = 255
    half[:, 800:] = 255
    found = find_code(half)
    assert found is not None and place_page(found, layout, LIMITS) is None


def test_files_of_every_kind_are_read_and_others_kindly_refused(pulse):
    _, pages = pulse
    assert len(list(images_of(m.tiff(pages[:2]), LIMITS))) == 2
    assert len(list(images_of(m.png(pages[0]), LIMITS))) == 1
    for content in (b"GIF89a....", b"%PDF-1.7 broken", b"\x89PNG broken", b""):
        with pytest.raises(FileNotReadError, match="kind"):
            list(images_of(content, LIMITS))
    with pytest.raises(FileNotReadError, match="big"):
        list(images_of(b"%PDF" + bytes(LIMITS.most_bytes), LIMITS))


def test_layout_is_kept_as_data_and_the_same_for_a_long_place_name(pulse):
    layout, _ = pulse
    assert Layout.read(layout.kept()) == layout
    content = content_of(PULSE, "en", "Lakeside Hospital")
    pages = m.pages_of(
        print_run(content, layout, [Printed(CODE, "Ward " * 60, [CHECK] * 3)] * 2, size=12)
    )
    assert len(pages) == 2 * layout.pages
    m.mark(pages[3], layout, "rating", 0, page=1)
    assert read(pages[3], layout)[1] == {"rating": 0}
    assert len(lay.mark_places(210, 297)) == 8


def test_every_shipped_instrument_can_be_set_in_its_languages():
    for asked in shipped().values():
        content = content_of(asked, "en", "H")
        assert lay_out(content, paper="a4", size=18).pages >= 1


def definition(kind, **more):
    item = {"code": "q", "kind": kind, "scale": "s", "text": {"en": "Q"}} | more
    words = [{"value": n, "words": {"en": f"W{n}"}, "alone": n == 3} for n in (1, 2, 3)]
    return {
        "code": "own", "version": 1, "effective_from": "2026-01-01", "source": "s", "owner": "o",
        "title": {"en": "T"}, "intro": {"en": ""}, "scales": {"s": words},
        "items": [item, {"code": "why", "kind": "text", "text": {"en": "Why?"},
                         "ask_if": {"item": "q", "in": [1]}}],
    }  # fmt: skip


def seen(code, *marked):
    return [Mark(code, n, "tick", 0.4 if n in marked else 0.0, 0.0) for n in (1, 2, 3)]


def test_several_answers_rows_and_conditions_are_read_as_the_web_reads_them():
    several = read_instrument(definition("multiple"))
    assert read_page(several, seen("q", 1, 2), LIMITS).answers == {"q": [1, 2]}
    assert read_page(several, seen("q", 1, 3), LIMITS).doubts == (Doubt("q", "double"),)
    rows = [{"code": "a", "text": {"en": "A"}}, {"code": "b", "text": {"en": "B"}}]
    matrix = read_instrument(definition("matrix", rows=rows))
    reading = read_page(matrix, seen("q_a", 2) + seen("q_b"), LIMITS)
    assert reading.answers == {"q_a": 2} and answers_of(matrix, reading.answers) == {"q": {"a": 2}}
    assert item_of(matrix, "q_b").code == "q" and checked_value(item_of(matrix, "q_b"), "q_b", " 3")
    only_once = read_instrument(definition("choice"))
    assert answers_of(only_once, {"q": 2, "why": "Words"}) == {"q": 2}
    assert answers_of(only_once, {"q": 1, "why": "Words"}) == {"q": 1, "why": "Words"}
    hint = content_of(only_once, "en", "H").questions[1]["hints"][0]
    assert "question 1" in hint and "W1" in hint
    with pytest.raises(AnswerError):
        checked_value(only_once.items[0], "q", "9")
    with pytest.raises(NotOnPaperError, match="kind q"):
        content_of(read_instrument(definition("ranking")), "en", "H")
    with pytest.raises(NotOnPaperError, match="language"):
        content_of(only_once, "fr", "H")


def test_between_empty_and_marked_nobody_guesses():
    states = [
        state_of(Mark("q", 1, "tick", ink, trace), LIMITS)
        for ink, trace in [(0, 0), (0.01, 0.2), (0.05, 0.05), (0.1, 0.1), (0.95, 0.95)]
    ]
    assert states == ["empty", "doubtful", "doubtful", "crossed", "filled"]


@pytest.mark.parametrize(
    ("keyed", "value"),
    [(["3"], None), (["3", "3"], "3"), (["3", "4"], None), (["3", "4", "4"], "4"),
     (["3", "4", ""], ""), (["", ""], "")],
)  # fmt: skip
def test_two_people_agree_or_a_third_decides(keyed, value):
    assert settled(keyed, 2) == value


def test_typed_number_is_tidied():
    assert tidy_code(" k7q2-m9xa ") == CODE

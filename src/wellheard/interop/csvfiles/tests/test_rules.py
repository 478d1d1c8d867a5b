"""Which column is what, and which rows cannot be taken."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.interop.csvfiles import rules
from wellheard.interop.csvfiles.codec import FileRefusedError, read_table
from wellheard.interop.csvfiles.rules import (
    choose_layout,
    fingerprint,
    guess_layout,
    rating_scale,
    read_comments,
    read_moment,
    read_responses,
)

CHICAGO = "America/Chicago"
ITEMS = {"rating": (0, 10), "nurse_listen": (1, 4)}


def comments(text):
    table = read_table(text.encode())
    return read_comments(table, guess_layout("comments", table.header), zone=CHICAGO)


def responses(text):
    table = read_table(text.encode())
    layout = guess_layout("responses", table.header, ITEMS)
    return read_responses(table, layout, zone=CHICAGO, items=ITEMS)


def told(reading):
    return [(fault.line, fault.column, fault.reason) for fault in reading.faults]


@pytest.mark.parametrize(
    ("header", "used", "ignored"),
    [
        (("text",), {"text": "text"}, ()),
        (("TEXT", "Ward"), {"text": "TEXT", "place": "Ward"}, ()),
        (("Feedback", "Shoe size"), {"text": "Feedback"}, ("Shoe size",)),
        (("comment", "text"), {"text": "text"}, ("comment",)),
        (("Free-Text", "Date Received"), {"text": "Free-Text", "received_at": "Date Received"}, ()),
        (("id", "text", ""), {"text": "text", "comment_id": "id"}, ()),
    ],
)
def test_guess_layout_prefers_our_names_then_known_headings(header, used, ignored):
    layout = guess_layout("comments", header)
    assert (dict(layout.used), layout.ignored) == (used, ignored)


def test_guess_layout_without_a_text_column_names_what_there_is():
    with pytest.raises(FileRefusedError, match=r"no column 'text'; the columns are: a, b"):
        guess_layout("comments", ("a", "b"))


def test_choose_layout_refuses_a_column_that_is_not_in_the_file():
    with pytest.raises(FileRefusedError, match="no column 'Words' in the file"):
        choose_layout("comments", ("text",), {"text": "Words"})


def test_fault_names_line_column_of_the_file_and_reason():
    reading = comments("text,Date\nfine,2026-03-04\nbad,yesterday\n")
    (fault,) = reading.faults
    assert fault.as_dict() == {
        "line": 3,
        "column": "Date",
        "reason": "'yesterday' is not a date as year-month-day, for example 2026-03-31",
    }
    assert json.dumps(fault.as_dict())


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("rating", "eleven", "'eleven' is not a number from 0 to 100"),
        ("rating", "101", "'101' is not a number from 0 to 100"),
        ("rating", "9" * 400, "is not a number from 0 to 100"),
        ("received_at", "03/04/2026", "is not a date as year-month-day"),
        ("received_at", "0202-03-04", "the year 202 cannot be right"),
        ("received_at", "0001-01-01T00:00:00+14:00", "the year 1 cannot be right"),
        ("received_at", "9999-12-31", "the year 9999 cannot be right"),
        ("question_type", "angry", "is not one of what_good, could_improve, nonspecific"),
        ("language", "English, please", "is not a language code"),
        ("place", "x" * 201, "is longer than 200 characters"),
        ("comment_id", "x" * 81, "is longer than 80 characters"),
    ],
)
def test_value_that_cannot_be_taken_is_a_fault_of_its_row_only(column, value, reason):
    reading = comments(f'text,{column}\ngood,\nfaulty,"{value}"\ngood too,\n')
    assert [line for line, _ in reading.rows] == [2, 4]
    ((line, named, said),) = told(reading)
    assert (line, named) == (3, column) and reason in said


def test_every_fault_of_a_row_is_told_at_once():
    reading = comments("text,rating,received_at\nx,many,never\n")
    assert [column for _, column, _ in told(reading)] == ["received_at", "rating"]


def test_text_of_fifty_thousand_characters_is_taken_and_one_more_refused():
    assert not comments("text\n" + "a" * 50_000 + "\n").faults
    assert told(comments("text\n" + "a" * 50_001 + "\n")) == [
        (2, "text", "is longer than 50,000 characters")
    ]


def test_rows_without_text_are_counted_as_empty():
    reading = comments("text,place\n ,Ward 7\nwords,Ward 7\n")
    assert (reading.empty, len(reading.rows), reading.faults) == (1, 1, [])


def test_script_tags_and_formulas_are_words_like_others():
    reading = comments('text\n"<script>alert(1)</script>"\n=1+1\n')
    assert [values["text"] for _, values in reading.rows] == ["<script>alert(1)</script>", "=1+1"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-04", datetime(2026, 3, 4, 18, tzinfo=UTC)),
        ("2026/07/04", datetime(2026, 7, 4, 17, tzinfo=UTC)),
        ("2026-03-04 09:30", datetime(2026, 3, 4, 15, 30, tzinfo=UTC)),
        ("2026-03-04T09:30:00Z", datetime(2026, 3, 4, 9, 30, tzinfo=UTC)),
        ("2026-03-04T09:30:00+02:00", datetime(2026, 3, 4, 7, 30, tzinfo=UTC)),
        (" 2026-03-04 00:00:00 ", datetime(2026, 3, 4, 6, tzinfo=UTC)),
    ],
)
def test_read_moment_means_the_zone_of_the_organisation(text, moment):
    assert read_moment(text, CHICAGO) == moment


@given(text=st.text(max_size=30))
def test_read_moment_gives_a_moment_or_says_why_not(text):
    try:
        moment = read_moment(text, "Pacific/Kiritimati")
    except ValueError as error:
        assert "is not a date" in str(error) or "cannot be right" in str(error)
    else:
        assert 1989 <= moment.year <= 2100 and moment.tzinfo is UTC


def test_response_answers_are_checked_against_the_scale_of_each_item():
    reading = responses("rating,nurse_listen,mode\n10,4,paper\n11,0,web\n4.5,x,telegraph\n")
    assert [values["answers"] for _, values in reading.rows] == [{"rating": 10, "nurse_listen": 4}]
    assert told(reading) == [
        (3, "rating", "'11' is not a whole number from 0 to 10"),
        (3, "nurse_listen", "'0' is not a whole number from 1 to 4"),
        (4, "mode", "'telegraph' is not one of web, paper, phone, kiosk, sms, mail, api, assisted"),
        (4, "rating", "'4.5' is not a whole number from 0 to 10"),
        (4, "nurse_listen", "'x' is not a whole number from 1 to 4"),
    ]


def test_response_without_an_answer_or_a_word_is_empty():
    reading = responses("rating,comment,sex\n,,female\n,Kind,\n7,,\n")
    assert (reading.empty, len(reading.rows)) == (1, 2)


@pytest.mark.parametrize(
    ("ratings", "top"), [([], 5), ([1, 5], 5), ([4, 9], 10), ([0, 10], 10), ([3, 85], 100)]
)
def test_rating_scale_is_asked_of_the_whole_file(ratings, top):
    assert rating_scale(ratings) == top


def test_fingerprint_is_the_id_when_there_is_one():
    one = fingerprint("c", {"comment_id": "7", "text": "a"}, 0)
    assert one == fingerprint("c", {"comment_id": "7", "text": "changed"}, 3)
    assert one != fingerprint("c", {"comment_id": "8", "text": "a"}, 0)
    assert one != fingerprint("other", {"comment_id": "7", "text": "a"}, 0)
    assert len(one) <= 64


def test_fingerprint_without_an_id_keeps_equal_words_of_two_people_apart():
    nothing = {"text": "Nothing.", "received_at": None, "respondent_id": ""}
    assert fingerprint("c", nothing, 0) != fingerprint("c", nothing, 1)
    dated = {"text": "Nothing.", "received_at": "2026-03-04", "respondent_id": "r1"}
    assert fingerprint("c", dated, 0) == fingerprint("c", dated, 1)


@given(
    header=st.lists(
        st.sampled_from(["text", "Text", "date", "ward", "x", "", "lang", "score"]), unique=True
    )
)
def test_every_heading_is_used_once_or_ignored_by_name(header):
    try:
        layout = guess_layout("comments", header)
    except FileRefusedError:
        assert not {name.casefold() for name in header} & {"text"}
    else:
        used = list(layout.used.values())
        assert len(used) == len(set(used))
        assert sorted([*used, *layout.ignored]) == sorted(name for name in header if name)


def test_columns_that_are_needed_are_columns_we_know():
    for kind, needed in rules.columns()["needed"].items():
        assert set(needed) <= set(rules.columns()[kind])

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.base.audit.rules import FIRST, Entry, first_broken, link

KEY = b"k" * 32


def chain(count: int) -> list[tuple[Entry, str]]:
    rows, previous = [], FIRST
    for number in range(1, count + 1):
        entry = Entry(1, number, f"2026-03-0{number % 9 + 1}", "staff", "7", "read", "x.y", "3", {})
        previous = link(KEY, previous, entry)
        rows.append((entry, previous))
    return rows


def head(rows: list[tuple[Entry, str]]) -> tuple[int, str]:
    return (len(rows), rows[-1][1] if rows else FIRST)


@pytest.mark.capability("C04")
@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_chain_untouched_is_whole(count):
    rows = chain(count)
    assert first_broken(KEY, rows, head=head(rows)) is None


@given(st.integers(1, 12), st.data())
def test_chain_edited_anywhere_names_that_row(count, data):
    rows = chain(count)
    at = data.draw(st.integers(0, count - 1))
    field = data.draw(st.sampled_from(["actor_ref", "action", "object_id", "at"]))
    rows[at] = (replace(rows[at][0], **{field: "changed"}), rows[at][1])
    broken = first_broken(KEY, rows, head=head(chain(count)))
    assert broken is not None and broken.sequence == at + 1


@given(st.integers(2, 12), st.data())
def test_chain_row_deleted_names_the_gap(count, data):
    rows = chain(count)
    at = data.draw(st.integers(0, count - 1))
    end = head(rows)
    del rows[at]
    broken = first_broken(KEY, rows, head=end)
    assert broken is not None and broken.sequence == at + 1


def test_chain_rows_swapped_is_broken_at_the_first():
    rows = chain(5)
    rows[1], rows[2] = rows[2], rows[1]
    broken = first_broken(KEY, rows, head=head(chain(5)))
    assert broken is not None and broken.sequence == 2


def test_chain_rewritten_with_another_key_is_broken_at_once():
    rows = chain(3)
    broken = first_broken(b"other" * 7, rows, head=head(rows))
    assert broken is not None and broken.sequence == 1

"""Every other component says what it should, in any language and at any edge."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from wellheard.base.pages.templatetags.icons import DIRECTED, PATHS

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)


def drawn(source: str, language: str = "en", **context: object) -> str:
    with translation.override(language):
        return Template("{% load wellheard %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("left", "state", "words"),
    [
        (timedelta(days=2, hours=1), "fine", "2 days left"),
        (timedelta(hours=24), "soon", "1 day left"),
        (timedelta(minutes=5), "soon", "5 minutes left"),
        (timedelta(0), "soon", "1 minute left"),
        (timedelta(seconds=-1), "late", "1 minute late"),
        (timedelta(hours=-5), "late", "5 hours late"),
    ],
)
def test_due_names_rule_state_and_time(left: timedelta, state: str, words: str) -> None:
    html = drawn("{% due due_at now=now rule='Written reply' %}", due_at=NOW + left, now=NOW)
    assert f"due {state}" in html
    assert "Written reply:" in html and words in html


def test_due_when_done_no_longer_counts() -> None:
    html = drawn("{% due due_at now=now rule='Call back' done=True %}", due_at=NOW, now=NOW)
    assert "Call back: done" in html and "late" not in html


def test_button_with_address_is_a_link() -> None:
    html = drawn("{% button 'Open' url=url %}", url="/x?a=1&b=2")
    assert html.startswith('<a class="button" href="/x?a=1&amp;b=2"')


def test_button_for_a_dialog_does_not_send_the_form() -> None:
    html = drawn("{% button 'Close' dialog='close' %}")
    assert 'type="button"' in html and 'aria-haspopup="dialog"' in html


def test_stat_carries_n_interval_method_and_meaning() -> None:
    html = drawn(
        "{% stat 'Listened' 78 n=412 low=74 high=82 method='Wilson' meaning='Steady.' url='/r' %}"
    )
    for words in (
        "Listened",
        "78\u202f%",
        "n\u202f412, 74\u201382",
        "Wilson",
        "Steady.",
        'href="/r"',
    ):
        assert words in html


def test_stat_that_is_suppressed_shows_a_dash_and_no_line() -> None:
    html = drawn("{% stat 'Listened' value n=4 meaning='Too few to score.' %}", value=None)
    assert "\u2013" in html and "Too few to score." in html and "<svg" not in html


def test_sparkline_keeps_gaps() -> None:
    html = drawn("{% sparkline values label='Rising' %}", values=[1, 2, None, 3, 4])
    assert html.count("<polyline") == 2
    assert 'aria-label="Rising"' in html


def test_sparkline_of_one_value_and_of_equal_values_is_flat() -> None:
    assert 'points="0.0,16.0"' in drawn("{% sparkline values label='x' %}", values=[5])
    assert 'points="0.0,16.0 120.0,16.0"' in drawn("{% sparkline v label='x' %}", v=[5, 5])


def test_sparkline_writes_points_with_a_dot_in_every_language() -> None:
    html = drawn("{% sparkline v label='x' centre=1.5 %}", language="es", v=[1, 1.5, 2.25])
    assert 'y1="18.6"' in html and "M120.0 3.0h0" in html


def test_sparkline_without_values_draws_nothing() -> None:
    html = drawn("{% sparkline values label='Nothing yet' %}", values=[None, None])
    assert "<polyline" not in html and "<path" not in html


def test_quote_keeps_language_and_direction() -> None:
    html = drawn("{% quote 'لم يأتِ أحد' language='ar' at=day %}", day=NOW)
    assert '<blockquote lang="ar" dir="auto">' in html
    assert "22 November 2026" in html


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ana Moreno", "AM"),
        ("Ben", "B"),
        ("Maria del Carmen Ruiz", "MR"),
        ("ليلى حداد", "لح"),
        ("42", "?"),
        ("", "?"),
    ],
)
def test_avatar_shows_initials(name: str, initials: str) -> None:
    assert f">{initials}</span>" in drawn("{% avatar name %}", name=name)


def test_pagination_keeps_the_filters() -> None:
    request = RequestFactory().get("/x", {"place": "7", "page": "2"})
    page = Paginator(range(100), 10).page(2)
    html = drawn("{% pagination page %}", request=request, page=page)
    assert 'href="?place=7&amp;page=3"' in html
    assert "11–20 of 100" in html
    assert 'rel="prev"' in html and 'rel="next"' in html


def test_pagination_of_one_page_is_nothing() -> None:
    assert drawn("{% pagination page %}", page=Paginator([1], 10).page(1)) == ""


def test_tabs_mark_the_current_one_and_show_zero() -> None:
    items = [
        {"label": "Mine", "url": "?", "current": True, "count": 0},
        {"label": "All", "url": "?a"},
    ]
    html = drawn("{% tabs items label='Inbox' %}", items=items)
    assert html.count("aria-current") == 1
    assert html.count("count-badge") == 1 and ">0<" in html


def test_undo_offers_a_form_with_its_own_token() -> None:
    html = drawn("{% undo 'Closed' '/undo/1' seconds=8 %}", csrf_token="t0ken")
    assert 'data-undo="8"' in html and 'role="status"' in html
    assert 'method="post"' in html and "t0ken" in html


def test_timeline_tells_who_and_when() -> None:
    html = drawn(
        "{% timeline label='Case' %}{% entry title='Called' at=at who='Ana' %}<p>Well</p>"
        "{% endentry %}{% endtimeline %}",
        at=NOW,
    )
    assert '<ol class="timeline" aria-label="Case">' in html
    assert "<bdi>Ana</bdi>" in html and 'datetime="2026-11-22T14:05:00+00:00"' in html


def test_entry_without_words_has_no_empty_body() -> None:
    html = drawn("{% entry title='Opened' %} {% endentry %}")
    assert 'class="body"' not in html


def test_facts_take_pairs_and_links() -> None:
    items = [("Place", "Ward 7"), {"name": "Story", "value": "Bell", "url": "/e"}]
    html = drawn("{% facts items %}", items=items)
    assert "<dt>Place</dt>" in html
    assert 'href="/e">Change<span class="visually-hidden"> Story</span>' in html


@pytest.mark.parametrize(
    ("urgency", "said"), [("now", "Danger to life:"), ("soon", "Today:"), ("", "Not urgent:")]
)
def test_care_card_says_its_urgency_to_screen_readers(urgency: str, said: str) -> None:
    html = drawn("{% care 'Call us if' urgency=u %}<p>x</p>{% endcare %}", u=urgency)
    assert f'<span class="visually-hidden">{said} </span>Call us if' in html


def test_icon_without_label_is_hidden_and_with_label_is_named() -> None:
    assert 'aria-hidden="true"' in drawn("{% icon 'clock' %}")
    assert 'role="img" aria-label="Due"' in drawn("{% icon 'clock' label='Due' %}")


def test_icon_that_does_not_exist_fails() -> None:
    with pytest.raises(KeyError):
        drawn("{% icon 'smiley' %}")


def test_icons_that_point_turn_round_and_clocks_do_not() -> None:
    assert set(PATHS) >= DIRECTED
    assert "icon-flip" in drawn("{% icon 'back' %}")
    assert "icon-flip" not in drawn("{% icon 'clock' %}")


def test_block_parts_escape_nothing_twice() -> None:
    html = drawn("{% card heading=name %}{{ words }}{% endcard %}", name="A & B", words="1 < 2 & 3")
    assert "A &amp; B" in html and "1 &lt; 2 &amp; 3" in html


def test_filters_write_numbers_and_moments() -> None:
    html = drawn(
        "{{ n|number }} {{ c|signed }} {{ p|percent:1 }} {{ t|moment }}",
        n=12345,
        c=-3.8,
        p=61.44,
        t=NOW,
    )
    assert "12\u202f345" in html and "\u22123.8" in html and "61.4\u202f%" in html
    assert "22 November 2026, 14:05</time>" in html


def test_figure_in_a_sentence_keeps_its_order() -> None:
    html = drawn("{% figure 78 n=412 low=74 high=82 %}", language="ar")
    assert '<span class="figure" dir="ltr">' in html

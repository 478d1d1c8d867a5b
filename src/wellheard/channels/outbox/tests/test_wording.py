"""Templates: filled safely, linted, and every one that is shipped is fit to be sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wellheard
from wellheard.channels.outbox.scanner import private_findings
from wellheard.channels.outbox.segments import size_of
from wellheard.channels.outbox.stopline import stop_line, with_stop_line
from wellheard.channels.outbox.wording import (
    WordingError,
    fill,
    lint,
    load_wording,
    places_in,
    read_wording,
)

SHIPPED = sorted(Path(wellheard.__file__).parent.glob("*/*/wordings/*.json"))


def spoken(**changes: Any) -> dict[str, Any]:
    return {
        "reviewed_by": "Ana Ruiz",
        "reviewed_on": "2026-11-01",
        "opening": {"named": "Dear {name},", "unnamed": "Hello,"},
        "subject": "We have your story {reference}",
        "body": "{opening}\n\nWe read {reference}. See {link}",
        "short": "There is an answer: {link}",
    } | changes


def page(**changes: Any) -> dict[str, Any]:
    every = {
        "code": "case_received",
        "version": 3,
        "effective_from": "2026-11-01",
        "purpose": "reply",
        "values": ["reference", "link"],
        "languages": {"en": spoken(), "es": spoken(), "ar": spoken()},
    }
    return every | changes


def filled(**values: str | None) -> Any:
    plain = {"reference": "C-7K3F9Q", "link": "https://example.org/f/1"}
    return fill(read_wording(page()), "en", **(plain | values))


@pytest.mark.capability("E04")
def test_name_is_used_in_the_opening() -> None:
    assert filled(name="Rosa").body.startswith("Dear Rosa,\n\nWe read C-7K3F9Q.")


@pytest.mark.capability("E04")
@pytest.mark.parametrize("name", [None, "", "   ", "None", "NULL", "null", "N/A", "unknown", "-"])
def test_missing_name_never_stands_in_a_letter(name: str | None) -> None:
    assert filled(name=name).body.startswith("Hello,\n\n")


def test_name_may_be_left_out() -> None:
    assert filled().body.startswith("Hello,")


def test_name_cannot_break_lines_or_fill_the_letter() -> None:
    words = filled(name="Rosa\r\nBcc: x " + "a" * 500)
    assert words.body.split("\n")[0].startswith("Dear Rosa Bcc: x aaa")
    assert len(words.body.split("\n")[0]) < 80


@pytest.mark.parametrize("value", ["{{7*7}}", "{link}", "{name}", "%s", "${7*7}", "{% now %}"])
def test_value_stays_what_it_is(value: str) -> None:
    assert f"We read {value}. See https" in filled(reference=value).body


def test_braces_of_a_template_stay_what_they_are() -> None:
    part = spoken(body="{opening} {{7*7}} {7} { link } {reference} {link}")
    words = fill(
        read_wording(page(languages={"en": part})), "en", reference="R", link="https://example.org"
    )
    assert words.body == "Hello, {{7*7}} {7} { link } R https://example.org"


@pytest.mark.parametrize("missing", [{"link": None}, {"link": ""}, {"link": "  "}])
def test_place_without_a_value_is_refused(missing: dict[str, str | None]) -> None:
    with pytest.raises(WordingError, match="nothing to say for link"):
        filled(**missing)


def test_value_without_a_place_is_refused() -> None:
    with pytest.raises(WordingError, match="no place for diagnosis"):
        filled(diagnosis="flu")


def test_unknown_place_is_refused_when_filled() -> None:
    template = read_wording(page(languages={"en": spoken(body="{opening} {secret}")}))
    with pytest.raises(WordingError, match="secret"):
        fill(template, "en", reference="R", link="L")


@pytest.mark.parametrize(
    ("asked", "given_"), [("es-MX", "es"), ("AR", "ar"), ("fr", "en"), ("", "en"), ("en_GB", "en")]
)
def test_nearest_language_is_taken(asked: str, given_: str) -> None:
    assert fill(read_wording(page()), asked, reference="R", link="L").language == given_


def test_subject_is_one_line() -> None:
    assert filled(reference="a\r\nBcc: x").subject == "We have your story a Bcc: x"


@given(st.text(max_size=80), st.text(min_size=1, max_size=80))
def test_any_value_is_put_in_whole_or_refused(name: str, reference: str) -> None:
    try:
        words = filled(name=name, reference=reference)
    except WordingError:
        assert not reference.strip()
        return
    assert f"We read {reference}. See" in words.body
    assert "None" not in words.body.split("\n")[0] or "None" in name


# -- the linter ---------------------------------------------------------------------------------------


def remarks(**changes: Any) -> str:
    languages = {"en": spoken(**changes), "es": spoken(), "ar": spoken()}
    return "; ".join(r.what for r in lint(read_wording(page(languages=languages))))


def test_good_template_has_no_remarks() -> None:
    assert remarks() == ""


@pytest.mark.capability("A05")
@pytest.mark.parametrize(
    ("change", "remark"),
    [
        ({"short": "Your diabetes check: {link}"}, "condition"),
        ({"short": "Su tratamiento de diálisis: {link}"}, "condition"),
        ({"short": "موعد علاج السرطان {link}"}, "condition"),
        ({"short": "Write to x@example.org {link}"}, "email"),
        ({"short": "Call (312) 555-0100 {link}"}, "telephone"),
        ({"short": "Born 04/03/1961 {link}"}, "birth"),
        ({"short": "See http://example.org {link}"}, "plain_link"),
        ({"short": "x" * 460 + "{link}"}, "longer than"),
        ({"short": "{opening} {link}"}, "names nobody"),
        ({"subject": "Your cancer clinic {reference}"}, "condition"),
        ({"subject": "Two\nlines {reference}"}, "one short line"),
        ({"body": "{opening} {reference} {link} {colour}"}, "an unknown place {colour}"),
        ({"body": "{opening} {link}", "subject": "Us"}, "{reference} is not used"),
        ({"body": "{opening} {reference} {link} {name}"}, "outside the named opening"),
        ({"opening": {"named": "Dear {name},"}}, "no opening for a person without a name"),
    ],
)
def test_linter_refuses(change: dict[str, Any], remark: str) -> None:
    assert remark in remarks(**change)


def test_language_that_is_missing_is_named() -> None:
    found = lint(read_wording(page(languages={"en": spoken()})))
    assert [r.where for r in found] == ["es", "ar"]


@pytest.mark.parametrize(
    "broken",
    [
        {"languages": {"en": spoken(reviewed_by=" ")}},
        {"languages": {"en": {"body": "x"}}},
        {"version": "x"},
        {"effective_from": "soon"},
    ],
)
def test_page_without_reviewer_or_parts_cannot_be_read(broken: dict[str, Any]) -> None:
    with pytest.raises(WordingError):
        read_wording(page(**broken))


def test_newest_version_is_taken_unless_one_is_named(tmp_path: Path) -> None:
    for version in (2, 10):
        (tmp_path / f"case_received-{version}.json").write_text(json.dumps(page(version=version)))
    assert load_wording(tmp_path, "case_received").version == 10
    assert load_wording(tmp_path, "case_received", 2).version == 2
    with pytest.raises(WordingError):
        load_wording(tmp_path, "case")
    with pytest.raises(WordingError):
        load_wording(tmp_path, "case_received", 3)


# -- everything that is shipped ------------------------------------------------------------------------


@pytest.mark.capability("N03")
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_shipped_template_is_fit_to_be_sent(path: Path) -> None:
    template = read_wording(json.loads(path.read_text("utf-8")))
    assert path.stem == f"{template.code}-{template.version}"
    assert lint(template) == ()


@pytest.mark.parametrize("language", ["en", "es", "ar", "es-MX", "fr"])
def test_stop_line_says_the_word_and_is_short(language: str) -> None:
    line = stop_line(language)
    assert "STOP" in line.split()
    assert size_of(f"x {line}").parts == 1
    assert private_findings(line) == ()


def test_stop_line_stands_once() -> None:
    once = with_stop_line("Hello", "en")
    assert with_stop_line(once, "en") == once


@pytest.mark.parametrize(
    "text",
    [
        "Riverbend: we have your story C-7K3F9Q. See https://example.org/en/follow/3125550123",
        "The nurse manager of ward 7 will call you by 8 December.",
        "Gracias por contarnos su visita del martes a las 10:30.",
        "شكرا لك. قرأنا ما أخبرتنا به عن زيارتك يوم الثلاثاء.",
        "قسم المرضى: وصلت رسالتك.",
        "",
    ],
)
def test_plain_text_is_not_taken_for_private(text: str) -> None:
    assert private_findings(text) == ()


@pytest.mark.capability("N03")
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("your DIABÉTES", "condition"),
        ("su embarazo", "condition"),
        ("عن مرض السكري", "condition"),
        ("والسكّري", "condition"),
        ("the oncology clinic", "treatment"),
        ("rosa.diaz@example.org", "email"),
        ("+13125550123", "telephone"),
        ("312-555-0123", "telephone"),
        ("1961-03-04", "birth"),
        ("MRN 99817", "record_number"),
        ("<b>hello", "markup"),
    ],
)
def test_private_matter_is_found(text: str, kind: str) -> None:
    assert kind in private_findings(f"Hello, {text} today")


def test_places_are_words_between_single_braces() -> None:
    assert places_in("{a} {{b}} {c_d} {E} {1}") == {"a", "c_d"}

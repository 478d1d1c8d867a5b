"""What may not stand in a public reply: by rules as data, however it is written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.resolve.replies.policy import LANGUAGES, lint_rules, templates
from wellheard.resolve.replies.presenters import BEGINNINGS
from wellheard.resolve.replies.rules.linting import lint, says

pytestmark = pytest.mark.capability("B12")
BLOCKED = {
    "Sorry about your visit last week": {"confirms", "date"},
    "We are sorry about your recent stay.": {"confirms"},
    "Thank you for choosing us": {"confirms"},
    "You were never a patient here": {"denies"},
    "We have no record of you": {"denies"},
    "Dear Maria, we read this": {"name"},
    "Dr. Kim told us about it": {"staff"},
    "Nurse Kelly will call": {"staff"},
    "It was on March 3": {"date"},
    "You came on 03/04/2026": {"confirms", "date"},
    "The surgery went as planned": {"condition"},
    "We looked at your chart": {"record"},
    "Look up number 88 12 345": {"record"},
    "Your bill was right": {"payment"},
    "Your mother deserved better": {"relative"},
    "Please remove your review": {"pressure"},
    "Lo sentimos por su visita la semana pasada": {"confirms", "date"},
    "Gracias por confiar en nosotros": {"confirms"},
    "Estimada María": {"name"},
    "Usted nunca ha sido paciente": {"denies"},
    "Revisamos su historial": {"record"},
    "نأسف لزيارتك الأسبوع الماضي": {"confirms", "date"},
    "عزيزي أحمد": {"name"},
    "شكرا لاختياركم مستشفانا": {"confirms"},
    "راجعنا ملفك": {"record"},
}
FINE = (
    "Thank you for your feedback. We take all comments seriously.",
    "Privacy law keeps us from saying whether anybody is a patient.",
    "Please contact our patient experience team. We are open 24/7.",
    "Cleanliness and short waits matter to us; we work on both.",
    "We may not discuss anything here, and you may reach us any time.",
    "Gracias por sus palabras.",
    "شكرا على كلماتك",
)
# Nothing among these is a letter or a digit: hyphens, dots, marks, a zero-width space, a joiner,
# a direction mark, a soft hyphen.
NOISE = "-.,!*'\"_\u200b\u200d\u200f\u00ad\ufeff"


def kinds(text: str) -> set[str]:
    return {hit.kind for hit in lint(text, lint_rules().rules)}


@pytest.mark.parametrize("text", BLOCKED)
def test_words_that_tell_who_somebody_is_are_stopped(text: str) -> None:
    assert kinds(text) >= BLOCKED[text]


@pytest.mark.parametrize("text", FINE)
def test_words_that_tell_nothing_pass(text: str) -> None:
    assert kinds(text) == set()


def test_every_beginning_in_every_language_passes_and_says_where_to_go_on() -> None:
    organisation, contact = "Riverbend Health", "https://wellheard.example/en/complaint/"
    for each in templates():
        words = each.text.format(organisation=organisation, contact=contact)
        assert lint(words, lint_rules().rules, allowed=(organisation, contact)) == [], each.code
        assert says(words, contact)
    assert {each.code for each in templates()} == set(BEGINNINGS)
    tones = {(each.tone, each.language) for each in templates()}
    wanted = ("positive", "mixed", "negative", "safety")
    assert tones == {(tone, language) for tone in wanted for language in LANGUAGES}


def test_every_kind_has_a_reason_and_a_better_wording_that_passes_itself() -> None:
    rules = lint_rules()
    assert "164.502" in rules.source
    for rule in rules.rules:
        assert rules.reasons[rule.kind]
        assert set(rules.better[rule.kind]) == set(LANGUAGES)
        for words in rules.better[rule.kind].values():
            assert lint(words, rules.rules) == [], (rule.kind, words)


def test_hit_is_marked_where_it_stands_in_the_text_as_written() -> None:
    text = "Sorry about yo\u200bur VÍSIT, really"
    (hit,) = lint(text, lint_rules().rules)
    assert text[hit.start : hit.stop] == hit.words == "yo\u200bur VÍSIT"


def test_our_own_name_and_our_people() -> None:
    rules = lint_rules().rules
    assert lint("Visit our Your Care Clinic", rules, allowed=("Your Care Clinic",)) == []
    assert {h.kind for h in lint("Thanks to o k e lind", rules, names=("Wren Ashby",))} == set()
    assert {h.kind for h in lint("Kim J. told us", rules, names=("Kim J.",))} == {"staff"}
    assert {h.kind for h in lint("All of us and ÁSHBY", rules, names=("Wren Ashby",))} == {"staff"}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(BLOCKED)), st.data())
def test_capitals_accents_punctuation_and_unseen_characters_hide_nothing(
    text: str, data: st.DataObject
) -> None:
    before = kinds(text)
    written = ""
    for char in text:
        written += data.draw(st.sampled_from([char, char.upper(), char.lower()]))
        if char.isalpha():
            # a tilde or a vowel sign upon the letter, then anything that is no letter
            written += data.draw(st.sampled_from(["", "\u0303", "\u064e"]))
            written += data.draw(st.text(NOISE, max_size=1))
    assert kinds(unicodedata.normalize("NFC", written)) >= before


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_and_hits_lie_within_it(text: str) -> None:
    for hit in lint(text, lint_rules().rules):
        assert 0 <= hit.start < hit.stop <= len(text)

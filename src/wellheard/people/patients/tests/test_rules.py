import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.people.patients import rules


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (" Maria.G@Example.ORG ", "maria.g@example.org"),
        ("maria@ünïcode.example", "maria@ünïcode.example"),
        ("a+b@c.example.org", "a+b@c.example.org"),
    ],
)
def test_email_is_read_in_one_form(raw: str, read: str) -> None:
    assert rules.read_email(raw) == read


@pytest.mark.parametrize(
    "raw", ["", "maria", "maria@", "@example.org", "a b@example.org", "a@b", "a@b..org", "a@x.y\n"]
)
def test_email_is_refused_when_it_is_none(raw: str) -> None:
    if raw.endswith("\n"):
        raw = raw.replace("\n", "\r\nBcc: x@example.org")
    with pytest.raises(rules.ContactNotUnderstoodError):
        rules.read_email(raw)


def test_phone_is_read_in_the_country_of_the_organisation() -> None:
    assert rules.read_phone("(312) 555-0123", "US") == "+13125550123"
    assert rules.read_phone("07911 123456", "GB") == "+447911123456"
    assert rules.read_phone("+44 7911 123456", "US") == "+447911123456"


def test_phone_in_arabic_digits_is_read() -> None:
    assert rules.read_phone("٣١٢٥٥٥٠١٢٣", "US") == "+13125550123"


@pytest.mark.parametrize("raw", ["", "12", "call me", "312-555-0123 ext 5", "1" * 40])
def test_phone_is_refused_when_it_is_none(raw: str) -> None:
    with pytest.raises(rules.ContactNotUnderstoodError) as caught:
        rules.read_phone(raw, "US")
    assert raw == "" or raw not in str(caught.value)


@given(st.text(max_size=300))
def test_contact_of_any_text_is_read_or_refused(raw: str) -> None:
    for kind in ("email", "sms"):
        try:
            value = rules.read_contact(kind, raw, "US")
        except rules.ContactNotUnderstoodError:
            continue
        assert rules.read_contact(kind, value, "US") == value
        assert value not in rules.masked(kind, value)


@pytest.mark.capability("E04")
@pytest.mark.parametrize(
    "raw", ["NULL", " null ", "N/A", "<none>", "", "  ", "-", "anónimo", "مجهول"]
)
def test_name_that_stands_for_no_name_is_none(raw: str) -> None:
    from wellheard.people.patients.vocabulary import name_placeholders

    assert rules.tidy_name(raw, placeholders=name_placeholders()) == ""


@pytest.mark.capability("E04")
def test_name_of_a_person_called_null_with_more_is_kept() -> None:
    assert rules.tidy_name("  Jennifer   Null ", placeholders={"null"}) == "Jennifer Null"


@pytest.mark.capability("E04")
def test_name_to_use_prefers_what_was_asked_for() -> None:
    assert rules.name_to_use("Mari", "Maria Gómez") == "Mari"
    assert rules.name_to_use("", "Maria Gómez") == "Maria Gómez"
    assert rules.name_to_use("", "") == ""


@pytest.mark.parametrize(
    ("known", "given_name", "same"),
    [
        ("Maria Gómez", "GOMEZ, Maria", True),
        ("Maria Gómez", "Maria", True),
        ("", "Maria", True),
        ("Maria Gómez", "Pedro Gómez", False),
        ("محمد علي", "علي", True),
    ],
)
def test_names_could_be_one_person(known: str, given_name: str, same: bool) -> None:
    assert rules.could_be_same(known, given_name) is same


def test_masked_shows_too_little_to_learn_an_address() -> None:
    assert rules.masked("email", "maria@example.org") == "m•••@e•••.org"
    assert rules.masked("sms", "+13125550123") == "••• 23"

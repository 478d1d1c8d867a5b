"""What identifies a person is replaced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.measures.text.masking import is_nhs_number, load_masker


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Call 07700 900123 now", "Call [phone] now"),
        ("ring +1 (415) 555-0134", "ring [phone]"),
        ("رقمي ٠٧٧٠٠٩٠٠١٢٣", "رقمي [phone]"),
        ("a.b+c@nhs.example.org", "[email]"),
        ("see https://x.example/me?id=1 ok", "see [link] ok"),
        ("NHS 943 476 5919 is mine", "NHS [nhs number] is mine"),
        ("ssn 123-45-6789", "ssn [social security number]"),
        ("MRN: A123456.", "MRN: [record number]."),
        ("seen on 12/03/2024 and 2024-03-12", "seen on [date] and [date]"),
        ("on March 3rd, 2024 and 4 April", "on [date] and [date]"),
        ("el 12 de marzo de 2024", "el [date]"),
        ("I live at SW1A 1AA", "I live at [postcode]"),
        ("Houston, TX 77002", "Houston, TX [postcode]"),
        ("she is 94 and he is 89", "she is [age over 89] and he is 89"),
        ("a 101 year old man", "a [age over 89] year old man"),
        ("Dr Smith and nurse Sarah Jones", "Dr [name] and nurse [name]"),
        ("dr patel was kind", "dr [name] was kind"),
        ("my son Tom was well", "my son [name] was well"),
        ("la enfermera Carmen vino", "la enfermera [name] vino"),
        ("الدكتور أحمد كان لطيفا", "الدكتور [name] كان لطيفا"),
        ("Doctor was rude, NURSE WAS RUDE", "Doctor was rude, NURSE WAS RUDE"),
        ("The nurse practitioner waited 45 minutes", "The nurse practitioner waited 45 minutes"),
        ("rated 10/10 at 10.30 on ward 7", "rated 10/10 at 10.30 on ward 7"),
    ],
)
def test_identifiers_become_placeholders_and_other_words_stay(text: str, masked: str) -> None:
    assert load_masker().mask(text) == masked


def test_names_known_from_the_record_are_masked_wherever_they_stand() -> None:
    masked = load_masker().mask("Zeinab thanked ZEINAB", known_names=["Zeinab", "", "X"])
    assert masked == "[name] thanked [name]"


def test_a_known_word_in_small_letters_is_no_name() -> None:
    masker = load_masker(frozenset({"prescribed"}).__contains__)
    assert masker.mask("doctor prescribed it; doctor kowalski too") == (
        "doctor prescribed it; doctor [name] too"
    )


@pytest.mark.parametrize(
    ("digits", "valid"),
    [("9434765919", True), ("9434765918", False), ("0000000000", False), ("943476591", False)],
)
def test_nhs_number_needs_its_check_digit(digits: str, valid: bool) -> None:
    assert is_nhs_number(digits) is valid


@given(st.text())
def test_masking_takes_any_text(text: str) -> None:
    masker = load_masker()
    assert isinstance(masker.mask(text), str)


def test_a_letter_that_becomes_two_in_lower_case_does_not_move_the_names() -> None:
    masked = load_masker().mask("İİİİ, İzmir. Doctor Smith and Nurse Jones were kind to Mrs Brown.")
    assert not {"Smith", "Jones", "Brown"} & set(masked.replace(".", " ").split())
    assert masked.endswith("[name] were kind to Mrs [name].")

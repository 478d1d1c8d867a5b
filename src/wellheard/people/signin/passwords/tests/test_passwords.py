from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from wellheard.people.signin.passwords import rules
from wellheard.people.signin.passwords.vocabulary import common_passwords

CONTEXT = ["Wellheard", "Maria Gómez", "maria.gomez@riverbend.example", "Riverbend Health"]


def found(password: str, *, second_factor: bool = False) -> list[str]:
    return list(
        rules.problems(
            password, second_factor=second_factor, common=common_passwords(), context=CONTEXT
        )
    )


@pytest.mark.capability("N05")
@pytest.mark.parametrize(
    "password",
    [
        "olive tractor sings blue",
        "olivetractorsingsblue",
        "كلمات كثيرة لا يعرفها أحد",
        "🐘 wears 🎩 on tuesdays in may",
        "riverbend has a purple tractor",
        "x" * 3 + "lorem gardening otters" + "y" * 900,
    ],
)
def test_password_of_own_words_is_taken_without_rules_of_composition(password: str) -> None:
    assert found(password) == []


@pytest.mark.capability("N05")
@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "short"),
        ("fourteen chars", "short"),
        ("y" * 1001, "long"),
        ("Correct Horse Battery Staple", "common"),
        ("passwordpassword", "common"),
        ("PASSWORD123456789", "common"),
        ("tractortractor!", "repeats"),
        ("aaaaaaaaaaaaaaaa", "repeats"),
        ("abcdefghijklmnopq", "runs"),
        ("qwertyuiopasdfgh", "runs"),
        ("6543210987654321", "runs"),
        ("RiverbendHealth2026", "about_you"),
        ("maria.gomez@riverbend.example", "about_you"),
        ("Wellheard-Maria-2026", "about_you"),
    ],
)
def test_password_that_others_can_guess_is_refused(password: str, problem: str) -> None:
    assert problem in found(password)


def test_password_may_be_shorter_beside_a_second_factor() -> None:
    assert found("olivetra") == ["short"]
    assert found("olivetra", second_factor=True) == []
    assert found("olivetr", second_factor=True) == ["short"]
    assert found("password1", second_factor=True) == ["common"]


def test_list_of_known_passwords_is_large_and_plain() -> None:
    assert len(common_passwords()) > 40_000
    assert "passwordpassword" in common_passwords()
    assert not any(one.startswith("#") for one in common_passwords() if " " in one)


@given(st.text(max_size=60))
def test_password_of_any_text_is_judged(password: str) -> None:
    verdict = found(password)
    assert ("short" in verdict) is (len(password) < 15)


@pytest.mark.django_db
def test_validator_says_everything_in_words(staff: Any) -> None:
    user = staff("analyst")
    with pytest.raises(ValidationError, match="at least 15 letters"):
        validate_password("short", user)
    with pytest.raises(ValidationError, match="organisation"):
        validate_password("RiverbendHealth26", user)
    validate_password("olive tractor sings blue", user)

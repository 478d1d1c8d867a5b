from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from wellheard.base.vault import sealing
from wellheard.base.vault.keys import KeyMissing, master_key
from wellheard.base.vault.sealing import (
    CannotUnseal,
    LinkBroken,
    LinkExpired,
    digest,
    key_from_token,
    new_token,
    seal,
    sign,
    unseal,
    unsign,
)

pytestmark = pytest.mark.capability("N03")


@given(st.text())
def test_sealed_text_comes_back(text):
    assert unseal(seal(text, "a"), "a") == text


def test_sealed_text_does_not_open_for_another_purpose():
    with pytest.raises(CannotUnseal):
        unseal(seal("secret", "a"), "b")


@pytest.mark.parametrize("broken", ["", "!!", "QUJD", "A" * 60])
def test_altered_text_does_not_open(broken):
    with pytest.raises(CannotUnseal):
        unseal(broken, "a")


def test_draft_key_needs_the_token():
    token = new_token()
    sealed = seal("words", "draft", key=key_from_token(token, "draft"))
    assert unseal(sealed, "draft", key=key_from_token(token, "draft")) == "words"
    with pytest.raises(CannotUnseal):
        unseal(sealed, "draft", key=key_from_token(new_token(), "draft"))


def test_tokens_are_long_and_differ():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) >= 26 for token in tokens)


def test_digest_depends_on_value_and_purpose():
    assert digest("a", "p") == digest("a", "p")
    assert len({digest("a", "p"), digest("b", "p"), digest("a", "q")}) == 3


def test_signed_link_opens_expires_and_breaks():
    now = datetime.now(UTC)
    signed = sign("12", "survey")
    assert unsign(signed, "survey", now=now, last_days=42) == "12"
    with pytest.raises(LinkExpired):
        unsign(signed, "survey", now=now + timedelta(days=43), last_days=42)
    with pytest.raises(LinkBroken):
        unsign(signed, "other", now=now)
    with pytest.raises(LinkBroken):
        unsign("x" + signed, "survey", now=now)


def test_master_key_is_made_once_and_private(tmp_path):
    first = master_key(tmp_path)
    assert master_key(tmp_path) == first
    assert (tmp_path / "keys" / "master.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("given_key", ["short", "zz" * 32])
def test_master_key_given_wrongly_is_refused(tmp_path, given_key):
    with pytest.raises(KeyMissing):
        master_key(tmp_path, given_key)


@pytest.mark.parametrize("value", ["Ana", "visit:12", "é"])
def test_signature_is_the_one_that_django_makes(value: str) -> None:
    ours, theirs = sealing._signer("a link"), signing.TimestampSigner(salt="wellheard.a link")
    assert ours.signature(value) == theirs.signature(value)
    assert ours.signature(value, "an older key") == theirs.signature(value, "an older key")

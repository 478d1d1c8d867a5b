from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.people.consent import rules
from wellheard.people.consent.actions import (
    give_consent,
    reopen_contact,
    stop_contact,
    withdraw_all,
    withdraw_consent,
)
from wellheard.people.consent.models import ConsentEntry
from wellheard.people.consent.queries import consents_of, has_consent, ledger_of
from wellheard.people.patients.actions import recognise_patient
from wellheard.people.patients.queries import contact_for

HOUR = timedelta(hours=1)


@pytest.fixture
def maria(organisation: Any, actor: Any, at: datetime) -> Any:
    return recognise_patient(
        organisation=organisation,
        name="Maria",
        email="maria@example.org",
        phone="312 555 0123",
        by=actor,
        at=at,
    )


def agree(patient: Any, actor: Any, at: datetime, channel: str = "sms") -> ConsentEntry:
    return give_consent(
        patient=patient,
        channel=channel,
        purpose="reply",
        wording="May we reply?",
        source="card",
        by=actor,
        at=at,
    )


@pytest.mark.django_db
def test_consent_is_no_when_nothing_is_known(maria: Any, at: datetime) -> None:
    assert not has_consent(maria.pk, "sms", "reply", at)


@pytest.mark.django_db
def test_consent_holds_for_its_purpose_and_channel_only(
    maria: Any, actor: Any, at: datetime
) -> None:
    agree(maria, actor, at)
    assert has_consent(maria.pk, "sms", "reply", at)
    assert not has_consent(maria.pk, "email", "reply", at)
    assert not has_consent(maria.pk, "sms", "survey", at)
    assert not has_consent(maria.pk, "sms", "reply", at - HOUR)


@pytest.mark.django_db
def test_consent_taken_back_counts_at_once_and_the_past_stays(
    maria: Any, actor: Any, at: datetime
) -> None:
    agree(maria, actor, at)
    withdraw_consent(
        patient=maria, channel="sms", purpose="reply", source="staff", by=actor, at=at + HOUR
    )
    assert has_consent(maria.pk, "sms", "reply", at)
    assert not has_consent(maria.pk, "sms", "reply", at + HOUR)
    assert ledger_of(maria.pk).count() == 2


@pytest.mark.django_db
def test_consent_taken_back_in_the_same_moment_is_taken_back(
    maria: Any, actor: Any, at: datetime
) -> None:
    agree(maria, actor, at)
    withdraw_consent(patient=maria, channel="sms", purpose="reply", source="staff", by=actor, at=at)
    assert not has_consent(maria.pk, "sms", "reply", at)
    assert consents_of(maria.pk, at) == frozenset()


@pytest.mark.django_db
def test_consent_for_an_unknown_purpose_is_refused(maria: Any, actor: Any, at: datetime) -> None:
    with pytest.raises(ValueError, match="marketing"):
        give_consent(
            patient=maria, channel="sms", purpose="marketing", wording="", source="card", by=actor, at=at
        )  # fmt: skip


@pytest.mark.django_db
def test_stop_withdraws_the_channel_and_start_does_not_agree_anew(
    maria: Any, actor: Any, at: datetime
) -> None:
    agree(maria, actor, at)
    agree(maria, actor, at, channel="email")
    phone = maria.contacts.get(kind="sms")
    stop_contact(contact=phone, source="stop_word", by=actor, at=at + HOUR)
    assert consents_of(maria.pk, at + HOUR) == {("email", "reply")}
    reopen_contact(contact=phone, by=actor, at=at + 2 * HOUR)
    assert maria.contacts.filter(stopped_at__isnull=False).count() == 0
    assert not has_consent(maria.pk, "sms", "reply", at + 2 * HOUR)


@pytest.mark.django_db
def test_withdraw_all_leaves_nothing(maria: Any, actor: Any, at: datetime) -> None:
    agree(maria, actor, at)
    agree(maria, actor, at, channel="email")
    withdraw_all(patient=maria, source="staff", by=actor, at=at + HOUR)
    assert consents_of(maria.pk, at + HOUR) == frozenset()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["sms", "email"]),
            st.sampled_from(["reply", "survey"]),
            st.booleans(),
            st.integers(0, 9),
        )
    ),
    st.integers(0, 9),
)
def test_standing_entry_is_the_newest_up_to_the_moment(
    lines: list[tuple[str, str, bool, int]], now: int
) -> None:
    start = datetime.fromisoformat("2026-03-04T12:00:00+00:00")
    entries = [
        ConsentEntry(channel=c, purpose=p, given=g, at=start + i * HOUR) for c, p, g, i in lines
    ]
    found = rules.standing(entries, start + now * HOUR)
    for (channel, purpose), entry in found.items():
        same = [e for e in entries if (e.channel, e.purpose) == (channel, purpose)]
        known = [e for e in same if e.at <= start + now * HOUR]
        assert entry.at == max(e.at for e in known)
        assert entry is [e for e in known if e.at == entry.at][-1]
    keys = {(e.channel, e.purpose) for e in entries if e.at <= start + now * HOUR}
    assert keys == set(found)


@pytest.mark.django_db
def test_contact_stopped_for_one_is_stopped_for_the_next(
    maria: Any, organisation: Any, actor: Any, at: datetime
) -> None:
    phone = maria.contacts.get(kind="sms")
    stop_contact(contact=phone, source="stop_word", by=actor, at=at)
    son = recognise_patient(
        organisation=organisation, name="Pedro", phone="312 555 0123", by=actor, at=at
    )
    assert son is not None
    assert son.contacts.get().stopped_at == at
    assert contact_for(son.pk) is None


@pytest.mark.django_db
def test_patient_page_shows_the_ledger(
    maria: Any, signed_in: Any, staff: Any, actor: Any, at: datetime
) -> None:
    agree(maria, actor, at)
    page = signed_in(staff("px_specialist")).get(f"/staff/patients/{maria.pk}/").content.decode()
    assert "May we reply?" in page
    assert "Agreed: reply by sms" in page

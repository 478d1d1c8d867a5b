"""What the person can have of a letter on the page on which they follow their case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.models import AuditRow
from wellheard.resolve.complaints.actions import letters
from wellheard.resolve.complaints.models import Case, LetterDispatch
from wellheard.resolve.complaints.tests.working import PARTS, decision, investigate
from wellheard.resolve.formats.actions import keep_recording
from wellheard.resolve.formats.tests.test_rules import MP4

pytestmark = [pytest.mark.django_db, pytest.mark.capability("E05"), pytest.mark.any_database]
Opened = Callable[..., Case]
Sent = Callable[..., LetterDispatch]


def test_follow_page_offers_what_exists_and_plays_it(
    sent: Sent, by_officer: Actor, now: datetime, client: Any, opened: Opened
) -> None:
    row = sent()
    keep_recording(row, kind="signed", content=MP4, recorded_by="Noa Levi", language="ase",
                   by=by_officer, at=now)  # fmt: skip
    secret = row.case.secret
    page = client.get(reverse("follow:case", args=[secret])).content.decode()
    for said in ("Large print", "Easy read", "To listen to", "read by a computer", "<video",
                 "American Sign Language (ASL), signed by Noa Levi"):  # fmt: skip
        assert said in page
    easy = client.get(reverse("follow:letter_easy", args=[secret, row.pk])).content.decode()
    assert PARTS["contact_person"] in easy and 'class="symbol"' in easy
    assert "Nobody may treat you worse." in easy

    def get(kind: str, **headers: str) -> Any:
        return client.get(reverse("follow:letter_file", args=[secret, row.pk, kind]), **headers)

    assert get("large").content[:5] == get("standard").content[:5] == b"%PDF-"
    assert get("audio")["Content-Type"] == "audio/wav"
    video = get("signed")
    assert (video["Content-Type"], b"".join(video)) == ("video/mp4", MP4)
    part = get("signed", HTTP_RANGE="bytes=4-7")
    assert (part.status_code, b"".join(part)) == (206, b"ftyp")
    assert get("signed", HTTP_RANGE="bytes=999-").status_code == 416
    assert get("nonsense").status_code == 404
    other = opened(at=now, text="Another matter", patient=None)
    stranger = reverse("follow:letter_file", args=[other.secret, row.pk, "large"])
    assert client.get(stranger).status_code == 404
    assert AuditRow.objects.filter(action="read", details__format="large").exists()


def test_letter_that_was_not_sent_yet_is_in_no_format_on_the_persons_page(
    opened: Opened, by_officer: Actor, now: datetime, client: Any
) -> None:
    case = opened(at=now)
    investigate(case, by_officer, now)
    row = letters.release_letter(
        letter_id=decision(case, by_officer, now).pk, by=by_officer, at=now
    )
    address = reverse("follow:letter_file", args=[case.secret, row.pk, "large"])
    assert client.get(address).status_code == 404

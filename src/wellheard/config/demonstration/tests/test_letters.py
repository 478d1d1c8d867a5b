"""The demonstration has a letter that waits in other formats."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from wellheard.config.demonstration import letters
from wellheard.config.demonstration.people import Hospital
from wellheard.config.demonstration.roles import staff_of
from wellheard.resolve.complaints.tests.conftest import (  # noqa: F401
    manager,
    officer,
    opened,
    patient,
    policy,
    said,
)
from wellheard.resolve.formats.models import WantedFormat


@pytest.mark.django_db
@pytest.mark.any_database
def test_demonstration_letter_waits_for_easier_words_and_an_interpreter(
    organisation: Any,
    place: Any,
    actor: Any,
    opened: Any,  # noqa: F811
    officer: Any,  # noqa: F811
) -> None:
    officer.email = staff_of("grievance_officer")[0]["email"]
    officer.save()
    now = timezone.now()
    opened(at=now)
    letters.answer(Hospital(organisation, (place,), actor), now)
    made = dict(WantedFormat.objects.values_list("kind", "made_at"))
    assert made["large"] and made["audio"]
    assert (made["easy"], made["signed"]) == (None, None)

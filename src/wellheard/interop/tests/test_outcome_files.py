"""Days with medicine and costs from the console."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from wellheard.interop.commands import import_
from wellheard.understand.adherence.models import AdherenceRecord

pytestmark = pytest.mark.django_db


@pytest.mark.capability("G07")
@pytest.mark.capability("G12")
def test_console_takes_both(organisation: Any, tmp_path: Any) -> None:
    days, costs = tmp_path / "days.csv", tmp_path / "costs.csv"
    days.write_text("patient_id,starts_on,days,days_covered,reminded\n1,2026-01-01,30,20,no\n")
    costs.write_text("month,title,amount,unit\n2026-01,Cost of a stay,9012.50,USD\n")
    for kind, file in (("adherence", days), ("costs", costs)):
        shown = CliRunner().invoke(import_, [kind, str(file), "--json"])
        assert json.loads(shown.output.splitlines()[-1])["imported"] == 1, shown.output
    assert AdherenceRecord.objects.get().programme == "Reminders"

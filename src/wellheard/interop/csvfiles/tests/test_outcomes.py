"""Days with medicine and monthly costs as files: whole or not at all, and back."""

from __future__ import annotations

from typing import Any

import pytest

from wellheard.base.vault.sealing import digest
from wellheard.interop.csvfiles.actions import FileFacts, RowsRefusedError, undo_import
from wellheard.interop.csvfiles.adherence import import_adherence
from wellheard.interop.csvfiles.codec import read_table
from wellheard.interop.csvfiles.costs import import_costs
from wellheard.interop.csvfiles.models import ImportBatch
from wellheard.interop.csvfiles.rules import guess_layout
from wellheard.prove.balance.models import CostFigure
from wellheard.understand.adherence.models import AdherenceRecord

pytestmark = pytest.mark.django_db
DAYS = "MRN,Start date,days,days covered,reminded,design,drug,clinic\n"
ANN = "4711,2026-01-01,90,81,yes,randomized,statin,Clinic 4\n"
COSTS = "month,title,amount,unit,n,source\n2026-01,Cost of a stay,9012.50,USD,412,Ledger\n"


@pytest.fixture
def take(organisation: Any, actor: Any, at: Any) -> Any:
    def run(kind: str, text: str) -> Any:
        data = text.encode()
        table = read_table(data)
        action = {"adherence": import_adherence, "costs": import_costs}[kind]
        return action(
            table, guess_layout(kind, table.header), FileFacts.of("f.csv", data),
            organisation=organisation, by=actor, at=at,
        )  # fmt: skip

    return run


@pytest.mark.capability("G07")
def test_days_with_medicine_are_kept_without_a_number_and_go_back(
    take: Any, other_place: Any, actor: Any, at: Any
) -> None:
    done = take("adherence", DAYS + ANN)
    assert (done.imported, take("adherence", DAYS + ANN).duplicates) == (1, 1)
    row = AdherenceRecord.objects.get()
    assert (row.days, row.days_covered, row.reminded, row.design) == (90, 81, True, "randomised")
    assert row.place == other_place and row.medicine == "statin"
    assert row.person_key == digest("4711", "visit-person")
    assert undo_import(ImportBatch.objects.get(batch=done.batch), by=actor, at=at) == 1
    assert not AdherenceRecord.objects.exists()


@pytest.mark.capability("G07")
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("4711,2026-01-01,90,91,yes,,,\n", "more than the days"),
        ("4711,soon,90,80,yes,,,\n", "not a date"),
        ("4711,2026-01-01,90,80,maybe,,,\n", "neither yes nor no"),
        ("4711,2026-01-01,90,80,yes,guess,,\n", "is not one of observational"),
        (",2026-01-01,90,80,yes,,,\n", "is empty"),
        ("4711,2026-01-01,0,0,yes,,,\n", "whole number from 1"),
        ("4712,2026-01-01,90,80,no,observational,,\n", "differs from the same programme"),
    ],
)
def test_line_that_cannot_be_right_refuses_the_file(take: Any, line: str, reason: str) -> None:
    with pytest.raises(RowsRefusedError) as refused:
        take("adherence", DAYS + ANN + line)
    assert any(reason in fault.reason for fault in refused.value.faults)
    assert refused.value.faults[0].line == 3 and not AdherenceRecord.objects.exists()


@pytest.mark.capability("G12")
def test_costs_are_kept_by_month_and_go_back(take: Any, actor: Any, at: Any) -> None:
    done = take("costs", COSTS)
    row = CostFigure.objects.get()
    assert (str(row.amount), row.unit, row.n, row.month.isoformat()) == (
        "9012.50", "USD", 412, "2026-01-01",
    )  # fmt: skip
    assert take("costs", COSTS).duplicates == 1
    assert undo_import(ImportBatch.objects.get(batch=done.batch), by=actor, at=at) == 1


@pytest.mark.capability("G12")
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("January,Cost of a stay,1,USD,,\n", "not a month"),
        ("2026-13,Cost of a stay,1,USD,,\n", "not a month"),
        ('2026-02,Cost of a stay,"9,012",USD,,\n', "not an amount"),
        ("2026-02,Cost of a stay,1,EUR,,\n", "differs from the same figure"),
        ("2026-02,,1,USD,,\n", "is empty"),
    ],
)
def test_cost_that_cannot_be_right_refuses_the_file(take: Any, line: str, reason: str) -> None:
    with pytest.raises(RowsRefusedError) as refused:
        take("costs", COSTS + line)
    assert reason in refused.value.faults[0].reason and not CostFigure.objects.exists()

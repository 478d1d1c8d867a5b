"""Published figures in the benchmark store, and nothing of a file that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from wellheard.interop.cms.actions import import_cms
from wellheard.interop.csvfiles.codec import FileRefusedError
from wellheard.understand.benchmarks.models import Benchmark, BenchmarkFootnote, BenchmarkRelease

DATA = Path(__file__).with_name("data")
STATES = "hcahps_state_2022-10_2023-09.csv"

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(actor, at):
    def take(name, data=None):
        return import_cms(data or (DATA / name).read_bytes(), name, by=actor, at=at)

    return take


@pytest.mark.capability("B17", "L07")
def test_import_cms_keeps_each_figure_with_period_n_and_footnotes(load):
    told = load("pch_hcahps_hospital_2022-10_2023-09.csv")
    assert (told.figures, told.entities, told.not_published) == (6, 2, 0)
    row = Benchmark.objects.get(entity__code="050146", measure="H_COMP_1_A_P")
    assert (row.value, row.completes, row.response_rate, row.footnotes) == (84, 429, 19, ["11"])
    assert (str(row.period_start), str(row.period_end)) == ("2022-10-01", "2023-09-30")
    assert row.release.survey == "pch-hcahps"


def test_import_cms_of_the_same_file_replaces_its_figures(load):
    load(STATES)
    load(STATES, (DATA / STATES).read_bytes().replace(b",80,,", b",81,,", 1))
    assert BenchmarkRelease.objects.count() == 1 and Benchmark.objects.count() == 6
    assert Benchmark.objects.get(entity__code="AK", measure="H_COMP_1_A_P").value == 81


def test_import_cms_keeps_nothing_of_a_file_with_a_fault(load):
    with pytest.raises(FileRefusedError, match="line 7: 'soon' is not a figure"):
        load(STATES, b"soon".join((DATA / STATES).read_bytes().rsplit(b"Not Available", 1)))
    assert not Benchmark.objects.exists() and not BenchmarkRelease.objects.exists()


def test_import_cms_keeps_the_words_of_footnotes(load):
    assert load("footnote_crosswalk_2024-07.csv").footnotes == 5
    text = "The number of cases/patients is too few to report."
    assert BenchmarkFootnote.objects.get(code="1").text == text

"""config/wiring.py is the one page of who reacts: every line of it must lead somewhere."""

import inspect

import pytest
from django.utils.module_loading import import_string

from wellheard.config import wiring

REACTIONS = [(event, dotted) for event, all_ in wiring.REACTIONS.items() for dotted in all_]


@pytest.mark.parametrize(("event", "dotted"), REACTIONS)
def test_reaction_resolves_takes_one_happening_and_is_named_when(event, dotted):
    function = import_string(dotted)
    assert function.__name__.startswith("when_")
    assert len(inspect.signature(function).parameters) == 1


@pytest.mark.parametrize("event", wiring.REACTIONS)
def test_event_is_named_room_dot_past_tense_and_published_below(event):
    room = event.split(".")[0]
    assert room in {"people", "channels", "listen", "understand", "resolve", "prove", "interop"}


@pytest.mark.parametrize("periodic", wiring.SCHEDULE, ids=lambda p: p.name)
def test_periodic_work_resolves_and_takes_the_moment(periodic):
    function = import_string(periodic.run)
    assert list(inspect.signature(function).parameters) == ["now"]


@pytest.mark.parametrize(
    ("slot", "dotted"), [(slot, d) for slot, all_ in wiring.PANELS.items() for d in all_]
)
def test_panel_resolves(slot, dotted):
    assert callable(import_string(dotted))


@pytest.mark.parametrize("dotted", wiring.FINDINGS)
def test_search_of_findings_resolves_and_takes_what_it_is_given(dotted):
    parameters = list(inspect.signature(import_string(dotted)).parameters)
    assert parameters == ["organisation", "answers", "scored"]

"""config/wiring.py is the one page of who reacts: every line of it must lead somewhere."""

import inspect
import re
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

from wellheard.config import wiring

ROOMS = Path(wiring.__file__).parents[1]
NAMED = re.compile(r"\bpublish\(\s*f?\"([a-z_.{}]+)\"", re.S)
# the one name that is put together: the two things that can be done with a consent
BRANCHES = {"people.consent_{done}": ("people.consent_given", "people.consent_withdrawn")}
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


def _published() -> set[str]:
    found: set[str] = set()
    for path in sorted(ROOMS.rglob("*.py")):
        if "tests" not in path.parts:
            for name in NAMED.findall(path.read_text(encoding="utf-8")):
                found.update(BRANCHES.get(name, (name,)))
    return found


def test_every_published_event_has_a_reaction_or_is_declared_to_have_none():
    declared = {*wiring.REACTIONS, *wiring.UNANSWERED}
    assert _published() - declared == set(), "say in config/wiring.py who comes to know of it"
    assert set(wiring.UNANSWERED) - _published() == set(), "nobody publishes it any more"
    assert not set(wiring.REACTIONS) & set(wiring.UNANSWERED)


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

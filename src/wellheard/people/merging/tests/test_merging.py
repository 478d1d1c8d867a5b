"""A place that is merged into another: by whom, what it changes, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from wellheard.base.audit.models import AuditRow
from wellheard.people.merging.actions import CannotMergeError, merge_place, undo_merge
from wellheard.people.places.actions import add_place, add_site, add_touchpoint, ensure_place
from wellheard.people.places.models import Place, PlaceMerge
from wellheard.people.places.queries import find_place, going_on_as, place_by_code

pytestmark = pytest.mark.django_db


@pytest.mark.capability("B16")
def test_merged_place_goes_on_as_the_other_in_files_and_on_posters(
    place: Any, actor: Any, at: Any
) -> None:
    old = add_place(place.site, name="Ward 8", kind="ward", by=actor, at=at)
    desk = add_touchpoint(old, name="Desk", by=actor, at=at)
    merge_place(old, place, why="One team", by=actor, at=at)
    home = place.organisation
    assert Place.objects.get(pk=old.pk).closed_on is not None
    for found in (
        place_by_code(old.code),
        place_by_code(desk.code),
        find_place(home, "ward 8"),
        find_place(home, "Ward 8", place.site.name),
        ensure_place(home, site_name=place.site.name, place_name="WARD 8", by=actor, at=at),
    ):
        assert found == place
    assert AuditRow.objects.filter(action="place.merged").count() == 1


def test_merging_twice_leads_to_the_last_and_can_be_taken_back(
    place: Any, actor: Any, at: Any
) -> None:
    first = add_place(place.site, name="Ward 8", kind="ward", by=actor, at=at)
    second = add_place(place.site, name="Ward 9", kind="ward", by=actor, at=at)
    merge_place(first, second, why="", by=actor, at=at)
    last = merge_place(second, place, why="", by=actor, at=at)
    assert going_on_as(first.pk) == place.pk
    undo_merge(last, by=actor, at=at)
    assert going_on_as(first.pk) == second.pk and find_place(place.organisation, "Ward 9") == second
    assert Place.objects.get(pk=second.pk).is_open
    with pytest.raises(CannotMergeError, match="already"):
        undo_merge(last, by=actor, at=at)


def test_places_that_cannot_become_one_are_refused(place: Any, actor: Any, at: Any) -> None:
    far = add_site(place.organisation, name="Far", by=actor, at=at)
    there = add_place(far, name="Far ward", kind="ward", by=actor, at=at)
    old = add_place(place.site, name="Ward 8", kind="ward", by=actor, at=at)
    for one, other in ((place, place), (there, place)):
        with pytest.raises(CannotMergeError):
            merge_place(one, other, why="", by=actor, at=at)
    merge_place(old, place, why="", by=actor, at=at)
    with pytest.raises(CannotMergeError, match="open"):
        merge_place(Place.objects.get(pk=old.pk), place, why="", by=actor, at=at)


@pytest.mark.capability("P05")
def test_page_asks_once_more_and_takes_back(
    place: Any, staff: Any, signed_in: Any, actor: Any, at: Any
) -> None:
    old = add_place(place.site, name="Ward 8", kind="ward", by=actor, at=at)
    client = signed_in(staff("administrator"))
    address = reverse("merging:merges")
    assert "Ward 8" in client.get(address).content.decode()
    chosen = {"old": old.pk, "into": place.pk, "why": "One team"}
    asked = client.post(address, chosen).content.decode()
    assert "Is this right?" in asked and not PlaceMerge.objects.exists()
    same = client.post(address, {"old": old.pk, "into": old.pk, "sure": "yes"})
    assert same.status_code == 422 and "two different places" in same.content.decode()
    assert client.post(address, {"old": "x", "into": ""}).status_code == 422
    client.post(address, {**chosen, "sure": "yes"})
    merge = PlaceMerge.objects.get()
    assert (merge.old, merge.into, merge.why) == (old, place, "One team")
    assert "One team" in client.get(address).content.decode()
    client.post(reverse("merging:undo", args=[merge.pk]))
    assert Place.objects.get(pk=old.pk).is_open
    assert client.post(reverse("merging:undo", args=[merge.pk])).status_code == 404
    assert AuditRow.objects.filter(action="place.merge_undone").count() == 1
    assert signed_in(staff("px_specialist")).get(address).status_code == 403

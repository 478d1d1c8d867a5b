"""What imports cannot show: foreign keys point down, and every row knows whose it is."""

from django.apps import apps
from django.conf import settings

ORDER = settings.ROOMS
MODELS = [m for m in apps.get_models() if m._meta.app_label in ORDER]

# Rows that belong to a row that carries the organisation, or to the installation itself.
WITHOUT_ORGANISATION = {
    "base.WorkerBeat": "a process, not an organisation's",
    "base.PeriodicRun": "the installation's timetable",
    "people.SignInTry": "before anybody is known, there is no organisation to know",
    "resolve.DoorTry": "tries at the follow page and the form, before any case is known",
}


def related(model):
    for field in model._meta.get_fields():
        if field.is_relation and field.concrete and field.related_model:
            yield field


def points_up(model):
    here = ORDER.index(model._meta.app_label)
    for field in related(model):
        there = field.related_model._meta.app_label
        if there in ORDER and ORDER.index(there) > here:
            yield f"{model._meta.label}.{field.name}"


def test_foreign_keys_point_down_or_stay_in_the_room():
    assert [fault for model in MODELS for fault in points_up(model)] == []


def belongs(model, seen=()):
    names = {f.name for f in model._meta.get_fields()}
    if {"organisation", "organisation_id"} & names or model._meta.label == "people.Organisation":
        return True
    owners = [
        f.related_model
        for f in related(model)
        if not f.null and f.related_model not in seen and f.related_model._meta.app_label in ORDER
    ]
    return any(belongs(owner, (*seen, model)) for owner in owners)


def test_every_row_carries_its_organisation_or_hangs_on_one_that_does():
    ours = [model for model in MODELS if model._meta.label not in WITHOUT_ORGANISATION]
    assert [model._meta.label for model in ours if not belongs(model)] == []

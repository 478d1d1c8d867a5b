import json
from datetime import timedelta

import pytest
from django.db import connection

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.models import AuditRow
from wellheard.base.audit.queries import verify_all, verify_chain
from wellheard.base.audit.tasks import export_anchors
from wellheard.base.audit.trail import acting, record_read

pytestmark = [pytest.mark.django_db, pytest.mark.capability("C04")]


def sequences(organisation):
    rows = AuditRow.objects.filter(organisation_id=organisation.pk).order_by("sequence")
    return list(rows.values_list("sequence", "action"))


def test_acts_and_reads_are_chained_in_order(organisation, actor, at):
    with acting(actor, at=at) as trail:
        trail.write("thing.made", ("x.thing", "1"), size=3)
    record_read(actor, ("x.thing", "1"), at=at)
    assert sequences(organisation)[-2:] == [(2, "thing.made"), (3, "read")]
    assert verify_chain(organisation.pk).broken is None


def test_inner_unit_joins_the_outer_one(organisation, actor, at):
    other = Actor("staff", "9", organisation.pk)
    with acting(actor, at=at) as outer:
        outer.write("a", ("x", "1"))
        with acting(other, at=at + timedelta(days=1)) as inner:
            inner.write("b", ("x", "1"))
        outer.write("c", ("x", "1"))
    rows = AuditRow.objects.order_by("sequence").values_list("action", "actor_ref")
    assert list(rows)[-3:] == [("a", "test"), ("b", "9"), ("c", "test")]
    assert verify_chain(organisation.pk).broken is None


def test_inner_unit_that_fails_takes_only_its_own_notes_with_it(organisation, actor, at):
    with acting(actor, at=at) as outer:
        outer.write("a", ("x", "1"))
        with pytest.raises(RuntimeError), acting(actor, at=at) as inner:
            inner.write("b", ("x", "1"))
            raise RuntimeError
        outer.write("c", ("x", "1"))
    assert [action for _, action in sequences(organisation)][-2:] == ["a", "c"]
    assert verify_chain(organisation.pk).broken is None


def test_unit_that_fails_leaves_nothing(organisation, actor, at):
    before = sequences(organisation)
    with pytest.raises(RuntimeError), acting(actor, at=at) as trail:
        trail.write("a", ("x", "1"))
        raise RuntimeError
    assert sequences(organisation) == before
    assert verify_chain(organisation.pk).broken is None


TAMPERINGS = {
    "edit": ("UPDATE base_auditrow SET actor_ref='someone' WHERE sequence=3", 3),
    "delete": ("DELETE FROM base_auditrow WHERE sequence=2", 2),
    "cut the end": ("DELETE FROM base_auditrow WHERE sequence=5", 5),
    "head moved back too": (
        "DELETE FROM base_auditrow WHERE sequence=5; UPDATE base_audithead SET sequence=4",
        4,
    ),
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_is_found_and_the_first_broken_row_named(how, organisation, actor, at):
    for _ in range(4):
        record_read(actor, ("x.thing", "1"), at=at)
    statements, expected = TAMPERINGS[how]
    with connection.cursor() as cursor:
        for statement in statements.split(";"):
            cursor.execute(statement)
    broken = verify_chain(organisation.pk).broken
    assert broken is not None and broken.sequence == expected


def test_replacing_the_whole_trail_is_found_by_the_exported_anchor(
    organisation, actor, at, settings, tmp_path
):
    settings.HOME = tmp_path
    record_read(actor, ("x.thing", "1"), at=at)
    export_anchors(at)
    assert json.loads((tmp_path / "audit-anchors.jsonl").read_text())["sequence"] == 2
    AuditRow.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM base_audithead")
    record_read(actor, ("x.other", "2"), at=at)
    record_read(actor, ("x.other", "2"), at=at)
    (verdict,) = verify_all()
    assert verdict.broken is not None and verdict.broken.sequence == 2

"""Keeping figures of cost, and publishing a set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Max

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.places.models import Organisation
from wellheard.prove.balance.models import BalancedSet, CostFigure
from wellheard.prove.balance.queries import cost_titles, costs
from wellheard.prove.balance.rules import Chosen, balance_policy, checked


@dataclass(frozen=True, slots=True)
class NewCost:
    """One amount of one month."""

    month: date
    title: str
    amount: Decimal
    unit: str
    n: int | None = None
    source: str = ""


def receive_costs(
    rows: Sequence[NewCost], *, organisation: Organisation, batch: UUID, by: Actor, at: datetime
) -> int:
    """Keep figures as one batch; how many say something new. Raises ValueError for a figure that
    is known in another unit, or a month that is not its first day."""
    with acting(by, at=at) as trail:
        held = {(each.title, each.month): each for each in costs(organisation.pk)}
        units = {each.title: each.unit for each in held.values()}
        for row in rows:
            if row.month.day != 1:
                raise ValueError("a month is given by its first day")
            if units.get(row.title, row.unit) != row.unit:
                raise ValueError(f"{row.title[:40]!r} is known in {units[row.title]}")
        told = {(row.title, row.month): row for row in rows}
        fresh = [row for key, row in told.items() if key not in held or _differs(row, held[key])]
        CostFigure.objects.bulk_create(
            CostFigure(
                organisation=organisation,
                title=row.title,
                month=row.month,
                amount=row.amount,
                unit=row.unit,
                n=row.n,
                source=row.source,
                recorded_at=at,
                import_batch=batch,
            )
            for row in fresh
        )
        trail.write("costs.received", ("prove.batch", str(batch)), count=len(fresh))
    return len(fresh)


def _differs(row: NewCost, held: CostFigure) -> bool:
    return (row.amount, row.n) != (held.amount, held.n)


def undo_costs(*, organisation: Organisation, batch: UUID, by: Actor, at: datetime) -> int:
    """Take back what a batch brought; earlier figures of the same months count again."""
    with acting(by, at=at) as trail:
        rows = CostFigure.objects.filter(organisation=organisation, import_batch=batch)
        count, _ = rows.delete()
        trail.write("costs.undone", ("prove.batch", str(batch)), count=count)
    return count


def publish_set(chosen: Chosen, *, why: str = "", by: Actor, at: datetime) -> BalancedSet:
    """Publish a set. Raises UnbalancedError, and publishes nothing, when a family is empty."""
    policy = balance_policy()
    kept = checked(chosen, policy.offered(cost_titles(by.organisation_id)), policy)
    with acting(by, at=at) as trail:
        sets = BalancedSet.objects.filter(organisation_id=by.organisation_id)
        newest = sets.aggregate(newest=Max("version"))["newest"] or 0
        made = BalancedSet.objects.create(
            organisation_id=by.organisation_id,
            version=newest + 1,
            families={family: list(codes) for family, codes in kept.items()},
            policy=policy.name,
            why=why.strip()[:300],
            published_by_id=_staff(by),
            published_at=at,
        )
        trail.write("balanced_set.published", made, version=made.version)
    return made


def _staff(by: Actor) -> int | None:
    reference = by.ref.partition("/")[0]
    return int(reference) if by.kind == "staff" and reference.isdecimal() else None

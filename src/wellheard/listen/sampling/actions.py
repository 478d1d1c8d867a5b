"""Planning, drawing, asking, settling: everything that changes."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import F, QuerySet

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.tables.bulk import insert_rows
from wellheard.base.vault.sealing import digest, new_token
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.responses.models import Response
from wellheard.listen.sampling import rules
from wellheard.listen.sampling.frame import Frame, frame_of, visits_of_span
from wellheard.listen.sampling.members import keep_members
from wellheard.listen.sampling.models import (
    ModeStep,
    PlanStep,
    SampleMember,
    SamplePlan,
    TopUp,
    Wave,
)
from wellheard.listen.sampling.queries import plan_state
from wellheard.listen.sampling.vocabulary import eligibilities, fits, limits, sequences
from wellheard.listen.surveys.instruments import Instrument, codes, instrument
from wellheard.people.places.models import Place

_ASKED_AT_ONCE = 900


class PlanError(ValueError):
    """What was asked of a plan cannot be done; ``code`` says why: "own" (nobody starts their own
    plan), "state" (it does not stand where this can be done), "not_over" (the span has not
    ended), "drawn" (it was drawn before), "too_small" (the size does not reach the least of every
    stratum), "nobody" (nobody may be asked), "unknown" (a code that does not exist), "unfit"
    (questions about another moment than those people are asked after); of an anonymous plan
    "unequal" (answers would have to be weighed one by one), "no_link" (no way
    carries a link)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """A plan as it is proposed; codes as in the versioned data."""

    name: str
    instrument: str
    eligibility: str
    sequence: str
    size: int
    period: str = "month"
    method: str = "simple"
    stratum: str = ""
    least: int = 0
    sizes: Mapping[str, int] = field(default_factory=dict)
    places: Sequence[Place] = ()
    anonymous: bool = False


def propose_plan(new: NewPlan, *, by: Actor, at: datetime) -> SamplePlan:
    """Keep a plan; it asks nobody before a second person approves it. Raises PlanError."""
    known = (
        new.instrument in codes(by.organisation_id)
        and new.eligibility in eligibilities()
        and new.sequence in sequences()
        and new.method in SamplePlan.Method.values
        and new.period in SamplePlan.Period.values
        and new.stratum in SamplePlan.Stratum.values
        and 0 < new.size <= limits().largest_draw
        and all(place.organisation_id == by.organisation_id for place in new.places)
    )
    if not known or (new.method != "simple" and not new.stratum):
        raise PlanError("unknown")
    if not fits(new.instrument, eligibilities()[new.eligibility], period=new.period):
        raise PlanError("unfit")
    if new.anonymous and new.method == "disproportional":
        raise PlanError("unequal")
    if new.anonymous and not rules.electronic(sequences()[new.sequence].steps):
        raise PlanError("no_link")
    with acting(by, at=at) as trail:
        plan = SamplePlan.objects.create(
            organisation_id=by.organisation_id,
            name=new.name.strip()[:120],
            instrument=new.instrument,
            eligibility=new.eligibility,
            sequence=new.sequence,
            period=new.period,
            method=new.method,
            stratum=new.stratum if new.method != "simple" else "",
            size=new.size,
            least=new.least,
            sizes=dict(new.sizes),
            anonymous=new.anonymous,
            seed=new_token(192),
            proposed_by_id=_user(by),
            proposed_at=at,
        )
        plan.places.set(new.places)
        trail.write("sample.plan_proposed", plan, size=new.size, instrument=new.instrument)
    return plan


_FROM = {
    "approved": {"proposed"},
    "declined": {"proposed"},
    "paused": {"running"},
    "resumed": {"paused"},
    "stopped": {"running", "paused"},
}


def decide_plan(plan: SamplePlan, kind: str, *, why: str = "", by: Actor, at: datetime) -> PlanStep:
    """Approve, decline, pause, resume or stop a plan. Raises PlanError: "own" when somebody
    approves what they proposed, "state" when the plan does not stand where this can be done."""
    with acting(by, at=at) as trail:
        held = SamplePlan.objects.select_for_update().get(pk=plan.pk)
        if plan_state(held) not in _FROM[kind]:
            raise PlanError("state")
        if kind == "approved" and held.proposed_by_id == _user(by):
            raise PlanError("own")
        step = PlanStep.objects.create(plan=held, kind=kind, why=why[:300], by_id=_user(by), at=at)
        trail.write(f"sample.plan_{kind}", held)
        if kind == "stopped":
            stop_asking(SampleMember.objects.filter(wave__plan=held), "stopped", at)
    return step


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draw would bring, before anybody is asked."""

    frame: Frame
    draw: rules.Draw
    asked: Instrument


def preview_draw(
    plan: SamplePlan,
    starts_on: date,
    *,
    at: datetime,
    group: tuple[str, str] = ("", ""),
    size: int | None = None,
) -> Preview:
    """Draw without keeping anything: the very people that ``draw_wave`` would take at the same
    moment. ``group``: only visits with this attribute. Raises PlanError."""
    organisation = plan.organisation
    starts_on, ends_on = rules.span_of(plan.period, starts_on)
    places = list(plan.places.values_list("pk", flat=True))
    rule = eligibilities()[plan.eligibility]
    visits = visits_of_span(organisation, starts_on, ends_on, places, after=rule.after)
    if group[0]:
        visits = visits.filter(**{"place_id" if group[0] == "place" else group[0]: group[1]})
    asked = instrument(plan.instrument, organisation_id=plan.organisation_id)
    design = rules.Design(
        method="simple" if group[0] else plan.method,
        size=plan.size if size is None else size,
        least=plan.least,
        sizes=plan.sizes,
        household=rule.household,
    )
    with _without_collecting():
        frame = frame_of(
            visits,
            rule,
            organisation=organisation,
            languages=asked.languages,
            stratum="" if group[0] else plan.stratum,
            at=at,
        )
        try:
            drawn = rules.draw_sample(frame.candidates, design, seed=_seed(plan, starts_on, group))
        except rules.TooSmallError:
            raise PlanError("too_small") from None
    return Preview(frame, drawn, asked)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A million candidates hold no circles, and the collector would walk over them again and
    again while they come."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def draw_wave(
    plan: SamplePlan,
    starts_on: date,
    *,
    by: Actor,
    at: datetime,
    group: tuple[str, str] = ("", ""),
    size: int | None = None,
    sequence: str = "",
) -> Wave:
    """Draw the span that holds ``starts_on`` and begin to ask. All or nothing. Raises PlanError.

    Kept with it: seed, frame size, why others were left out, strata, everybody's chance.
    """
    starts_on, ends_on = rules.span_of(plan.period, starts_on)
    with acting(by, at=at) as trail:
        held = SamplePlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
        if plan_state(held) != "running":
            raise PlanError("state")
        if ends_on > at.date():
            raise PlanError("not_over")
        if held.waves.filter(starts_on=starts_on, group=group[0], value=group[1]).exists():
            raise PlanError("drawn")
        found = preview_draw(held, starts_on, at=at, group=group, size=size)
        if not found.draw.chosen:
            raise PlanError("nobody")
        rule = eligibilities()[held.eligibility]
        way = sequences()[sequence or held.sequence]
        wave = Wave.objects.create(
            organisation_id=held.organisation_id,
            plan=held,
            starts_on=starts_on,
            ends_on=ends_on,
            group=group[0],
            value=group[1],
            sequence=way.code,
            seed=_seed(held, starts_on, group),
            method=f"{held.method} random sample by keyed hash, one visit a household",
            rules_version=f"{rule.code} {rule.version}, {way.code} {way.version}",
            instrument_version=found.asked.version,
            frame=found.frame.visits,
            eligible=len(found.frame.candidates),
            homes=found.draw.homes,
            strata={name: list(counts) for name, counts in found.draw.strata.items()},
            left_out=found.frame.left_out,
            drawn_at=at,
        )
        keep_members(wave, found.draw, found.asked, at=at)
        trail.write("sample.drawn", wave, drawn=len(found.draw.chosen), frame=wave.frame)
        trail.publish("listen.sample_drawn", wave_id=wave.pk)
    return wave


def _seed(plan: SamplePlan, starts_on: date, group: tuple[str, str]) -> str:
    return digest(f"{plan.seed}/{starts_on.isoformat()}/{group[0]}={group[1]}", "sample-seed")


def close_step(
    step: ModeStep, *, outcome: str = "done", ended_as: str = "", by: Actor, at: datetime
) -> None:
    """Somebody did a step on paper or by telephone: ``done`` or ``failed``; the next step follows.

    ``ended_as``: what the person said to it ("refused", "ineligible", "died"); nobody asks again.
    """
    with acting(by, at=at) as trail:
        held = ModeStep.objects.select_for_update(of=("self",)).get(pk=step.pk)
        if held.closed_at is not None:
            return
        held.closed_at, held.outcome = at, outcome
        held.save(update_fields=["closed_at", "outcome"])
        trail.write("sample.step_closed", held, mode=held.mode, outcome=outcome)
        if ended_as:
            stop_asking(SampleMember.objects.filter(pk=held.member.pk), ended_as, at)
        else:
            follow_with([held], at=at, at_once=outcome == "failed")


def follow_with(steps: Sequence[rules.Step], *, at: datetime, at_once: bool = False) -> None:
    """Open the step after each of these, for those still to be asked; at once when this way did
    not reach the person."""
    rows = []
    for step in steps:
        member = step.member
        way = rules.read_way(member.way)
        if member.ended_as or step.number >= len(way):
            continue
        mode, days = way[step.number]
        planned = member.starts_at + timedelta(days=days)
        due_at = at if at_once else max(planned, at)
        if due_at < member.closes_at:
            rows.append(
                {
                    "organisation_id": step.organisation_id,
                    "member_id": member.pk,
                    "number": step.number + 1,
                    "mode": mode,
                    "due_at": due_at,
                }
            )
    insert_rows(ModeStep, rows)


def stop_asking(members: QuerySet[SampleMember], ended_as: str, at: datetime) -> int:
    """Nobody of these is asked again; open steps are closed. How many."""
    ids = list(members.filter(ended_as="").values_list("pk", flat=True))
    _end(ids, ended_as, at, at)
    if ended_as in ("refused", "stopped", "died"):
        _close_links(ids, at, refused=ended_as == "refused")
    return len(ids)


def stop_asking_unnamed(members: QuerySet[SampleMember]) -> int:
    """The same of those who answered without a name: no moment says when. How many."""
    ids = list(members.filter(ended_as="").values_list("pk", flat=True))
    _end(ids, "answered", F("closes_at"), F("due_at"))
    return len(ids)


_Moment = datetime | F


def _end(ids: Sequence[int], ended_as: str, ended_at: _Moment, closed_at: _Moment) -> None:
    for start in range(0, len(ids), _ASKED_AT_ONCE):
        some = ids[start : start + _ASKED_AT_ONCE]
        SampleMember.objects.filter(pk__in=some).update(ended_as=ended_as, ended_at=ended_at)
        ModeStep.objects.filter(member_id__in=some, closed_at=None).update(
            closed_at=closed_at, outcome="not_needed"
        )


def _close_links(member_ids: Sequence[int], at: datetime, *, refused: bool) -> None:
    """A link that nobody began is closed; what was begun may still be sent. Of anonymous ones it
    is not known who began: they stay open to those who only do not want to be reminded."""
    for start in range(0, len(member_ids), _ASKED_AT_ONCE):
        links = Invitation.objects.filter(
            sample_member__in=member_ids[start : start + _ASKED_AT_ONCE],
            finished_at=None,
            begun_at=None,
        )
        (links.filter(anonymous=False) if refused else links).update(finished_at=at)


def record_answer(member: SampleMember, response: Response, *, by: Actor, at: datetime) -> None:
    """An answer that came another way (a sheet, a call) is this person's: the link is used up."""
    with acting(by, at=at) as trail:
        Invitation.objects.filter(sample_member=member, response=None).update(
            response=response, finished_at=at, progress=""
        )
        stop_asking(SampleMember.objects.filter(pk=member.pk), "answered", at)
        trail.write("sample.answered", member, response=response.pk)


def decide_top_up(proposal: TopUp, *, accepted: bool, by: Actor, at: datetime) -> Wave | None:
    """Accept a proposal (more of the silent group are drawn and asked in another way), or decline
    it. Raises PlanError."""
    with acting(by, at=at) as trail:
        held = TopUp.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
        if held.accepted is not None:
            raise PlanError("state")
        wave = None
        if accepted:
            wave = draw_wave(
                held.wave.plan,
                held.wave.starts_on,
                by=by,
                at=at,
                group=(held.group, held.value),
                size=held.size,
                sequence=held.sequence,
            )
        held.accepted, held.decided_by_id, held.decided_at = accepted, _user(by), at
        held.drawn = wave
        held.save(update_fields=["accepted", "decided_by", "decided_at", "drawn"])
        trail.write("sample.top_up_decided", held, accepted=accepted)
    return wave


def _user(by: Actor) -> int | None:
    first = by.ref.partition("/")[0]
    return int(first) if by.kind in ("staff", "api") and first.isdigit() else None

"""From a review to a reply in public: two people, the linter, the outlet's program, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from wellheard.base.audit.models import AuditRow
from wellheard.base.jobs.worker import Worker
from wellheard.listen.reviews.actions import judge_spam, take
from wellheard.listen.reviews.connectors.table import Pulled
from wellheard.listen.reviews.models import Outlet
from wellheard.listen.reviews.rules import Entry
from wellheard.people.access.person import person_of
from wellheard.people.staff.models import User
from wellheard.resolve.replies import facts, queries
from wellheard.resolve.replies.actions import approving, drafting, posting, publishing
from wellheard.resolve.replies.actions.drafting import BlockedError, ReplyStateError
from wellheard.resolve.replies.models import PublicReply, ReplyDraft, ReplyTry, ReplyWay
from wellheard.resolve.replies.policy import desk
from wellheard.resolve.replies.tests.conftest import Told
from wellheard.resolve.replies.tests.standin import TOKEN, StandIn

pytestmark = [pytest.mark.django_db, pytest.mark.capability("B12")]
Write = Callable[..., ReplyDraft]


@pytest.fixture(scope="module")
def running() -> Iterator[StandIn]:
    with StandIn().running() as standin:
        yield standin


@pytest.fixture
def standin(running: StandIn, settings: Any) -> StandIn:
    settings.REVIEWS_PRIVATE_ADDRESSES = True
    running.forget()
    return running


@pytest.fixture
def program(standin: StandIn, outlet: Outlet, actor: Any, at: Any) -> Callable[..., ReplyWay]:
    def set_(protocol: str = "json", token: str = TOKEN) -> ReplyWay:
        way = posting.set_way(
            outlet, protocol=protocol, address=standin.address, token=token, by=actor, at=at
        )
        assert way is not None
        return way

    return set_


def state(reply: PublicReply) -> str:
    return facts.standing_of(PublicReply.objects.get(pk=reply.pk))


def publish(draft: ReplyDraft, now: Any) -> None:
    publishing.publish_one(draft.reply_id, clock=lambda: now)


def actions_of(reply: PublicReply) -> list[str]:
    rows = AuditRow.objects.filter(object_kind="resolve.publicreply", object_id=str(reply.pk))
    return list(rows.order_by("sequence").values_list("action", flat=True))


def test_words_that_tell_of_a_visit_are_blocked_and_not_kept(
    told: Told, write: Write, caplog: Any
) -> None:
    review = told("Slow and rude", 1)
    caplog.set_level("DEBUG")
    with pytest.raises(BlockedError) as stopped:
        write(review, f"Sorry about your visit last week. {facts.contact('en')}")
    assert {hit.kind for hit in stopped.value.hits} == {"confirms", "date"}
    assert not ReplyDraft.objects.exists()
    row = AuditRow.objects.get(action="reply.blocked")
    assert row.details["kinds"] == ["confirms", "date"] and "visit" not in str(row.details)
    assert "Slow and rude" not in caplog.text and "last week" not in caplog.text
    with pytest.raises(BlockedError) as stopped:
        write(review, "Thank you for writing.")
    assert [hit.kind for hit in stopped.value.hits] == ["contact"]
    with pytest.raises(BlockedError):
        write(review, f"Ask Ashby. {facts.contact('en')}")


@pytest.mark.parametrize("protocol", ["json", "business_profile"])
def test_compliant_reply_is_approved_by_another_and_published_once(
    protocol: str, told: Told, write: Write, approve: Write, program: Any, standin: StandIn, at: Any,
) -> None:  # fmt: skip
    way = program(protocol)
    assert TOKEN not in str(list(ReplyWay.objects.values_list("protocol", "address", "pk")))
    draft = write(told("Waited for ever", 2))
    assert state(draft.reply) == "drafted" and standin.shown == []
    approve(draft)
    assert state(draft.reply) == "publishing"
    Worker().drain()
    assert standin.shown == [("r1", draft.text)] and state(draft.reply) == "published"
    publish(draft, at + timedelta(days=1))
    Worker().drain()
    assert len(standin.shown) == standin.asked == 1
    assert actions_of(draft.reply) == ["reply.drafted", "reply.approved", "reply.published"]
    made = ReplyTry.objects.get()
    assert made.url == ("https://reviews.example/r/1" if protocol == "json" else "")
    assert way.token == TOKEN


def test_secret_lies_encrypted(program: Any) -> None:
    from django.db import connection

    program()
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM resolve_replyway")
        assert TOKEN not in cursor.fetchone()[0]


def test_nobody_approves_their_own_words_nor_can_the_database_hold_it(
    told: Told, write: Write, writer: User, at: Any
) -> None:
    draft = write(told())
    with pytest.raises(approving.SamePersonError):
        approving.approve(draft, approver=writer, by=person_of(writer, now=at).actor, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReplyDraft.objects.filter(pk=draft.pk).update(approved_by=writer, approved_at=at)


def test_edit_after_approval_needs_approval_again(
    told: Told, write: Write, approve: Write, standin: StandIn, at: Any
) -> None:
    review = told()
    first = write(review)
    approve(first)
    assert state(first.reply) == "to_post", "an outlet without a program is posted by hand"
    second = write(review, first.text + " Thank you.")
    assert state(first.reply) == "drafted"
    with pytest.raises(ReplyStateError) as refused:
        approve(first)
    assert refused.value.state == "edited"
    with pytest.raises(ReplyStateError):
        posting.mark_posted(first.reply, url="https://x.example/1", user=first.written_by,
                            by=person_of(first.written_by, now=at).actor, at=at)  # fmt: skip
    approve(second)
    made = posting.mark_posted(second.reply, url="https://x.example/1", user=first.written_by,
                               by=person_of(first.written_by, now=at).actor, at=at)  # fmt: skip
    assert (made.draft, made.way, state(second.reply)) == (second, "hand", "published")


def test_rules_are_asked_again_when_it_is_approved_and_published(
    told: Told, write: Write, approve: Write, program: Any, standin: StandIn, staff: Any, at: Any,
) -> None:  # fmt: skip
    program()
    one, two = write(told(key="r1")), write(told(key="r2"))
    approve(two)
    somebody = staff("nurse_manager")
    somebody.name = "Nia Thank"
    somebody.save()
    with pytest.raises(BlockedError):
        approve(one)
    assert state(one.reply) == "drafted"
    Worker().drain()
    assert standin.asked == 0 and state(two.reply) == "withdrawn"
    assert ReplyDraft.objects.get(pk=two.pk).withdrawn_as == "rules"
    assert actions_of(two.reply)[-2:] == ["reply.blocked", "reply.withdrawn"]


@pytest.mark.parametrize("change", ["edited", "deleted", "spam"])
def test_change_of_the_review_withdraws_what_waits(
    change: str, told: Told, write: Write, approve: Write, program: Any, standin: StandIn,
    outlet: Outlet, actor: Any, at: Any,
) -> None:  # fmt: skip
    program()
    review = told("Cold food", 2)
    draft = write(review)
    approve(draft)
    if change == "spam":
        judge_spam(review, is_spam=True, by=actor, at=at)
    else:
        words = "Cold food, but they rang back" if change == "edited" else ""
        entry = Entry("r1", words, 3, 5, review.written_at, deleted=change == "deleted")
        take(outlet, Pulled([entry]), by=actor, at=at + timedelta(minutes=1))
    # The job of publishing stands before that of the event: it must look for itself.
    Worker().drain()
    draft.refresh_from_db()
    assert (draft.withdrawn_as, state(draft.reply), standin.asked) == (change, "withdrawn", 0)
    assert actions_of(draft.reply).count("reply.withdrawn") == 1
    if change == "edited":
        review.refresh_from_db()
        again = write(review, now=at + timedelta(hours=1))
        approve(again, now=at + timedelta(hours=1))
        publish(again, at + timedelta(hours=1))
        assert state(draft.reply) == "published"


def test_bad_days_are_tried_again_with_the_same_key_and_shown_once(
    told: Told, write: Write, approve: Write, program: Any, standin: StandIn, at: Any
) -> None:
    program()
    draft = write(told())
    approve(draft)
    standin.bad_days = [503, "hang-up", 429]
    now = at
    for _ in range(4):
        publish(draft, now)
        now += timedelta(hours=1)
    assert [t.outcome for t in draft.tries.all()] == ["unknown", "unknown", "failed", "published"]
    assert len(standin.shown) == 1 and len(set(standin.keys)) == 1
    assert state(draft.reply) == "published"


def test_killed_worker_leaves_a_try_that_is_taken_up_and_shown_once(
    told: Told, write: Write, approve: Write, program: Any, standin: StandIn, at: Any,
    monkeypatch: Any,
) -> None:  # fmt: skip
    program()
    draft = write(told())
    approve(draft)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "note_published", killed)
        with pytest.raises(KeyboardInterrupt):
            publish(draft, at)
    assert len(standin.shown) == 1 and draft.tries.get().outcome == ""
    publish(draft, at + timedelta(seconds=5))
    assert standin.asked == 1, "the lease still holds"
    later = at + timedelta(seconds=desk().publishing.lease + 1)
    assert publishing.sweep_due(later) == 1
    publish(draft, later)
    assert (standin.asked, len(standin.shown), state(draft.reply)) == (2, 1, "published")


def test_two_workers_at_once_publish_once(
    told: Told, write: Write, approve: Write, program: Any, standin: StandIn, at: Any
) -> None:
    program()
    draft = write(told())
    approve(draft)
    first = publishing.pack(draft.reply_id, now=at)
    assert first is not None and publishing.pack(draft.reply_id, now=at) is None
    # The first one stalls past its lease; the second does the work; the first comes back.
    later = at + timedelta(seconds=desk().publishing.lease + 1)
    publish(draft, later)
    publishing.note_published(first.try_id, publishing.post(first.posting, first.token), at=later)
    assert len(standin.shown) == 1
    assert [t.outcome for t in draft.tries.all()] == ["failed", "published"]


def test_refusal_is_a_clear_failure_and_a_hand_may_stand_in(
    told: Told, write: Write, approve: Write, program: Any, standin: StandIn, at: Any
) -> None:
    program(token="wrong")
    draft = write(told())
    approve(draft)
    publish(draft, at)
    made = draft.tries.get()
    assert (made.outcome, made.code, state(draft.reply)) == ("failed", "http-401", "failed")
    assert publishing.sweep_due(at + timedelta(days=9)) == 0
    program(token=TOKEN)
    by = person_of(draft.written_by, now=at).actor
    posting.try_again(draft.reply, by=by, at=at)
    standin.bad_days = [302]
    publish(draft, at)
    assert draft.tries.order_by("pk").reverse()[0].code == "http-302" and standin.shown == []


def test_what_nobody_knows_is_settled_by_looking_before_anything_else(
    told: Told, write: Write, approve: Write, program: Any, standin: StandIn, at: Any
) -> None:
    program()
    review = told()
    draft = write(review)
    approve(draft)
    standin.bad_days = ["hang-up"] * desk().publishing.most_tries
    now = at
    for _ in range(desk().publishing.most_tries):
        publish(draft, now)
        now += timedelta(days=1)
    assert state(draft.reply) == "uncertain"
    with pytest.raises(ReplyStateError):
        write(review)
    by = person_of(draft.written_by, now=at).actor
    posting.settle(draft.reply, is_there=True, user=draft.written_by, by=by, at=now)
    assert state(draft.reply) == "published" and len(standin.shown) == 1


def test_key_is_another_after_somebody_looked_and_found_nothing(
    told: Told, write: Write, approve: Write, program: Any, standin: StandIn, at: Any
) -> None:
    program()
    draft = write(told())
    approve(draft)
    standin.bad_days = [500] * desk().publishing.most_tries
    for day in range(desk().publishing.most_tries):
        publish(draft, at + timedelta(days=day))
    by = person_of(draft.written_by, now=at).actor
    posting.settle(draft.reply, is_there=False, user=draft.written_by, by=by, at=at)
    assert state(draft.reply) == "failed"
    posting.try_again(draft.reply, by=by, at=at)
    publish(draft, at)
    assert state(draft.reply) == "published"
    assert standin.keys[-1] not in standin.keys[:-1] and len(standin.shown) == 1


def test_review_about_safety_leads_into_a_case_and_the_reply_into_private(
    told: Told, write: Write, approve: Write, staff: Any, at: Any
) -> None:
    staff("grievance_officer")
    review = told("They gave my father the wrong medication and he stopped breathing", 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(facts, "is_safety", lambda _review: True)
        early = write(review)
        with pytest.raises(ReplyStateError) as refused:
            approve(early)
        assert refused.value.state == "no_case"
    Worker().drain()
    review.refresh_from_db()
    case = facts.case_of(review)
    assert case is not None and facts.is_safety(review)
    offered = drafting.beginnings(review, "en")
    assert [each.tone for each in offered] == ["safety"]
    draft = write(review)
    assert facts.contact("en") in draft.text and draft.template == "safety"
    assert approve(draft).approved_at is not None
    with pytest.raises(BlockedError):
        write(review, "Thank you. We take this seriously.")


def test_coverage_and_speed_show_both_tones(
    told: Told, write: Write, approve: Write, staff: Any, person_of: Any, at: Any
) -> None:
    person = person_of(staff("px_specialist"))
    for n, stars in enumerate((5, 5, 4, 1, 2)):
        review = told(f"Words {n}", stars, key=f"r{n}", days=4)
        if n in (0, 3):
            draft = write(review)
            approve(draft)
            posting.mark_posted(draft.reply, url="https://x.example/1", user=draft.written_by,
                                by=person.actor, at=at + timedelta(days=n))  # fmt: skip
    found = queries.answers(person, now=at + timedelta(days=5))
    lines = {each.tone: each for each in queries.coverage(found)}
    praise, criticism, both = (lines[t].share for t in ("positive", "negative", "mixed"))
    assert praise is not None and (praise.count, praise.n) == (1, 3)
    assert criticism is not None and (criticism.count, criticism.n) == (1, 2)
    assert 0 < criticism.low < 0.5 < criticism.high < 1
    assert both is None
    days = lines["all"].days
    assert days is not None and (days.n, days.estimate, days.low) == (2, 5.5, None)
    (month,) = queries.months(found)
    assert month.days.n == 2
    waiting = queries.unanswered(person, now=at + timedelta(days=5))
    assert [each.review.external_id for each in waiting] == ["r4", "r1", "r2"], "due first"


def test_addresses_written_out_are_the_addresses(settings: Any) -> None:
    from django.utils.translation import override

    with override("en"):
        assert facts.COMPLAINT.format(language="en") == reverse("follow:start")

"""More words in a case: from the person's page, from a reply, from a call."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.intake.actions import NewComment, decide_comment, receive_comment
from wellheard.listen.intake.models import Comment
from wellheard.resolve.complaints.actions.changing import changing
from wellheard.resolve.complaints.models import Case, CaseComment
from wellheard.resolve.complaints.rules.words import read_words


def add_to_case(
    *, case_id: int, text: str, source: str, key: str = "", by: Actor, at: datetime
) -> Comment:
    """Keep more words of the person in their case; they are read for danger like any others.

    The same `key` again changes nothing. A snoozed case wakes. Raises EmptyWordsError,
    TooManyWordsError, Case.DoesNotExist.
    """
    words = read_words(text)
    case = Case.objects.select_related("organisation", "place", "site", "patient").get(
        pk=case_id, organisation_id=by.organisation_id
    )
    with acting(by, at=at):
        comment = receive_comment(_addition(case, words, source, key), by=by, at=at)
        if CaseComment.objects.filter(comment=comment).exists():
            return comment
        CaseComment.objects.create(
            organisation_id=case.organisation_id,
            case=case,
            comment=comment,
            part=CaseComment.Part.ADDITION,
            at=at,
        )
        decide_comment(comment_id=comment.pk, kind="case", by=by, at=at)
        with changing(case.pk, by=by, at=at) as (changed, trail):
            changed.snoozed_until = None
            changed.snoozes.filter(woken_at__isnull=True).update(woken_at=at)
            trail.write("case.added_to", changed, comment=comment.pk, source=source)
            trail.publish("resolve.case_added_to", case_id=changed.pk)
    return comment


def _addition(case: Case, words: str, source: str, key: str) -> NewComment:
    return NewComment(
        organisation=case.organisation,
        source=source,
        text=words,
        place=case.place,
        site=case.site,
        language=case.language,
        patient=case.patient,
        submission_key=key or None,
    )

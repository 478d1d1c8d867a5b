"""Running a study. Withdrawing takes away a person's name and every word they said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.interviews.models import (
    CodeBook,
    Coding,
    Conversation,
    Participant,
    Passage,
    Quota,
    Study,
)
from wellheard.listen.interviews.rules import read_transcript
from wellheard.people.places.models import Organisation


class NotAgreedError(Exception):
    """The person has not agreed to take part."""


def begin_study(
    organisation: Organisation,
    *,
    title: str,
    question: str,
    kind: str,
    guide: str,
    quotas: Mapping[str, int],
    by: Actor,
    at: datetime,
) -> Study:
    """Begin a study with its quotas."""
    with acting(by, at=at) as trail:
        study = Study.objects.create(
            organisation=organisation,
            title=title,
            question=question,
            kind=kind,
            guide=guide,
            begun_at=at,
        )
        Quota.objects.bulk_create(
            Quota(study=study, label=label, wanted=wanted) for label, wanted in quotas.items()
        )
        trail.write("study.begun", study, quotas=len(quotas))
    return study


def add_participant(
    quota: Quota,
    *,
    name: str,
    agreed: bool,
    may_quote: bool,
    may_record: bool,
    by: Actor,
    at: datetime,
) -> Participant:
    """Take somebody in who has agreed, and to what. Raises NotAgreedError."""
    if not agreed:
        raise NotAgreedError
    with acting(by, at=at) as trail:
        # Two at once would draw the same code.
        study = Study.objects.select_for_update().get(pk=quota.study_id)
        person = Participant.objects.create(
            study=study,
            quota=quota,
            code=f"P{study.participants.count() + 1}",
            name=name,
            may_quote=may_quote,
            may_record=may_record,
            consented_at=at,
        )
        trail.write("participant.agreed", person, quote=may_quote, record=may_record)
    return person


def keep_transcript(
    study: Study, *, title: str, held_on: date, text: str, by: Actor, at: datetime
) -> Conversation:
    """Keep what was said, whole or not at all. Raises TranscriptError."""
    people = {person.code: person for person in study.participants.all()}
    turns = read_transcript(text, {code: p.withdrawn_at is None for code, p in people.items()})
    with acting(by, at=at) as trail:
        talk = Conversation.objects.create(study=study, title=title, held_on=held_on, kept_at=at)
        Passage.objects.bulk_create(
            Passage(
                conversation=talk,
                number=number,
                participant=people.get(turn.speaker),
                text=turn.text,
            )
            for number, turn in enumerate(turns, 1)
        )
        trail.write("transcript.kept", talk, passages=len(turns))
    return talk


def new_codes(study: Study, codes: Mapping[str, list[str]], *, by: Actor, at: datetime) -> CodeBook:
    """The next version of the codes. What was coded by an earlier one stays with that one."""
    with acting(by, at=at) as trail:
        Study.objects.select_for_update().get(pk=study.pk)
        newest = study.books.first()
        book = CodeBook.objects.create(
            study=study,
            version=newest.version + 1 if newest else 1,
            codes=dict(codes),
            made_by_name=by.name[:120],
            made_at=at,
        )
        trail.write("codes.made", book, version=book.version, count=len(codes))
    return book


def code_passage(
    passage: Passage, book: CodeBook, codes: Collection[str], *, coder_id: int, by: Actor,
    at: datetime,
) -> Coding:  # fmt: skip
    """Say which codes fit a passage; again replaces. Raises ValueError for a code that is not in
    the book, or a book of another study."""
    if not set(codes) <= set(book.codes) or book.study_id != passage.conversation.study_id:
        raise ValueError("no such code")
    with acting(by, at=at) as trail:
        coding, _ = Coding.objects.update_or_create(
            passage=passage, book=book, coder_id=coder_id,
            defaults={"codes": sorted(set(codes)), "at": at},
        )  # fmt: skip
        trail.write("passage.coded", passage, codes=len(set(codes)))
    return coding


def withdraw(person: Participant, *, by: Actor, at: datetime) -> int:
    """Take a person out of everything: their passages with every coding, and their name. How many
    passages. A second time changes nothing."""
    with acting(by, at=at) as trail:
        count = person.passages.count()
        person.passages.all().delete()
        person.name, person.may_quote, person.may_record = "", False, False
        person.withdrawn_at = person.withdrawn_at or at
        person.save(update_fields=["name", "may_quote", "may_record", "withdrawn_at"])
        trail.write("participant.withdrew", person, passages=count)
    return count

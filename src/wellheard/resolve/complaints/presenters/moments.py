"""The moments of a case: one small reader for each kind of step row. Rows in, words out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from wellheard.base.pages import figures
from wellheard.listen.intake.models import Comment
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.models.step import Step
from wellheard.resolve.complaints.presenters.sharing import SHARING
from wellheard.resolve.complaints.queries.rulebook import pack_of, priority_in_force
from wellheard.resolve.complaints.wording import RIGHT_TO_LEFT


@dataclass(frozen=True, slots=True)
class Entry:
    """One moment. `paper` is quoted text, `text` our sentence; `note_id` lets a note be amended."""

    at: datetime
    title: str
    who: str = ""
    sign: str = "note"
    kind: str = ""
    text: str = ""
    paper: str = ""
    language: str = ""
    amendments: tuple[tuple[str, str, str, datetime], ...] = ()
    note_id: int = 0
    lines: tuple[str, ...] = ()
    folded: bool = False

    @property
    def direction(self) -> str:
        """The direction of quoted text: a known right-to-left language does not begin with a
        name in another script."""
        return "rtl" if self.language[:2] in RIGHT_TO_LEFT else "auto"


def _who(step: Step) -> str:
    if step.by_kind == "staff":
        return step.by_name
    return {"patient": _("The person"), "api": step.by_name}.get(step.by_kind, _("Wellheard"))


def _said(case: Case) -> Iterator[Entry]:
    titles = {
        "first": _("They told us"),
        "addition": _("They added"),
        "repeat": _("They told us again, by another way"),
    }
    for row in case.said.select_related("comment"):
        yield Entry(
            at=row.comment.received_at if row.part == "first" else row.at,
            title=titles[row.part],
            who=channel_words(row.comment.source),
            sign="comment",
            kind="action" if row.part != "first" else "",
            paper=row.comment.text,
            language=row.comment.language or case.language,
        )
        yield from _translated(row.comment)


def _translated(comment: Comment) -> Iterator[Entry]:
    """Translations beside the original: who made each, and who read it over."""
    for one in comment.translations.order_by("at"):
        made = _("%(name)s (a program)") if one.by_machine else "%(name)s"
        over = _("Read over by %(name)s.") % {"name": one.reviewed_by_name}
        yield Entry(
            at=one.at,
            title=_("Translated (%(language)s)") % {"language": one.language},
            who=made % {"name": one.translator or one.by_name},
            sign="comment",
            text=over if one.reviewed_by else _("Nobody has read it over yet."),
            paper=one.text,
            language=one.language,
        )


def channel_words(source: str) -> str:
    """The way by which something arrived."""
    return {
        "card": _("by comment card"),
        "paper": _("by paper card"),
        "survey": _("in a survey"),
        "import": _("from an import"),
        "complaint_form": _("by the complaint form"),
        "email": _("by e-mail"),
        "sms": _("by text message"),
        "phone": _("by phone"),
        "in_person": _("in person"),
        "letter": _("by letter"),
        "api": _("from another system"),
    }.get(source, source)


def _classes(case: Case) -> Iterator[Entry]:
    pack = pack_of(case)
    for row in case.classifications.all():
        label = pack.class_label(row.klass)
        rules = ", ".join(row.fired) or _("no rule held")
        if row.lowers and row.agreed_at is None:
            state = _("refused") if row.refused_at else _("waits for a second person")
            title = _("Lowering to “%(class)s”: %(state)s") % {"class": label, "state": state}
        else:
            title = _("Handled as: %(class)s") % {"class": label}
        text = _("By %(rules)s.") % {"rules": rules}
        if row.agreed_by_name:
            text += " " + _("Second person: %(name)s.") % {"name": row.agreed_by_name}
        yield Entry(row.at, title, _who(row), "tag", text=f"{text} {row.why}".strip())


def _tiers(case: Case) -> Iterator[Entry]:
    model = priority_in_force(case.organisation_id)
    for row in case.prioritychanges.all():
        danger = row.new == "immediate"
        title = _("Urgency: %(tier)s") % {"tier": model.label(row.new)}
        yield Entry(
            row.at,
            title,
            _who(row),
            "danger" if danger else "flag",
            "danger" if danger else "",
            text=row.why,
        )


def _owners(case: Case) -> Iterator[Entry]:
    for row in case.assignments.select_related("owner"):
        title = _("%(name)s owns the case") % {"name": row.owner.name}
        rule = {
            "person": "",
            "cover": _("Covers for somebody who is away."),
            "conflict": _("The owner before was named in the case."),
        }.get(row.rule, _("By the routing rules."))
        yield Entry(row.at, title, _who(row), "assign", text=f"{rule} {row.why}".strip())


def _acknowledgements(case: Case) -> Iterator[Entry]:
    ways = {
        "message": _("by message"),
        "page": _("on the page, at once"),
        "phone": _("by phone"),
        "post": _("by post"),
        "in_person": _("in person"),
    }
    for row in case.acknowledgements.all():
        title = _("Acknowledged %(way)s") % {"way": ways.get(row.way, row.way)}
        yield Entry(row.at, title, _who(row), "check", "action")
        if row.failed_at:
            title = _("The acknowledgement did not arrive")
            yield Entry(row.failed_at, title, _("Wellheard"), "alert", "attention")


def _views(case: Case) -> Iterator[Entry]:
    for row in case.perspectives.all():
        title = _("How they see it") + (f" ({_('confirmed with them')})" if row.confirmed else "")
        wish = _("They wish: %(wish)s") % {"wish": row.wish} if row.wish else ""
        yield Entry(row.at, title, _who(row), "ear", "praise", text=wish, paper=row.words)


def _issues(case: Case) -> Iterator[Entry]:
    outcomes = {choice.code: choice.label for choice in pack_of(case).outcomes}
    for issue in case.issues.prefetch_related("outcomes"):
        title = _("Issue %(number)s listed") % {"number": issue.number}
        yield Entry(issue.at, title, _who(issue), "list", text=issue.words)
        for row in issue.outcomes.all():
            title = _("Issue %(number)s: %(outcome)s") % {
                "number": issue.number,
                "outcome": outcomes.get(row.outcome, row.outcome),
            }
            yield Entry(row.at, title, _who(row), "proof", paper=row.finding)


def _notes(case: Case) -> Iterator[Entry]:
    for note in case.notes.prefetch_related("amendments"):
        amendments = tuple(
            (row.words, row.why, row.by_name, row.at) for row in note.amendments.all()
        )
        yield Entry(
            note.at,
            _("Note"),
            _who(note),
            "note",
            paper=note.words,
            amendments=amendments,
            note_id=note.pk,
        )


def _contacts(case: Case) -> Iterator[Entry]:
    for row in case.contactattempts.all():
        title = _("Reached them") if row.reached else _("Tried to reach them")
        yield Entry(
            row.at,
            f"{title} {channel_words(row.way)}",
            _who(row),
            "phone",
            "action" if row.reached else "",
            text=row.words,
        )


def _plans(case: Case) -> Iterator[Entry]:
    for row in case.handlingplans.all():
        title = _("Agreed how we handle it") if row.accepted else _("Offered a talk; they declined")
        days = _("Answer within %(days)s days.") % {"days": row.days} if row.days else ""
        yield Entry(row.at, title, _who(row), "calendar", "action", f"{days} {row.plan}".strip())


def _reviews(case: Case) -> Iterator[Entry]:
    for row in case.safetyreviews.all():
        title = _("Safety review: safe now") if row.safe_now else _("Safety review: not safe yet")
        text = (
            _("Incident %(ref)s.") % {"ref": row.incident_reference}
            if row.incident_reference
            else ""
        )
        kind = "praise" if row.safe_now else "danger"
        yield Entry(row.at, title, _who(row), "danger", kind, text, row.done)


def _answers(case: Case) -> Iterator[Entry]:
    says = {prompt.code: prompt.says for prompt in pack_of(case).prompts}
    for row in case.promptanswers.all():
        done = _("done") if row.answer == "done" else _("not needed")
        title = _("Required question: %(answer)s") % {"answer": done}
        yield Entry(row.at, title, _who(row), "help", text=says.get(row.prompt, ""), paper=row.why)


def _snoozes(case: Case) -> Iterator[Entry]:
    for row in case.snoozes.all():
        title = _("Snoozed until %(moment)s") % {"moment": figures.long_moment(row.until)}
        yield Entry(row.at, title, _who(row), "snooze", text=row.why)


def _escalations(case: Case) -> Iterator[Entry]:
    for row in case.escalations.select_related("to"):
        name = row.to.name if row.to else row.to_role
        title = _("Passed up to %(name)s") % {"name": name}
        yield Entry(row.at, title, _who(row), "up", "attention", rule_words(case, row.rule))


def rule_words(case: Case, rule: str) -> str:
    """Why something was passed up, in words: "Safety review was late (CMS-16)."."""
    clause, _space, code = rule.partition(" ")
    if clause == "message_failed":
        return _("A message did not arrive.")
    if clause == "letter_ready":
        return _("A letter waits for approval.")
    clock = pack_of(case).clock(code)
    label = clock.label if clock else _("First reply")
    source = f" ({clause})" if clock else ""
    return _("%(what)s was late%(source)s.") % {"what": label, "source": source}


def _pages(case: Case) -> Iterator[Entry]:
    for row in case.pages.select_related("to"):
        title = _("Called %(name)s") % {"name": row.to.name}
        text = ""
        if row.answered_at:
            text = _("Taken at %(moment)s.") % {"moment": figures.long_moment(row.answered_at)}
        yield Entry(row.at, title, _who(row), "bell", "danger", text)


def _letters(case: Case) -> Iterator[Entry]:
    ways = {
        "message": _("as a message with a link"),
        "post": _("by post"),
        "in_person": _("handed over"),
        "page": _("on their page"),
    }
    for row in case.letterdispatchs.select_related("letter"):
        kind = pack_of(case).letters[row.letter.kind].title
        if row.called_back_at:
            yield Entry(
                row.called_back_at,
                _("%(letter)s called back") % {"letter": kind},
                _who(row),
                "undo",
            )
            continue
        state = _("did not arrive") if row.failed_at else _("sent %(way)s") % {"way": ways[row.way]}
        yield Entry(
            row.at,
            f"{kind}: {state}",
            _who(row),
            "mail",
            "attention" if row.failed_at else "action",
            paper=row.body,
            language=row.language,
            folded=True,
        )


def _promises(case: Case) -> Iterator[Entry]:
    for row in case.promises.all():
        day = figures.long_moment(row.due_at)
        yield Entry(
            row.at, _("Promised for %(day)s") % {"day": day}, _who(row), "flag", text=row.words
        )
        if row.broken_at:
            yield Entry(row.broken_at, _("Promise broken"), "", "alert", "attention", row.words)
        if row.kept_at:
            yield Entry(row.kept_at, _("Promise kept"), "", "check", "praise", row.words)


def _people(case: Case) -> Iterator[Entry]:
    parts = {
        "named": _("is named in the complaint"),
        "witness": _("is a witness"),
        "family": _("belongs to the family"),
        "helper": _("helps the person"),
    }
    for row in case.casepersons.select_related("user"):
        name = row.user.name if row.user else row.name
        hears = " " + _("May be told about it.") if row.may_hear else ""
        yield Entry(row.at, f"{name} {parts[row.part]}", _who(row), "people", text=hears.strip())


def _sharings(case: Case) -> Iterator[Entry]:
    for row in case.sharings.all():
        title = str(SHARING.get(row.state, row.state))
        yield Entry(row.at, title, _who(row), "lock", text=row.basis)


def _receipts(case: Case) -> Iterator[Entry]:
    for row in case.receiptcorrections.all():
        text = _("From %(old)s to %(new)s. Nothing that was due became due later.") % {
            "old": figures.long_moment(row.old),
            "new": figures.long_moment(row.new),
        }
        yield Entry(
            row.at, _("Day of receipt corrected"), _who(row), "pencil", text=f"{text} {row.why}"
        )


def _files(case: Case) -> Iterator[Entry]:
    for row in case.casefiles.all():
        yield Entry(row.at, _("File added"), _who(row), "upload", text=row.name)


def _links(case: Case) -> Iterator[Entry]:
    for row in case.links.select_related("other"):
        title = _("Same matter as %(ref)s") % {"ref": row.other.reference}
        yield Entry(row.at, title, _who(row), "link", text=row.why)


def _endings(case: Case) -> Iterator[Entry]:
    reasons = {choice.code: choice.label for choice in pack_of(case).closing_reasons}
    for gone in case.withdrawals.all():
        yield Entry(gone.at, _("The person withdrew it"), _who(gone), "archive", text=gone.why)
    for row in case.closures.select_related("reopening"):
        title = _("Closed: %(reason)s") % {"reason": reasons.get(row.reason, row.reason)}
        yield Entry(row.at, title, _who(row), "archive", "praise", row.why)
    for again in case.reopenings.all():
        title = _("Closing undone") if again.kind == "undo" else _("Reopened")
        yield Entry(again.at, title, _who(again), "undo", "attention", again.why)


PARTS: tuple[Callable[[Case], Iterator[Entry]], ...] = (
    _said,
    _classes,
    _tiers,
    _owners,
    _acknowledgements,
    _views,
    _issues,
    _notes,
    _contacts,
    _plans,
    _reviews,
    _answers,
    _snoozes,
    _escalations,
    _pages,
    _letters,
    _promises,
    _people,
    _sharings,
    _receipts,
    _files,
    _links,
    _endings,
)

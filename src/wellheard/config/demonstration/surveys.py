"""One house survey, made with the builder and published by two people, as the guide says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from wellheard.config.demonstration.people import Hospital
from wellheard.config.demonstration.roles import staff_of

_FACILITIES = {"dimension": "access", "owner": "Head of facilities"}
_ON_FOOT = {"item": "way", "in": [1, 2]}
_QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "kind": "choice",
        "code": "way",
        "text": "How did you come in today?",
        "answers": "1 = Main entrance\n2 = Car park entrance\n3 = By ambulance",
        "more": _FACILITIES,
    },
    {
        "kind": "scale",
        "code": "found",
        "text": "How easy was it to find your way to {place}?",
        "answers": "1 = Very hard\n2 = Hard\n3 = Easy\n4 = Very easy",
        "top_box": (4,),
        "direction": "higher",
        "ask_if": _ON_FOOT,
        "more": {
            **_FACILITIES,
            "process": "Signs and paths",
            "lever": "Signs, a map with the letter, a volunteer at the door",
        },
    },
    {
        "kind": "multiple",
        "code": "helped",
        "text": "What helped you?",
        "answers": "1 = Signs\n2 = The map in my letter\n3 = Somebody I asked\n!4 = Nothing",
        "ask_if": _ON_FOOT,
        "more": {
            **_FACILITIES,
            "shuffle": True,
        },
    },
    {
        "kind": "text",
        "code": "comment",
        "text": "What would have made it easier?",
        "more": {"dimension": "access"},
    },
)


def build(hospital: Hospital, now: datetime) -> None:
    """Make, sign, propose and approve it."""
    from wellheard.base.audit.actor import Actor
    from wellheard.listen.builder import actions, editing
    from wellheard.listen.builder.editing import Question
    from wellheard.listen.surveys.actions import decide_version
    from wellheard.people.staff.models import User

    home = hospital.organisation.pk
    emails = [each["email"] for each in staff_of("px_specialist")]
    users = User.objects.filter(organisation_id=home)
    first = users.get(email=emails[0])
    second = users.exclude(pk=first.pk).order_by("pk")[0]
    ana, ben = (Actor("staff", str(user.pk), home, user.name) for user in (first, second))
    draft = actions.begin_draft(
        code="finding_us",
        title="Finding your way",
        intro="Four short questions about finding your way to us. You can leave out any of them.",
        languages=["en"],
        by=ana,
        at=now,
    )

    def put_together(definition: dict[str, Any]) -> dict[str, Any]:
        for fields in _QUESTIONS:
            question = Question(**fields)
            definition = editing.with_question(definition, question, actions.ready_scales())
        settled = editing.with_settings(
            definition,
            owner="Head of facilities",
            review_on=(now + timedelta(days=365)).date().isoformat(),
        )
        return editing.signed(settled, "en", ana.name)

    actions.change_draft(draft, put_together, by=ana, at=now)
    proposal = actions.propose_draft(
        draft, reason="Patients told us that the new wing is hard to find.", by=ana, at=now
    )
    decide_version(proposal=proposal, approved=True, by=ben, at=now)

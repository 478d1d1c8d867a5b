"""Beginning a draft, changing it, trying it out, and proposing it for publication."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from django.db.models import QuerySet

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.builder import editing
from wellheard.listen.builder.models import SurveyDraft, SurveyTrial
from wellheard.listen.builder.publishing import Check, as_published, check_draft
from wellheard.listen.invitations.rules import Progress
from wellheard.listen.surveys.actions import OfficialError, propose_version
from wellheard.listen.surveys.instruments import definition as definition_of
from wellheard.listen.surveys.instruments import official_instruments, versions
from wellheard.listen.surveys.models import InstrumentProposal
from wellheard.listen.surveys.rules import read_draft

Change = Callable[[dict[str, Any]], dict[str, Any]]


class DraftClosedError(Exception):
    """The draft was proposed or thrown away in the meantime."""


class CodeTakenError(Exception):
    """There is a survey of this short name already."""


class NotReadyError(Exception):
    """The draft cannot be published yet; ``check`` says why."""

    def __init__(self, check: Check) -> None:
        super().__init__("the draft cannot be published yet")
        self.check = check


def begin_draft(
    *, code: str, title: str, intro: str, languages: list[str], by: Actor, at: datetime
) -> SurveyDraft:
    """Begin a new survey. Raises CodeTakenError."""
    if versions(code, organisation_id=by.organisation_id) or _open(code, by).exists():
        raise CodeTakenError(code)
    definition = editing.new_definition(code, title, intro, languages)
    return _kept(code, 0, definition, by, at)


def begin_next_version(*, code: str, by: Actor, at: datetime) -> SurveyDraft:
    """Begin the next version of a survey, or go on with the draft that is open.

    Raises OfficialError, and NoInstrumentError for a survey there is not.
    """
    known = versions(code, organisation_id=by.organisation_id)
    if known and next(iter(known.values())).is_official:
        raise OfficialError(code)
    held = _open(code, by).first()
    if held is not None:
        return held
    newest = max(known, default=0)
    definition = definition_of(code, newest, organisation_id=by.organisation_id)
    return _kept(code, newest, definition, by, at)


def take_in_draft(definition: dict[str, Any], *, by: Actor, at: datetime) -> SurveyDraft:
    """Make a draft of a definition that came from a file; the open draft of its code is replaced.

    Nobody's signature comes in with a file, and nothing official. Raises OfficialError,
    InstrumentError.
    """
    code = str(definition["code"])
    known = versions(code, organisation_id=by.organisation_id)
    if definition.get("family") == "official" or (known and next(iter(known.values())).is_official):
        raise OfficialError(code)
    read_draft(definition)
    taken = {**definition, "family": "house", "reviewed": {}}
    held = _open(code, by).first()
    if held is not None:
        return change_draft(held, lambda _: taken, by=by, at=at)
    return _kept(code, max(known, default=0), taken, by, at)


def change_draft(draft: SurveyDraft, change: Change, *, by: Actor, at: datetime) -> SurveyDraft:
    """Change a draft; two people's changes come one after the other. Raises DraftClosedError."""
    with acting(by, at=at) as trail:
        held = SurveyDraft.objects.select_for_update().get(pk=draft.pk)
        if held.closed_at is not None:
            raise DraftClosedError
        held.definition = change(held.definition)
        held.changed_by_id, held.changed_at = int(by.ref), at
        held.save(update_fields=["definition", "changed_by", "changed_at"])
        trail.write("survey_draft_changed", held, code=held.code)
    return held


def throw_away(draft: SurveyDraft, *, by: Actor, at: datetime) -> None:
    """Close a draft without proposing it."""
    with acting(by, at=at) as trail:
        SurveyDraft.objects.filter(pk=draft.pk, closed_at=None).update(closed_at=at)
        trail.write("survey_draft_closed", draft, code=draft.code)


def propose_draft(
    draft: SurveyDraft, *, reason: str, by: Actor, at: datetime
) -> InstrumentProposal:
    """Propose a draft for publication; a second person decides.

    Only the languages that are complete and read go along. Raises NotReadyError,
    DraftClosedError, surveys.actions.OpenProposalError.
    """
    with acting(by, at=at) as trail:
        held = SurveyDraft.objects.select_for_update().get(pk=draft.pk)
        if held.closed_at is not None:
            raise DraftClosedError
        check = check_draft(
            held.definition, today=at.date(), official=official_instruments().values()
        )
        if not check.may_publish:
            raise NotReadyError(check)
        proposal = propose_version(
            changed=as_published(held.definition), reason=reason, by=by, at=at
        )
        held.closed_at = at
        held.save(update_fields=["closed_at"])
        trail.write("survey_draft_proposed", held, code=held.code, version=proposal.version)
    return proposal


def begin_trial(draft: SurveyDraft, *, language: str, by: Actor, at: datetime) -> SurveyTrial:
    """Begin to try a draft out."""
    return SurveyTrial.objects.create(
        organisation_id=draft.organisation_id,
        draft=draft,
        language=language,
        seed=secrets.randbelow(2**31 - 1) + 1,
        begun_by_id=int(by.ref),
        begun_at=at,
    )


def keep_trial(trial: SurveyTrial, progress: Progress, *, finished_at: datetime | None) -> None:
    """Keep the answers of a trial, which are nobody's and never counted."""
    trial.progress, trial.finished_at = progress.kept(), finished_at
    trial.save(update_fields=["progress", "finished_at"])


@cache
def ready_scales() -> dict[str, Any]:
    """The answer scales that come with the builder, with their words."""
    data: dict[str, Any] = json.loads(_data("scales-2026-11.json"))["scales"]
    return data


def _data(name: str) -> str:
    return files(__package__).joinpath("data", name).read_text("utf-8")


def _open(code: str, by: Actor) -> QuerySet[SurveyDraft]:
    return SurveyDraft.objects.filter(organisation_id=by.organisation_id, code=code, closed_at=None)


def _kept(code: str, base: int, definition: dict[str, Any], by: Actor, at: datetime) -> SurveyDraft:
    with acting(by, at=at) as trail:
        draft = SurveyDraft.objects.create(
            organisation_id=by.organisation_id,
            code=code,
            base_version=base,
            definition=definition,
            made_by_id=int(by.ref),
            made_at=at,
            changed_by_id=int(by.ref),
            changed_at=at,
        )
        trail.write("survey_draft_begun", draft, code=code, version=base)
    return draft

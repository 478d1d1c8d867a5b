"""Whether we may talk with whoever complains, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.actions.sharing import gets_general_only, sharing_state
from wellheard.resolve.complaints.models import Case

SHARING: dict[str, Any] = {
    "not_asked": gettext_lazy("The patient has not been asked yet"),
    "agreed": gettext_lazy("The patient agrees"),
    "authority": gettext_lazy("They may speak for the patient; the document was seen"),
    "refused": gettext_lazy("The patient does not agree"),
    "withdrawn": gettext_lazy("The patient took the agreement back"),
}


@dataclass(frozen=True, slots=True)
class SharingView:
    """Shown beside a case that somebody else brought."""

    says: str
    general_only: bool
    may_say: tuple[str, ...]
    never_say: tuple[str, ...]
    source: str


def sharing_view(case: Case) -> SharingView | None:
    """None when the patient speaks for themselves."""
    rules = rulebook.sharing()
    if case.complainant not in rules.about_another:
        return None
    state = sharing_state(case) or "not_asked"
    return SharingView(
        says=str(SHARING.get(state, state)),
        general_only=gets_general_only(case),
        may_say=tuple(_(line) for line in rules.may_say),
        never_say=tuple(_(line) for line in rules.never_say),
        source=rules.source,
    )

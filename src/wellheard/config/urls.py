"""Every address of the house, by room."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from wellheard.base.pages import health_views as health

Routes = list[URLPattern | URLResolver]


def _there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


_STAFF = [
    ("staff/", "wellheard.prove.boards.urls"),
    ("staff/", "wellheard.prove.explore.urls"),
    ("staff/", "wellheard.prove.effects.urls"),
    ("staff/balance/", "wellheard.prove.balance.urls"),
    ("staff/", "wellheard.prove.reviews.urls"),
    ("staff/after-complaints/", "wellheard.resolve.aftercare.urls"),
    ("staff/", "wellheard.resolve.complaints.urls"),
    ("staff/", "wellheard.listen.intake.urls"),
    ("staff/", "wellheard.listen.keying.urls"),
    ("staff/", "wellheard.listen.posters.urls"),
    ("staff/kiosks/", "wellheard.listen.kiosk.urls"),
    ("staff/", "wellheard.listen.rounds.urls"),
    ("staff/interviews/", "wellheard.listen.interviews.urls"),
    ("staff/panels/", "wellheard.listen.panels.urls"),
    ("staff/choices/", "wellheard.understand.choices.urls"),
    ("staff/public-voices/", "wellheard.listen.reviews.urls"),
    ("staff/letter-formats/", "wellheard.resolve.formats.urls"),
    ("staff/replies/", "wellheard.resolve.replies.urls"),
    ("staff/calls/", "wellheard.listen.calls.urls"),
    ("staff/paper/", "wellheard.listen.sheets.urls"),
    ("staff/survey-links/", "wellheard.listen.invitations.urls"),
    ("staff/sampling/", "wellheard.listen.sampling.urls"),
    ("staff/follow-ups/", "wellheard.listen.followups.urls"),
    ("staff/stages/", "wellheard.listen.stages.urls"),
    ("staff/surveys/", "wellheard.listen.surveys.urls"),
    ("staff/survey-builder/", "wellheard.listen.builder.urls"),
    ("staff/", "wellheard.understand.themes.urls"),
    ("staff/expectations/", "wellheard.understand.expectations.urls"),
    ("staff/search/", "wellheard.understand.search.urls"),
    ("staff/findings/", "wellheard.understand.findings.urls"),
    ("staff/trouble/", "wellheard.understand.dissatisfaction.urls"),
    ("staff/measures/", "wellheard.understand.scores.urls"),
    ("staff/equity/", "wellheard.understand.equity.urls"),
    ("staff/drivers/", "wellheard.understand.drivers.urls"),
    ("staff/engagement/", "wellheard.understand.engagement.urls"),
    ("staff/consistency/", "wellheard.understand.consistency.urls"),
    ("staff/ease-of-booking/", "wellheard.understand.ease.urls"),
    ("staff/missed-appointments/", "wellheard.understand.attendance.urls"),
    ("staff/waits/", "wellheard.understand.waits.urls"),
    ("staff/segments/", "wellheard.understand.segments.urls"),
    ("staff/benchmarks/", "wellheard.understand.benchmarks.urls"),
    ("staff/share/", "wellheard.understand.share.urls"),
    ("staff/predictions/", "wellheard.understand.predictions.urls"),
    ("staff/long-term-health/", "wellheard.understand.longterm.urls"),
    ("staff/associations/", "wellheard.understand.associations.urls"),
    ("staff/medicines/", "wellheard.understand.adherence.urls"),
    ("staff/readmissions/", "wellheard.understand.readmissions.urls"),
    ("staff/peers/", "wellheard.understand.peers.urls"),
    ("staff/messages/", "wellheard.channels.outbox.urls"),
    ("staff/mail/", "wellheard.channels.mailbox.urls"),
    ("channels/sms/", "wellheard.channels.sms.urls"),
    ("channels/email/", "wellheard.channels.email.urls"),
    ("staff/imports/", "wellheard.interop.uploads.urls"),
    ("staff/patients/", "wellheard.people.patients.urls"),
    ("staff/patients/", "wellheard.people.consent.urls"),
    ("staff/people/", "wellheard.people.accounts.urls"),
    ("staff/merged-places/", "wellheard.people.merging.urls"),
    ("staff/", "wellheard.people.access.urls"),
    ("staff/design/", "wellheard.base.pages.urls"),
    ("accounts/", "wellheard.people.signin.urls"),
    ("api/v1/", "wellheard.interop.api.urls"),
]
_PATIENT = [
    ("c/", "wellheard.listen.cards.patient_urls"),
    ("s/", "wellheard.listen.invitations.patient_urls"),
    ("kiosk/", "wellheard.listen.kiosk.patient_urls"),
    ("", "wellheard.resolve.follow.patient_urls"),
    ("preferences/", "wellheard.people.preferences.patient_urls"),
]


def _mounted(table: list[tuple[str, str]]) -> Routes:
    return [path(prefix, include(module)) for prefix, module in table if _there(module)]


# Patients' pages first: each address is compared with these one after the other.
urlpatterns: Routes = [
    *i18n_patterns(*_mounted(_PATIENT)),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("", include("wellheard.config.front.urls")),
    *_mounted(_STAFF),
]
if settings.DEMONSTRATION:
    urlpatterns.insert(0, path("", include("wellheard.config.demonstration.urls")))

handler400 = "wellheard.base.pages.errors.bad_request"
handler403 = "wellheard.base.pages.errors.forbidden"
handler404 = "wellheard.base.pages.errors.not_found"
handler500 = "wellheard.base.pages.errors.server_error"

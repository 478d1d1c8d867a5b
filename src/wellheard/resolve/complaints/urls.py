"""Addresses of the inbox, the cases and the rules (below /staff/)."""

from __future__ import annotations

from django.urls import path

from wellheard.resolve.complaints.views import cases, inbox, many, rulebook, stepping, team

app_name = "complaints"
urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/several/", many.bulk, name="bulk"),
    path("inbox/register/", many.register, name="register"),
    path("inbox/views/", inbox.save_view, name="save-view"),
    path("inbox/views/<int:view_id>/deletion/", inbox.drop_view, name="drop-view"),
    path("cases/new/", many.capture, name="capture"),
    path("cases/<int:case_id>/", cases.case, name="case"),
    path("cases/<int:case_id>/presence/", cases.presence, name="presence"),
    path("cases/<int:case_id>/drafts/<slug:form>/", cases.draft, name="draft"),
    path("cases/<int:case_id>/undo/", cases.undo, name="undo"),
    path("cases/<int:case_id>/steps/<slug:name>/", stepping.step, name="step"),
    path("cases/<int:case_id>/letters/<slug:kind>/", stepping.letter, name="letter"),
    path("cases/<int:case_id>/translation/", stepping.translation, name="translation"),
    path("cases/<int:case_id>/copy/", cases.copy, name="copy"),
    path("cases/rules/", rulebook.rulepacks, name="rulepacks"),
    path("cases/rules/<int:number>/restoration/", rulebook.roll_back, name="roll-back"),
    path("cases/priority/", rulebook.priority, name="priority"),
    path(
        "cases/priority/<int:number>/restoration/",
        rulebook.roll_back_priority,
        name="roll-back-priority",
    ),
    path("cases/policy/", rulebook.policy, name="policy"),
    path("cases/team/", team.team, name="team"),
    path("cases/team/shifts/<int:shift_id>/end/", team.end_shift, name="end-shift"),
    path("cases/agreements/<int:classification_id>/", cases.agreement, name="agreement"),
    path("cases/promises/<int:promise_id>/kept/", cases.promise_kept, name="promise-kept"),
    path("cases/files/<int:file_id>/", cases.file, name="file"),
]

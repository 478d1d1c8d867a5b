"""The one page that says who reacts to what, what runs when, and which panel shows where.

Dotted paths only: a lower room never imports a higher one. A guard test resolves every line.
"""

from __future__ import annotations

from datetime import timedelta

from wellheard.base.jobs.schedule import Periodic

# event -> reactions, in the order they run
REACTIONS: dict[str, tuple[str, ...]] = {
    # intake comes first: what follows should know a copy from a first telling
    "listen.comment_received": (
        "wellheard.listen.intake.reactions.when_comment_received",
        "wellheard.understand.facts.reactions.when_comment_received",
        "wellheard.understand.themes.reactions.when_comment_received",
        "wellheard.understand.concerns.reactions.when_comment_received",
        "wellheard.resolve.complaints.reactions.when_comment_received",
    ),
    "listen.comments_imported": (
        "wellheard.listen.intake.reactions.when_comments_imported",
        "wellheard.understand.facts.reactions.when_comments_imported",
        "wellheard.understand.themes.reactions.when_comments_imported",
    ),
    "listen.review_changed": ("wellheard.resolve.replies.reactions.when_review_changed",),
    "listen.response_received": ("wellheard.understand.facts.reactions.when_response_received",),
    "listen.survey_ended": ("wellheard.listen.sampling.reactions.when_survey_ended",),
    "listen.responses_imported": ("wellheard.understand.facts.reactions.when_responses_imported",),
    "listen.response_corrected": ("wellheard.understand.facts.reactions.when_response_corrected",),
    "listen.responses_erased": ("wellheard.understand.facts.reactions.when_answers_removed",),
    "listen.batch_undone": ("wellheard.understand.facts.reactions.when_answers_removed",),
    "understand.comment_labelled": (
        "wellheard.understand.search.reactions.when_comment_labelled",
        "wellheard.understand.concerns.reactions.when_comment_labelled",
    ),
    "understand.concern_found": ("wellheard.resolve.complaints.reactions.when_concern_found",),
    "understand.concerns_found": ("wellheard.resolve.complaints.reactions.when_concerns_found",),
    "resolve.case_closed": (
        "wellheard.resolve.complaints.reactions.when_case_settled",
        "wellheard.resolve.aftercare.reactions.when_case_closed",
    ),
    "resolve.letter_left": ("wellheard.resolve.formats.reactions.when_letter_left",),
    "channels.message_failed": (
        "wellheard.listen.sampling.reactions.when_message_failed",
        "wellheard.resolve.complaints.reactions.when_message_failed",
    ),
    "channels.reply_received": ("wellheard.resolve.complaints.reactions.when_reply_received",),
    "understand.comment_corrected": (
        "wellheard.understand.concerns.reactions.when_comment_labelled",
    ),
    "understand.comments_labelled": (
        "wellheard.understand.search.reactions.when_comments_labelled",
        "wellheard.understand.concerns.reactions.when_comments_labelled",
    ),
}

# Events that are kept and that nobody reacts to, each with how a person comes to know of it. A
# guard test holds that every event somebody publishes stands here or above, and nothing else does.
UNANSWERED: dict[str, str] = {
    "channels.contact_stopped": "the patient's page",
    "channels.message_sent": "the page of messages",
    "listen.attachment_transcribed": "the comment's page",
    "listen.comment_decided": "the comment's page",
    "listen.comment_orphaned": "the list of comments without an owner",
    "listen.comment_passed_on": "the comment's page",
    "listen.feed_silent": "the homes, until the feed speaks again",
    "listen.instrument_changed": "the instrument's page, and the seam in every trend",
    "listen.poster_stale": "the homes and the place's page, until a card or a new print",
    "listen.sample_drawn": "the plan's page",
    "people.consent_given": "the patient's page",
    "people.consent_withdrawn": "the patient's page",
    "people.glass_broken": "the log of emergency access, which is signed off",
    "people.patient_died": "whoever sends asks again at the last moment",
    "people.preferences_changed": "whoever sends asks again at the last moment",
    "people.staff_added": "the list of people",
    "people.staff_closed": "the list of people",
    "people.visits_received": "the page of imports",
    "prove.review_made": "the review's page",
    "prove.review_missed": "the homes",
    "resolve.case_added_to": "the case",
    "resolve.case_opened": "the inbox",
    "resolve.case_reopened": "the inbox",
    "resolve.deadline_missed": "the inbox and the homes",
    "resolve.reply_published": "the reply desk",
    "resolve.promise_broken": "the inbox and the homes",
    "resolve.safety_reviewed": "the case",
    "resolve.staff_paged": "the one who was paged, at once",
    "understand.benchmarks_loaded": "the page of benchmarks",
    "understand.comment_labelled_blind": "the page of quality",
    "understand.prediction_drifted": "the list of predictions",
    "understand.prediction_switched": "the model's page",
}

# slot on a lower room's page -> panels of higher rooms, in the order they stand
PANELS: dict[str, tuple[str, ...]] = {
    "boards.home": (
        "wellheard.listen.sampling.panels.on_home",
        "wellheard.listen.reviews.panels.on_home",
        "wellheard.understand.findings.panels.on_home",
    ),
    "boards.place": (
        "wellheard.listen.sampling.panels.on_place",
        "wellheard.understand.findings.panels.on_place",
    ),
    "boards.place_end": (
        "wellheard.understand.waits.panels.on_place",
        "wellheard.understand.reputation.panels.on_place",
    ),
    "public_reviews.review": ("wellheard.resolve.replies.panels.on_review",),
    "complaints.case": ("wellheard.resolve.formats.panels.on_case",),
    "panels.panel": ("wellheard.understand.choices.panels.on_panel",),
    "patients.page": (
        "wellheard.people.consent.panels.ledger",
        "wellheard.people.preferences.panels.wishes",
        "wellheard.channels.outbox.panels.to_patient",
        "wellheard.resolve.complaints.panels.patient_cases",
    ),
    "mailbox.mail": ("wellheard.resolve.complaints.panels.mail_case",),
    "outbox.message": ("wellheard.resolve.complaints.panels.message_case",),
    "listen.follow": ("wellheard.resolve.follow.panels.case_of_card",),
    "invitations.known_again": ("wellheard.listen.sampling.panels.known_again",),
    "surveys.instrument": ("wellheard.listen.invitations.panels.make_link",),
    "listen.comment_page": (
        "wellheard.understand.themes.panels.comment_panel",
        "wellheard.resolve.complaints.panels.comment_case",
    ),
    "listen.comment_filters": ("wellheard.understand.themes.listing.filters",),
    "equity.page": ("wellheard.resolve.complaints.panels.fair_process",),
    "attendance.chart": ("wellheard.prove.charts.panels.of_rates",),
    "ease.chart": ("wellheard.prove.charts.panels.of_rates",),
    "waits.cases": ("wellheard.resolve.complaints.panels.received_at_place",),
    "waits.chart": ("wellheard.prove.charts.panels.of_line",),
    "readmissions.chart": ("wellheard.prove.charts.panels.of_rates",),
    "listen.comment_lines": ("wellheard.understand.themes.listing.lines",),
}

# what a message is about -> who is asked, at the last moment, whether it is still wanted
LAST_LOOKS: dict[str, str] = {
    "sample_step": "wellheard.listen.sampling.reactions.no_longer_wanted",
    "follow_up": "wellheard.listen.followups.reactions.no_longer_wanted",
    "handling_survey": "wellheard.resolve.aftercare.reactions.no_longer_wanted",
}
# what a message is about -> who fills in, as it leaves, what is never kept
LATE_WORDS: dict[str, str] = {
    "sample_step": "wellheard.listen.sampling.links.late_words",
}
# searches of other features and rooms that findings ask too
FINDINGS: tuple[str, ...] = (
    "wellheard.understand.dissatisfaction.queries.find_dissatisfaction",
    "wellheard.resolve.complaints.queries.slower_groups.find_slower_groups",
)

SCHEDULE: list[Periodic] = [
    Periodic(
        "keep the files of facts up to the answers",
        timedelta(minutes=10),
        "wellheard.understand.facts.tasks.sweep",
        timedelta(minutes=30),
    ),
    Periodic(
        "give back orphaned jobs",
        timedelta(seconds=10),
        "wellheard.base.jobs.tasks.give_back_orphans",
        timedelta(minutes=2),
    ),
    Periodic(
        "redeliver unsettled events",
        timedelta(seconds=15),
        "wellheard.base.events.tasks.redeliver_unsettled",
        timedelta(minutes=2),
    ),
    Periodic(
        "forget finished jobs",
        timedelta(hours=6),
        "wellheard.base.jobs.tasks.forget_finished",
        timedelta(hours=12),
    ),
    Periodic(
        "release held letters",
        timedelta(seconds=5),
        "wellheard.resolve.complaints.tasks.sweep_letters",
        timedelta(minutes=2),
    ),
    Periodic(
        "watch deadlines",
        timedelta(minutes=1),
        "wellheard.resolve.complaints.tasks.sweep_deadlines",
        timedelta(minutes=5),
    ),
    Periodic(
        "ask how complaints were handled",
        timedelta(minutes=15),
        "wellheard.resolve.aftercare.tasks.sweep",
        timedelta(hours=2),
    ),
    Periodic(
        "publish approved replies",
        timedelta(seconds=30),
        "wellheard.resolve.replies.tasks.sweep",
        timedelta(minutes=5),
    ),
    Periodic(
        "forget unsent complaints",
        timedelta(hours=1),
        "wellheard.resolve.follow.tasks.forget_visits",
        timedelta(hours=4),
    ),
    Periodic(
        "cover for those away and link repeats",
        timedelta(minutes=10),
        "wellheard.resolve.complaints.tasks.sweep_cover",
        timedelta(minutes=30),
    ),
    Periodic(
        "draw the comment sample",
        timedelta(hours=6),
        "wellheard.understand.themes.tasks.draw_samples",
        timedelta(hours=24),
    ),
    Periodic(
        "export audit anchors",
        timedelta(hours=1),
        "wellheard.base.audit.tasks.export_anchors",
        timedelta(hours=2),
    ),
    Periodic(
        "find comments left lying",
        timedelta(minutes=10),
        "wellheard.listen.intake.actions.sweep_orphans",
        timedelta(minutes=30),
    ),
    Periodic(
        "forget unsent cards",
        timedelta(minutes=15),
        "wellheard.listen.cards.actions.sweep_drafts",
        timedelta(hours=1),
    ),
    Periodic(
        "clear shared screens that were left",
        timedelta(minutes=5),
        "wellheard.listen.kiosk.tasks.sweep",
        timedelta(minutes=30),
    ),
    Periodic(
        "let anonymous answers go together",
        timedelta(hours=6),
        "wellheard.listen.invitations.mixing.release_sealed",
        timedelta(hours=24),
    ),
    Periodic(
        "close surveys whose time is over",
        timedelta(hours=1),
        "wellheard.listen.invitations.actions.close_expired",
        timedelta(hours=6),
    ),
    Periodic(
        "ask those who were drawn",
        timedelta(minutes=5),
        "wellheard.listen.sampling.tasks.sweep",
        timedelta(minutes=30),
    ),
    Periodic(
        "ask again, months after a visit",
        timedelta(minutes=15),
        "wellheard.listen.followups.tasks.sweep",
        timedelta(hours=2),
    ),
    Periodic(
        "watch whether every feed still speaks",
        timedelta(hours=1),
        "wellheard.listen.sampling.tasks.watch_feeds",
        timedelta(hours=6),
    ),
    Periodic(
        "look for groups that stay silent",
        timedelta(hours=24),
        "wellheard.listen.sampling.tasks.watch_silence",
        timedelta(hours=48),
    ),
    Periodic(
        "look for mail",
        timedelta(minutes=1),
        "wellheard.channels.mailbox.tasks.look_for_mail",
        timedelta(minutes=10),
    ),
    Periodic(
        "read what is written in public",
        timedelta(minutes=30),
        "wellheard.listen.reviews.tasks.read_outlets",
        timedelta(hours=3),
    ),
    Periodic(
        "look after posters",
        timedelta(hours=6),
        "wellheard.listen.posters.tasks.look_after_posters",
        timedelta(hours=24),
    ),
    Periodic(
        "send due messages",
        timedelta(seconds=20),
        "wellheard.channels.outbox.tasks.sweep",
        timedelta(minutes=2),
    ),
    Periodic(
        "forget old tries to sign in",
        timedelta(hours=6),
        "wellheard.people.signin.tries.forget_tries",
        timedelta(hours=24),
    ),
    Periodic(
        "forget sessions that are over",
        timedelta(hours=6),
        "wellheard.people.staff.sessions.forget_stale_sessions",
        timedelta(hours=24),
    ),
    Periodic(
        "look for findings",
        timedelta(hours=6),
        "wellheard.understand.findings.tasks.look_again",
        timedelta(hours=18),
    ),
    Periodic(
        "count trouble",
        timedelta(hours=12),
        "wellheard.understand.dissatisfaction.tasks.count_again",
        timedelta(hours=36),
    ),
    Periodic(
        "scan the quarter that is over",
        timedelta(hours=12),
        "wellheard.understand.expectations.tasks.scan_again",
        timedelta(hours=36),
    ),
    Periodic(
        "weekly analysis",
        timedelta(hours=1),
        "wellheard.prove.reviews.tasks.review_weeks",
        timedelta(hours=6),
    ),
    Periodic(
        "index comments the search has missed",
        timedelta(minutes=30),
        "wellheard.understand.search.actions.index_missing",
        timedelta(hours=2),
    ),
    Periodic(
        "forget sought words",
        timedelta(hours=6),
        "wellheard.understand.search.actions.forget_words",
        timedelta(hours=12),
    ),
    Periodic(
        "predict, join what happened, look for drift",
        timedelta(hours=1),
        "wellheard.understand.predictions.tasks.keep_up",
        timedelta(hours=6),
    ),
    Periodic(
        "forget files nobody imported",
        timedelta(hours=1),
        "wellheard.interop.uploads.tasks.sweep_uploads",
        timedelta(hours=3),
    ),
]

"""What the facts do when answers arrive. Each is safe to repeat: facts are written in place."""

from __future__ import annotations

from wellheard.base.events.happening import Happening
from wellheard.listen.intake.queries import comments_of_batch
from wellheard.listen.responses.models import Response
from wellheard.understand.facts.actions import in_chunks, write_card_facts, write_facts
from wellheard.understand.facts.tasks import write_facts_of


def when_response_received(happening: Happening) -> None:
    """Write what one person answered."""
    write_facts([happening.number("response_id")])


def when_responses_imported(happening: Happening) -> None:
    """Hand an import's responses to jobs, a portion each."""
    batch = Response.objects.filter(
        organisation_id=happening.organisation_id, import_batch=str(happening.ids["batch"])
    )
    for portion in in_chunks(batch.order_by("pk").values_list("pk", flat=True)):
        write_facts_of.enqueue(portion)


def when_comment_received(happening: Happening) -> None:
    """Write the mark given on a card."""
    write_card_facts([happening.number("comment_id")])


def when_comments_imported(happening: Happening) -> None:
    """Write the marks of a whole batch of cards."""
    ids = comments_of_batch(happening.organisation_id, str(happening.ids["batch"]))
    for portion in in_chunks(ids):
        write_card_facts(portion)

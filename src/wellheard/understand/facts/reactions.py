"""What the facts do when answers arrive. Each is safe to repeat: facts are written in place."""

from __future__ import annotations

from wellheard.base.events.happening import Happening
from wellheard.listen.intake.queries import comments_of_batch
from wellheard.listen.responses.models import Response
from wellheard.understand.facts.actions import in_chunks, write_card_facts, write_facts
from wellheard.understand.facts.sources import is_in_files
from wellheard.understand.facts.store import is_large
from wellheard.understand.facts.tasks import keep_files_of, write_facts_of


def when_response_received(happening: Happening) -> None:
    """Write what one person answered."""
    write_facts([happening.number("response_id")])


def when_responses_imported(happening: Happening) -> None:
    """Hand an import's responses to jobs, a portion each; of a large organisation, its files."""
    if _in_files(happening.organisation_id):
        keep_files_of.enqueue(happening.organisation_id)
        return
    batch = Response.objects.filter(
        organisation_id=happening.organisation_id, import_batch=str(happening.ids["batch"])
    )
    for portion in in_chunks(batch.order_by("pk").values_list("pk", flat=True)):
        write_facts_of.enqueue(portion)


def when_response_corrected(happening: Happening) -> None:
    """Write again what one person answered."""
    write_facts([happening.number("response_id")])


def when_answers_removed(happening: Happening) -> None:
    """Write the files anew that still hold what was erased (nobody reads them any more)."""
    if is_in_files(happening.organisation_id):
        keep_files_of.enqueue(happening.organisation_id)


def when_comment_received(happening: Happening) -> None:
    """Write the mark given on a card."""
    write_card_facts([happening.number("comment_id")])


def when_comments_imported(happening: Happening) -> None:
    """Write the marks of a whole batch of cards."""
    ids = comments_of_batch(happening.organisation_id, str(happening.ids["batch"]))
    for portion in in_chunks(ids):
        write_card_facts(portion)


def _in_files(organisation_id: int) -> bool:
    return is_in_files(organisation_id) or is_large(organisation_id)

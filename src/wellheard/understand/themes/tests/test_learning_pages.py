"""The pages on how well comments are read, on one's own themes, and on what is new."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.urls import reverse
from django.utils import timezone

from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.understand.themes.actions import label_comments
from wellheard.understand.themes.commands import themes as command
from wellheard.understand.themes.models import BlindLabel, OwnTheme, SiteModel
from wellheard.understand.themes.tasks import draw_samples, read_again
from wellheard.understand.themes.tests.test_teaching import LIFT, OTHER

PAGES = ("categories", "heard", "emerging", "quality", "sample", "own")


@pytest.fixture
def told(place: Any, actor: Any) -> Any:
    def tell(*texts: str, days: int = 0) -> list[Any]:
        now = timezone.now() - timedelta(days=days)
        comments = [
            receive_comment(
                NewComment(organisation=place.organisation, place=place, source="card", text=text),
                by=actor,
                at=now,
            )
            for text in texts
        ]
        label_comments([comment.pk for comment in comments], by=actor, at=now)
        return comments

    return tell


def page(client: Any, name: str, **query: str) -> str:
    response = client.get(reverse(f"themes:{name}"), query)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.parametrize("name", PAGES)
def test_pages_stand_with_nothing_to_show(staff: Any, signed_in: Any, name: str) -> None:
    page(signed_in(staff("px_specialist")), name)


@pytest.mark.parametrize("name", ["sample", "own"])
def test_teaching_is_refused_to_those_who_may_only_read(
    staff: Any, signed_in: Any, name: str
) -> None:
    client = signed_in(staff("executive"))
    assert client.get(reverse(f"themes:{name}")).status_code == 403
    assert client.post(reverse("themes:retrain")).status_code == 403


@pytest.mark.capability("A26")
def test_categories_of_hcat_and_of_hcahps(told: Any, staff: Any, signed_in: Any) -> None:
    told("The food was cold and horrible")
    client = signed_in(staff("px_specialist"))
    assert "Management: environment" in page(client, "categories")
    assert "Communication with nurses" in page(client, "categories", by="hcahps-2025")


def test_heard_counts_those_who_say_so(told: Any, staff: Any, signed_in: Any) -> None:
    told("Nobody listened to me", "The doctor listened to me", "Cold food")
    shown = page(signed_in(staff("px_specialist")), "heard")
    assert "1 felt heard, 1 did not" in shown and "Doctors" in shown


def test_emerging_shows_the_words_masked_to_those_who_read_masked(
    told: Any, staff: Any, signed_in: Any
) -> None:
    told(*[f"The nurse was kind on day {i}" for i in range(40)], days=60)
    told(*[f"The parking app refused my card, call 312 555 014{i}" for i in range(8)])
    shown = page(signed_in(staff("executive")), "emerging")
    assert "parking app" in shown and "555 014" not in shown
    assert "555 014" in page(signed_in(staff("px_specialist")), "emerging")


def test_sample_is_labelled_without_the_word_of_the_machine(
    told: Any, staff: Any, signed_in: Any
) -> None:
    told("The food was cold and horrible")
    client = signed_in(staff("px_specialist"))
    client.post(reverse("themes:sample"), {"draw": "1"})
    [row] = BlindLabel.objects.all()
    shown = page(client, "sample")
    assert "The food was cold" in shown and 'value="food_drink" checked' not in shown
    bad = client.post(reverse("themes:sample"), {"row": row.pk, "level": "9"})
    assert bad.status_code == 409
    client.post(reverse("themes:sample"), {"row": row.pk, "level": "4", "theme": ["food_drink"]})
    row.refresh_from_db()
    assert (row.sentiment, row.themes) == (4, ["food_drink"]) and row.done_at
    assert "Nothing to label" in page(client, "sample")


def test_samples_are_drawn_by_the_house_once_a_month(told: Any, place: Any) -> None:
    told("The food was cold", days=timezone.localdate().day + 2)
    draw_samples(timezone.now())
    draw_samples(timezone.now())
    assert BlindLabel.objects.count() == 1


@pytest.mark.capability("F12")
def test_theme_is_taught_on_the_page_and_shown_with_its_figure(staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("px_specialist"))
    given = {"name": "Lifts", "about": "\n".join(LIFT[:5]), "other": "\n".join(OTHER)}
    few = client.post(reverse("themes:own"), given)
    assert few.status_code == 409 and "at least 20" in few.content.decode()
    assert LIFT[0] in few.content.decode()
    client.post(reverse("themes:own"), {**given, "about": "\n".join(LIFT)})
    shown = page(client, "own")
    theme = OwnTheme.objects.get()
    assert "Lifts" in shown and "20" in shown
    assert client.get(reverse("themes:theme", args=[theme.code])).status_code == 200


def test_retraining_needs_comments_that_people_looked_at(staff: Any, signed_in: Any) -> None:
    answer = signed_in(staff("px_specialist")).post(reverse("themes:retrain"))
    assert answer.status_code == 409 and "30 are needed" in answer.content.decode()
    assert not SiteModel.objects.exists()


def test_reading_again_reads_every_comment(told: Any, place: Any, settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    [comment] = told("The food was cold")
    comment.reading.delete()
    read_again.enqueue(place.organisation_id)
    comment.refresh_from_db()
    assert comment.reading.masked_text == "The food was cold"


def test_commands_teach_and_tell_the_figures(place: Any, tmp_path: Any) -> None:
    file = tmp_path / "examples.csv"
    lines = [f'"{text}",1' for text in LIFT] + [f'"{text}",0' for text in OTHER]
    file.write_text("text,about\n" + "\n".join(lines), encoding="utf-8")
    said = CliRunner().invoke(command, ["teach", "Lifts", str(file), "--json"])
    assert json.loads(said.output)["in_use"] is True
    figures = CliRunner().invoke(command, ["quality", "--json"])
    assert json.loads(figures.output)["routes_by_feeling"] is True
    assert CliRunner().invoke(command, ["retrain"]).exit_code == 1
    file.write_text("words\nx\n", encoding="utf-8")
    assert "needs a column text" in CliRunner().invoke(command, ["teach", "X", str(file)]).output

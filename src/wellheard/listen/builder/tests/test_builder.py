"""A survey from its first question to its second person, on the pages an educator uses."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from wellheard.listen.builder.models import SurveyDraft, SurveyTrial
from wellheard.listen.responses.models import Response
from wellheard.listen.surveys.instruments import instrument, version_marks
from wellheard.listen.surveys.models import InstrumentProposal

pytestmark = pytest.mark.django_db
HOME = "/staff/survey-builder/"
SETTINGS = {
    "title": "Clinic check",
    "intro": "Three questions.",
    "owner": "Head of nursing",
    "review_on": "2199-01-01",
    "source": "Our own.",
}


@pytest.fixture
def ana(staff: Any, signed_in: Any) -> Any:
    return signed_in(staff("px_specialist"))


@pytest.fixture
def draft(ana: Any) -> SurveyDraft:
    begun = {"title": "Clinic check", "intro": "Three questions.", "languages": ["en", "es"]}
    assert ana.post(f"{HOME}new/", begun).status_code == 302
    return SurveyDraft.objects.get()


def add(client: Any, draft: SurveyDraft, kind: str, **fields: str) -> Any:
    given = {"direction": "higher", "join": "all", **fields}
    return client.post(f"{HOME}{draft.pk}/question/{kind}/", given)


def filled(client: Any, draft: SurveyDraft) -> str:
    """Three questions, settings and English signed; the address of the draft."""
    page = f"{HOME}{draft.pk}/"
    assert add(client, draft, "scale", text="Was it clean?", scale="frequency", top_box="4",
               code="clean").status_code == 302  # fmt: skip
    assert add(client, draft, "choice", text="Were you here before?", answers="1 = No\n2 = Yes",
               code="before").status_code == 302  # fmt: skip
    assert add(client, draft, "text", text="What was better, {answer:before|then or now}?",
               if_1="before", how_1="in", values_1="2", code="better").status_code == 302  # fmt: skip
    assert client.post(f"{page}settings/", SETTINGS).status_code == 302
    signed = client.post(f"{page}languages/en/sign/", {"reviewer": "Ana Ruiz"})
    assert signed.status_code == 302
    return page


def text_of(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.mark.capability("B02")
@pytest.mark.capability("L09")
def test_survey_is_built_checked_and_published_by_two_people(
    ana: Any, draft: SurveyDraft, organisation: Any, staff: Any, signed_in: Any
) -> None:
    empty = text_of(ana, f"{HOME}{draft.pk}/")
    for words in ("asks no question", "Say who answers", "by when", "None goes live"):
        assert words in empty
    refused = ana.post(f"{HOME}{draft.pk}/proposal/", {"reason": "new"})
    assert refused.status_code == 302 and not InstrumentProposal.objects.exists()
    page = filled(ana, draft)
    shown = text_of(ana, page)
    assert "It can be published" in shown and "Languages that go live: en" in shown
    assert "Only when before is 2" in shown and "none asks about it" in shown
    assert "Yes → better" in shown, "the map says where answers lead"
    assert ana.post(f"{page}proposal/", {"reason": "First version"}).status_code == 302
    proposal = InstrumentProposal.objects.get()
    assert (proposal.code, proposal.version) == ("clinic_check", 1)
    decision = f"/staff/surveys/proposals/{proposal.pk}/decision/"
    ana.post(decision, {"decision": "approve"})
    assert "clinic_check" in text_of(signed_in(staff("px_specialist")), "/staff/surveys/")
    assert not hasattr(InstrumentProposal.objects.get(), "decision"), "not by oneself"
    signed_in(staff("px_specialist")).post(decision, {"decision": "approve"})
    live = instrument("clinic_check", organisation_id=organisation.pk)
    assert live.languages == ("en",), "Spanish was neither complete nor read"
    assert (live.owner, live.review_on) == ("Head of nursing", "2199-01-01")
    assert live.reviewed == {"en": "Ana Ruiz"}


@pytest.mark.capability("B02")
def test_next_version_marks_the_seam_of_what_was_changed(
    ana: Any, organisation: Any, staff: Any, signed_in: Any
) -> None:
    assert ana.post(f"{HOME}next/nps/").status_code == 302
    held = SurveyDraft.objects.get()
    page = f"{HOME}{held.pk}/"
    edited = ana.post(
        f"{page}questions/recommend/",
        {"text": "Would you recommend us?", "scale": "zero_to_ten", "top_box": "9, 10",
         "direction": "higher", "low": "No", "high": "Yes", "join": "all"},
    )  # fmt: skip
    assert edited.status_code == 302, edited.content.decode()
    assert ana.post(f"{page}settings/", SETTINGS).status_code == 302
    for language in ("es", "ar"):
        ana.post(f"{page}languages/", {"remove": language})
    ana.post(f"{page}languages/en/sign/", {"reviewer": "Ana Ruiz"})
    assert ana.post(f"{page}proposal/", {"reason": "Shorter"}).status_code == 302
    proposal = InstrumentProposal.objects.get()
    signed_in(staff("px_specialist")).post(
        f"/staff/surveys/proposals/{proposal.pk}/decision/", {"decision": "approve"}
    )
    marks = version_marks("nps", "recommend", organisation_id=organisation.pk)
    assert [(mark.version, mark.change) for mark in marks] == [(2, "Shorter")]


@pytest.mark.capability("B02")
@pytest.mark.parametrize("code", ["hcahps-29", "hcahps-32", "cg-cahps-3.1", "oas-cahps"])
def test_official_survey_is_shown_and_never_changed(ana: Any, code: str) -> None:
    page = text_of(ana, f"/staff/surveys/{code}/")
    assert "This is an official survey" in page and "could not be compared" in page
    assert "Change the words" not in page and "next version" not in page
    assert ana.post(f"{HOME}next/{code}/").url == f"/staff/surveys/{code}/"
    words = {"text_en": "Other words?", "reason": "plainer"}
    item = "access_urgent" if code.startswith("cg") else "q1"
    refused = ana.post(f"/staff/surveys/{code}/items/{item}/words/", words)
    assert refused.status_code == 422 and b"could not be compared" in refused.content
    file = ana.get(f"{HOME}files/{code}/1/fhir/")
    sent = SimpleUploadedFile("q.json", file.content)
    back = ana.post(f"{HOME}file/", {"file": sent})
    assert back.status_code == 422 and b"could not be compared" in back.content
    assert not SurveyDraft.objects.exists() and not InstrumentProposal.objects.exists()


def test_words_of_an_official_survey_are_not_mixed_in(ana: Any, draft: SurveyDraft) -> None:
    page = filled(ana, draft)
    official = instrument("hcahps-32").item("q2").text["en"]
    add(ana, draft, "scale", text=official.upper(), scale="frequency", code="nurses")
    assert "words of an official survey" in text_of(ana, page)
    ana.post(f"{page}proposal/", {"reason": "x"})
    assert not InstrumentProposal.objects.exists()


def test_changed_words_take_the_reviewers_name_away(ana: Any, draft: SurveyDraft) -> None:
    page = filled(ana, draft)
    side_by_side = text_of(ana, f"{page}languages/es/")
    assert "Was it clean?" in side_by_side and "missing" in side_by_side
    ana.post(f"{page}languages/es/", {"title": "Consulta", "item.clean.text": "¿Estaba limpio?"})
    refused = ana.post(f"{page}languages/es/sign/", {"reviewer": "Luz"})
    assert refused.url.endswith("/languages/es/"), "not before every text is there"
    draft.refresh_from_db()
    assert draft.definition["reviewed"] == {"en": "Ana Ruiz"}
    ana.post(f"{page}languages/en/", {"item.clean.text": "Was the room clean?"})
    draft.refresh_from_db()
    assert draft.definition["reviewed"] == {}
    assert draft.definition["items"][0]["text"] == {
        "en": "Was the room clean?",
        "es": "¿Estaba limpio?",
    }


def test_questions_move_and_go_and_the_checker_says_what_that_breaks(
    ana: Any, draft: SurveyDraft
) -> None:
    page = filled(ana, draft)
    ana.post(f"{page}questions/better/move/", {"to": "up"})
    assert "before, which is asked only later" in text_of(ana, page)
    ana.post(f"{page}questions/better/move/", {"to": "down"})
    ana.post(f"{page}questions/before/remove/")
    assert "before, which is not asked" in text_of(ana, page)
    draft.refresh_from_db()
    assert [item["code"] for item in draft.definition["items"]] == ["clean", "better"]


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("choice", {"text": "x?", "answers": "one"}, "two answers or more"),
        ("choice", {"text": "x?", "answers": "1 = a\n1 = b"}, "stands twice"),
        ("matrix", {"text": "x?", "scale": "frequency", "rows": " \n"}, "This field is required"),
        ("scale", {"text": "x?", "scale": "frequency", "top_box": "best"}, "with commas"),
        ("text", {"text": "x?", "code": "No Name"}, "small letters"),
        ("text", {"text": "x?", "code": "clean"}, "question of this name"),
        ("text", {"text": "x?", "if_1": "before", "how_1": "in"}, "numbers of the answers"),
        ("text", {"text": "x" * 2_001}, "at most 2000"),
        ("text", {"text": ""}, "required"),
    ],
)
def test_question_with_a_problem_comes_back(
    ana: Any, draft: SurveyDraft, kind: str, fields: dict[str, str], words: str
) -> None:
    filled(ana, draft)
    answer = add(ana, draft, kind, **fields)
    assert answer.status_code == 422 and words in answer.content.decode()


@pytest.mark.parametrize(
    "kind", ["scale", "choice", "multiple", "matrix", "ranking", "text", "date", "file", "voice"]
)
def test_question_of_each_kind_is_made_previewed_and_tried(
    ana: Any, draft: SurveyDraft, kind: str
) -> None:
    more = {"rows": "nurses = Nurses\nDoctors"} if kind == "matrix" else {}
    made = add(ana, draft, kind, text="What was it like?", answers="Bad\nGood\n!None", **more)
    assert made.status_code == 302, made.content.decode()
    code = "what_was_it_like"
    assert code in made.url
    assert ana.get(f"{HOME}{draft.pk}/questions/{code}/").status_code == 200
    for how in ("phone", "desktop", "print", "script"):
        assert "What was it like?" in text_of(ana, f"{HOME}{draft.pk}/preview/{how}/")
    begun = ana.post(f"{HOME}{draft.pk}/trials/", {"language": "en"})
    page = ana.get(begun.url)
    assert b"Test: nothing is counted" in page.content and b"What was it like?" in page.content
    ended = ana.post(begun.url, {"answer": "2", "row_nurses": "1", "place_1": "1"})
    assert ended.status_code == 302
    assert "never counted" in text_of(ana, ended.url)
    assert SurveyTrial.objects.get().finished_at is not None
    assert not Response.objects.exists()


def test_wrong_answer_in_a_test_comes_back(ana: Any, draft: SurveyDraft) -> None:
    add(ana, draft, "choice", text="Which?", answers="A\nB")
    begun = ana.post(f"{HOME}{draft.pk}/trials/", {"language": "en"})
    assert ana.post(begun.url, {"answer": "7"}).status_code == 422


def test_survey_goes_out_as_a_file_and_comes_in_as_a_draft(ana: Any) -> None:
    sheet = ana.get(f"{HOME}files/pulse/1/sheet/")
    assert "pulse-1.xlsx" in sheet["Content-Disposition"]
    taken = ana.post(f"{HOME}file/", {"file": SimpleUploadedFile("p.xlsx", sheet.content)})
    assert taken.status_code == 302
    held = SurveyDraft.objects.get()
    assert (held.code, held.base_version, held.definition["reviewed"]) == ("pulse", 1, {})
    page = json.loads(ana.get(f"{HOME}files/pulse/1/fhir/").content)
    page["item"][0]["text"] = "How was it?"
    again = SimpleUploadedFile("p.json", json.dumps(page).encode())
    assert ana.post(f"{HOME}file/", {"file": again}).status_code == 302
    held.refresh_from_db()
    assert held.definition["items"][0]["text"]["en"] == "How was it?"
    broken = SimpleUploadedFile("p.json", b'{"resourceType": "Questionnaire"}')
    refused = ana.post(f"{HOME}file/", {"file": broken})
    assert refused.status_code == 422 and b"asks no question" in refused.content


def test_only_those_who_change_surveys_reach_the_builder(
    draft: SurveyDraft, staff: Any, signed_in: Any
) -> None:
    reader = signed_in(staff("executive"))
    for page in ("", "new/", f"{draft.pk}/", f"{draft.pk}/preview/phone/"):
        assert reader.get(f"{HOME}{page}").status_code == 403
    assert reader.get(f"{HOME}files/pulse/1/fhir/").status_code == 200
    assert reader.get(f"{HOME}files/pulse/9/fhir/").status_code == 404


def test_draft_that_was_thrown_away_is_gone(ana: Any, draft: SurveyDraft) -> None:
    assert ana.post(f"{HOME}{draft.pk}/end/").status_code == 302
    assert ana.get(f"{HOME}{draft.pk}/").status_code == 404
    assert "No draft is open" in text_of(ana, HOME)

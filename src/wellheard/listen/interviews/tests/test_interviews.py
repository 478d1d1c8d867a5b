"""Studies from recruiting to quotes, and out again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from wellheard.listen.intake.models import Comment
from wellheard.listen.interviews import queries
from wellheard.listen.interviews.actions import (
    NotAgreedError,
    add_participant,
    begin_study,
    code_passage,
    keep_transcript,
    new_codes,
    withdraw,
)
from wellheard.listen.interviews.models import CodeBook, Coding, Participant, Passage, Study
from wellheard.listen.interviews.rules import (
    TranscriptError,
    Turn,
    read_codes,
    read_quotas,
    read_transcript,
)

SAID = "I: How was it?\nP1: I waited and nobody came.\nNobody at all.\n\nP2: They were kind.\n"
CODES = "waiting = Waiting: any time without news\nkind = Kindness"


def test_transcript_is_read_by_turns() -> None:
    assert read_transcript(SAID, {"P1": True, "P2": True}) == [
        Turn("", "How was it?"),
        Turn("P1", "I waited and nobody came. Nobody at all."),
        Turn("P2", "They were kind."),
    ]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("P1: a\nP9: b", "unknown", 2),
        ("P2: a", "withdrawn", 1),
        ("words", "no-speaker", 1),
        ("", "empty", 0),
        ("P1:", "empty", 0),
        ("P1: " + "x" * 200_001, "too-long", 0),
    ],
)
def test_transcript_that_cannot_be_kept_says_which_line(text: str, code: str, line: int) -> None:
    with pytest.raises(TranscriptError) as raised:
        read_transcript(text, {"P1": True, "P2": False})
    assert (raised.value.code, raised.value.line) == (code, line)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for reader in (lambda: read_transcript(text, {"P1": True}), lambda: read_codes(text),
                   lambda: read_quotas(text)):  # fmt: skip
        try:
            assert reader()
        except TranscriptError as error:
            assert error.code


@pytest.fixture
def study(organisation: Any, actor: Any, at: Any) -> Study:
    study = begin_study(
        organisation, title="Waiting", question="What is waiting like?", kind="groups", guide="",
        quotas={"Arabic speakers": 2, "Relatives": 1}, by=actor, at=at,
    )  # fmt: skip
    quota = study.quotas.get(label="Arabic speakers")
    for name, may_quote in (("Amal Haddad", True), ("Omar Nasser", False)):
        add_participant(quota, name=name, agreed=True, may_quote=may_quote, may_record=True,
                        by=actor, at=at)  # fmt: skip
    return study


@pytest.fixture
def coded(study: Study, staff: Any, actor: Any, at: Any) -> CodeBook:
    keep_transcript(study, title="Group 1", held_on=date(2026, 3, 1), text=SAID, by=actor, at=at)
    book = new_codes(study, read_codes(CODES), by=actor, at=at)
    one = staff("px_specialist")
    waited, kind = Passage.objects.filter(participant__isnull=False).order_by("number")
    code_passage(waited, book, ["waiting"], coder_id=one.pk, by=actor, at=at)
    code_passage(kind, book, ["kind"], coder_id=one.pk, by=actor, at=at)
    return book


@pytest.mark.django_db
@pytest.mark.capability("B13")
def test_theme_traces_to_passage_and_consent(study: Study, coded: CodeBook) -> None:
    waiting, kind = queries.findings(coded)
    assert (waiting.people, waiting.passages) == (1, 1)
    assert [q.text for q in waiting.quotes] == ["I waited and nobody came. Nobody at all."]
    assert waiting.quotes[0].participant is not None and waiting.quotes[0].participant.may_quote
    assert kind.passages == 1 and kind.quotes == []
    assert [(q.label, n) for q, n in queries.progress(study)] == [
        ("Arabic speakers", 2),
        ("Relatives", 0),
    ]


@pytest.mark.django_db
@pytest.mark.capability("B13")
def test_withdrawal_takes_a_person_out_of_every_output(
    study: Study, coded: CodeBook, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("px_specialist"))
    talk = study.conversations.get()
    report = reverse("interviews:report", args=[study.pk])
    pages = [
        reverse("interviews:studies"),
        reverse("interviews:study", args=[study.pk]),
        reverse("interviews:talk", args=[talk.pk]),
        report,
        report + "?q=nobody",
        reverse("interviews:export", args=[study.pk]),
    ]

    def shown() -> str:
        return "".join(client.get(page).content.decode() for page in pages)

    before = shown()
    assert "Amal Haddad" in before and before.count("I waited and nobody came") == 5
    person = Participant.objects.get(code="P1")
    assert client.post(reverse("interviews:withdrawal", args=[person.pk])).status_code == 302
    after = shown()
    assert "Amal" not in after and "I waited" not in after and "0 passages" in after
    waiting = queries.findings(coded)[0]
    assert (waiting.people, waiting.passages, waiting.quotes) == (0, 0, [])
    assert queries.search(study, "nobody") == []
    assert queries.progress(study)[0][1] == 1
    assert Coding.objects.count() == 1 and not person.passages.exists()
    client.post(reverse("interviews:withdrawal", args=[person.pk]))
    with pytest.raises(TranscriptError) as raised:
        keep_transcript(study, title="2", held_on=talk.held_on, text="P1: again", by=None, at=None)  # type: ignore[arg-type]  # refused before it is asked
    assert raised.value.code == "withdrawn"
    assert not Comment.objects.exists()


@pytest.mark.django_db
def test_words_and_names_lie_sealed(study: Study, coded: CodeBook) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM listen_passage")
        stored = "".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT name FROM listen_participant")
        stored += "".join(row[0] for row in cursor.fetchall())
    assert stored and "waited" not in stored and "Amal" not in stored


@pytest.mark.django_db
def test_two_coders_agree_as_reckoned_by_hand(
    study: Study, staff: Any, actor: Any, at: Any
) -> None:
    text = "\n".join(f"P1: passage {n}" for n in range(10))
    talk = keep_transcript(study, title="T", held_on=date(2026, 3, 1), text=text, by=actor, at=at)
    book = new_codes(study, read_codes(CODES), by=actor, at=at)
    one, two = staff("px_specialist"), staff("analyst")
    for n, passage in enumerate(talk.passages.all()):
        if n < 9:
            code_passage(passage, book, [], coder_id=two.pk, by=actor, at=at)
        code_passage(passage, book, ["waiting"] if n < 5 else [], coder_id=one.pk, by=actor, at=at)
    assert queries.agreements(book)[0].estimate is None  # nine in common are too few
    for n, passage in enumerate(talk.passages.all()):
        code_passage(passage, book, ["waiting"] if n < 4 else [], coder_id=two.pk, by=actor, at=at)
    found = queries.agreements(book)[0]
    # 9 of 10 the same; mean share 0.45: chance 2 * 0.45 * 0.55 = 0.495; AC1 = 0.405 / 0.505
    assert found.observed == 0.9 and found.n == 10
    assert found.estimate == pytest.approx(0.405 / 0.505)
    newer = new_codes(study, read_codes(CODES), by=actor, at=at)
    assert newer.version == 2 and queries.agreements(newer) == []
    with pytest.raises(ValueError, match="no such code"):
        code_passage(talk.passages.all()[0], book, ["gossip"], coder_id=1, by=actor, at=at)


@pytest.mark.django_db
def test_study_is_run_on_its_pages(staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("analyst"))
    new = {"title": "Food", "question": "Why?", "kind": "interviews", "quotas": "Anybody = 3"}
    assert client.post(reverse("interviews:studies"), new | {"quotas": "x"}).status_code == 422
    client.post(reverse("interviews:studies"), new)
    study = Study.objects.get()
    add = reverse("interviews:participant", args=[study.pk])
    person = {"name": "Ana", "quota": study.quotas.get().pk, "may_quote": "on"}
    assert client.post(add, person).status_code == 422 and not Participant.objects.exists()
    assert client.post(add, person | {"agreed": "on"}).status_code == 302
    keep = reverse("interviews:transcript", args=[study.pk])
    talk = {"title": "One", "held_on": "2026-03-01"}
    refused = client.post(keep, talk | {"text": "P7: hello"})
    assert refused.status_code == 422 and "nobody takes part as P7" in refused.content.decode()
    assert client.post(keep, talk | {"held_on": "2999-01-01", "text": "P1: x"}).status_code == 422
    bad = SimpleUploadedFile("t.txt", b"\xff\xfe\x00P1")
    assert client.post(keep, talk | {"file": bad}).status_code == 422
    good = SimpleUploadedFile("t.txt", b"P1: =SUM(cold soup)")
    assert client.post(keep, talk | {"file": good}).status_code == 302
    codes = reverse("interviews:codes", args=[study.pk])
    assert client.post(codes, {"codes": "Bad Code"}).status_code == 422
    assert client.post(codes, {"codes": "food = Food: what is eaten"}).status_code == 302
    page = reverse("interviews:talk", args=[study.conversations.get().pk])
    client.post(page, {"read_1": "1", "codes_1": ["food", "gossip"]})
    assert Coding.objects.get().codes == ["food"]
    table = client.get(reverse("interviews:export", args=[study.pk])).content.decode()
    assert "'=SUM(cold soup)" in table
    assert signed_in(staff("executive")).get(page).status_code == 403


@pytest.mark.django_db
def test_nobody_takes_part_without_agreeing(study: Study, actor: Any, at: Any) -> None:
    quota = study.quotas.get(label="Relatives")
    with pytest.raises(NotAgreedError):
        add_participant(quota, name="x", agreed=False, may_quote=True, may_record=True,
                        by=actor, at=at)  # fmt: skip
    assert withdraw(study.participants.get(code="P2"), by=actor, at=at) == 0

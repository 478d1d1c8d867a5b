"""Instruments out and in again: as FHIR Questionnaires and as spreadsheets; pure."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from wellheard.listen.surveys.fhir import (
    QuestionnaireError,
    from_questionnaire,
    to_questionnaire,
)
from wellheard.listen.surveys.instruments import shipped_definitions
from wellheard.listen.surveys.rules import read_instrument
from wellheard.listen.surveys.sheet import SheetError, from_sheet, to_sheet
from wellheard.listen.surveys.tests.test_kinds import every_kind


def joined() -> dict[str, Any]:
    data = every_kind()
    both = [{"item": "ward", "in": [1]}, {"any": [{"item": "helped", "not_in": [2, 3]}]}]
    data["items"][5]["ask_if"] = {"all": both}
    data["items"][6]["ask_if"] = {"item": "came", "answered": True}
    data["items"][3]["ask_if"] = {"item": "ward", "in": [1, 2]}
    return data


PULSE = shipped_definitions()["pulse", 1]
DEFINITIONS = [*shipped_definitions().values(), joined()]
NAMES = [f"{data['code']}-{data['version']}" for data in DEFINITIONS]


@pytest.mark.capability("B02")
@pytest.mark.parametrize("definition", DEFINITIONS, ids=NAMES)
def test_questionnaire_comes_back_exactly(definition: dict[str, Any]) -> None:
    page = to_questionnaire(definition)
    assert from_questionnaire(json.dumps(page)) == definition
    read_instrument(from_questionnaire(json.dumps(page)))


@pytest.mark.capability("B02")
@pytest.mark.parametrize("definition", DEFINITIONS, ids=NAMES)
def test_spreadsheet_comes_back_exactly(definition: dict[str, Any]) -> None:
    assert from_sheet(to_sheet(definition)) == definition


def test_questionnaire_says_in_r4_what_r4_can_say() -> None:
    items = {item["linkId"]: item for item in to_questionnaire(joined())["item"]}
    assert items["ward"]["type"] == "choice" and items["helped"]["repeats"] is True
    assert [line["linkId"] for line in items["team"]["item"]] == ["team_nurses", "team_doctors"]
    assert items["spoken"]["type"] == "attachment" and items["came"]["type"] == "date"
    assert items["matters"]["enableWhen"] == [
        {"question": "ward", "operator": "=", "answerCoding": {"code": "1"}},
        {"question": "ward", "operator": "=", "answerCoding": {"code": "2"}},
    ]
    assert items["matters"]["enableBehavior"] == "any"
    pulse = to_questionnaire(PULSE)
    spanish = pulse["_title"]["extension"][0]["extension"]
    assert spanish[0] == {"url": "lang", "valueCode": "es"}
    option = pulse["item"][2]["answerOption"][0]
    assert option["extension"][0]["valueDecimal"] == 1
    assert option["valueCoding"]["display"] == "Never"


def test_words_that_were_changed_in_the_questionnaire_count() -> None:
    page = to_questionnaire(PULSE)
    page["item"][2]["text"] = "Did nurses listen?"
    page["item"][2]["answerOption"][0]["valueCoding"]["display"] = "Not once"
    again = from_questionnaire(json.dumps(page))
    assert again["items"][2]["text"]["en"] == "Did nurses listen?"
    assert again["scales"]["frequency"][0]["words"]["en"] == "Not once"


def foreign(*items: dict[str, Any]) -> str:
    return json.dumps({"resourceType": "Questionnaire", "title": "Ours", "item": list(items)})


def test_questionnaire_of_somebody_else_is_read() -> None:
    options = [{"valueCoding": {"code": c, "display": c}} for c in ("LA1", "LA2")]
    data = from_questionnaire(
        foreign(
            {"linkId": "intro", "type": "display", "text": "Think of today."},
            {
                "linkId": "1",
                "type": "group",
                "text": "About you",
                "item": [
                    {"linkId": "1.1", "type": "boolean", "text": "First visit?"},
                    {"linkId": "1.2", "type": "choice", "text": "Which?", "answerOption": options},
                ],
            },
            {
                "linkId": "2",
                "type": "string",
                "text": "Why?",
                "enableWhen": [
                    {"question": "1.1", "operator": "=", "answerBoolean": True},
                    {"question": "1.2", "operator": "!=", "answerCoding": {"code": "LA2"}},
                ],
                "enableBehavior": "all",
            },
        )
    )
    asked = read_instrument(data)
    assert [(item.code, item.kind) for item in asked.items] == [
        ("q1_1", "choice"),
        ("q1_2", "choice"),
        ("q2", "text"),
    ]
    assert asked.item("q1_1").hint == {"en": "Think of today."}
    assert [item.code for item in asked.asked({"q1_1": 1, "q1_2": 1})][-1] == "q2"
    assert [item.code for item in asked.asked({"q1_1": 1, "q1_2": 2})][-1] == "q1_2"


CHOICE = {"linkId": "a", "type": "choice", "text": "A?"}


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("{", "line 1", "not JSON"),
        ("[" * 100_000, "Questionnaire", "not JSON"),
        ('{"resourceType": "Patient"}', "Questionnaire", "not a FHIR Questionnaire"),
        (foreign(), "Questionnaire", "asks no question"),
        (foreign({"type": "text", "text": "x"}), "Questionnaire", "no linkId"),
        (foreign({"linkId": "a", "type": "quantity", "text": "x"}), "a", "'quantity'"),
        (foreign({"linkId": "a", "type": "integer", "text": "x"}), "a", "minValue"),
        (foreign({"linkId": "a", "type": "text"}), "a", "no text"),
        (foreign(CHOICE), "a", "two answers"),
        (foreign({**CHOICE, "answerValueSet": "urn:x"}), "a", "value set"),
        (foreign({**CHOICE, "type": "text"}, {**CHOICE, "type": "text"}), "a", "twice"),
        (
            foreign({**CHOICE, "type": "text", "enableWhen": [{"question": "z"}]}),
            "a",
            "not asked before",
        ),
        (foreign({"linkId": "a", "type": "group", "item": 7}), "a", "not a list"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_questionnaire_that_cannot_be_asked_names_its_link_id(
    text: str, where: str, why: str
) -> None:
    with pytest.raises(QuestionnaireError, match=why) as refused:
        from_questionnaire(text)
    assert refused.value.where == where


def changed(sheet: str, cells: dict[str, Any]) -> bytes:
    """The pulse as a spreadsheet with some cells written over."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(to_sheet(PULSE)))
    out = io.BytesIO()
    new = xlsxwriter.Workbook(out, {"in_memory": True})
    for name in book.sheet_names:
        page = new.add_worksheet(name)
        for number, row in enumerate(book.get_sheet_by_name(name).to_python()):
            page.write_row(number, 0, row)
        for cell, value in cells.items() if name == sheet else ():
            page.write(cell, value)
    new.close()
    return out.getvalue()


@pytest.mark.parametrize(
    ("sheet", "cells", "said"),
    [
        ("Words", {"A1": "Texts"}, "Words A1: must be 'Text'"),
        ("Questions", {"C1": "Answers"}, "Questions C1: must be 'Scale'"),
        ("Words", {"D1": "Spanish"}, "Words D1: 'Spanish' is not the code of a language"),
        ("Words", {"C4": "=1+1"}, "Words C4: holds a formula"),
        ("Words", {"C4": "x" * 30_000}, "Words C4: is longer than 2000 letters (30000)"),
        ("Words", {"A4": "item.nothing.text"}, "there is no text called 'item.nothing.text'"),
        ("Words", {"D4": " "}, "Words D4: the words in es are missing"),
        ("Answers", {"B2": "many"}, "Answers B2: must be a whole number"),
        ("Questions", {"D2": "best"}, "Questions D2: must be a whole number"),
        ("Questions", {"F2": "sometimes"}, "Questions F2: this condition cannot be read"),
    ],
)
def test_spreadsheet_that_cannot_be_taken_names_the_cell(
    sheet: str, cells: dict[str, Any], said: str
) -> None:
    with pytest.raises(SheetError) as refused:
        from_sheet(changed(sheet, cells))
    assert any(said in str(fault) for fault in refused.value.faults), refused.value.faults


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"code,text\n", b"\xd0\xcf\x11\xe0" * 90])
def test_file_that_is_no_spreadsheet_is_refused(content: bytes) -> None:
    with pytest.raises(SheetError, match="not a readable XLSX"):
        from_sheet(content)


def test_words_of_a_translator_arrive() -> None:
    data = from_sheet(changed("Words", {"D4": "¿Qué tal la atención?"}))
    assert data["items"][0]["text"]["es"] == "¿Qué tal la atención?"

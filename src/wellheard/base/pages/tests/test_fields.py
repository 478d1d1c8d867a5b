"""Fields, tiles and the error summary: the contract every form of the house keeps."""

import re
from html import unescape

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation


class Card(forms.Form):
    use_required_attribute = False

    listened = forms.ChoiceField(
        choices=[("1", "Never"), ("2", "Sometimes")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how often nurses listened"},
    )
    story = forms.CharField(widget=forms.Textarea, required=False, help_text="In your own words.")
    email = forms.EmailField(error_messages={"invalid": "Write an email address"})
    themes = forms.MultipleChoiceField(
        choices=[("bell", "Call bell"), ("food", "Food")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agree = forms.BooleanField(required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, object]:
        if self.data.get("story") == "both":
            raise forms.ValidationError("Say it once")
        return self.cleaned_data


def drawn(source: str, form: forms.Form | None = None, **context: object) -> str:
    with translation.override("en"):
        template = Template("{% load wellheard %}" + source)
        return template.render(Context({"form": form or Card()} | context)).strip()


def ids(html: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', html)


def test_field_ties_hint_to_its_control() -> None:
    html = drawn("{% field form.story label='What happened?' %}")
    assert '<label for="id_story">What happened?</label>' in html
    assert 'id="id_story_hint">In your own words.' in html
    assert 'aria-describedby="id_story_hint"' in html
    assert "aria-invalid" not in html


def test_field_with_error_says_the_same_words_beside_it_and_above() -> None:
    form = Card({"email": "ana@", "listened": "1"})
    html = drawn("{% error_summary form %}{% field form.email %}", form)
    assert html.count("Write an email address") == 2
    assert 'href="#id_email"' in html
    assert 'id="id_email_error"' in html
    assert 'aria-describedby="id_email_error"' in html
    assert 'aria-invalid="true"' in html


def test_error_summary_leads_to_the_first_radio_button() -> None:
    html = drawn("{% error_summary form %}{% field form.listened %}", Card({"email": "a@b.org"}))
    target = re.search(r'href="#([^"]+)">Choose how often', html)
    assert target and target[1] in ids(html)
    assert "There is a problem" in html
    assert "data-focus" in html and 'tabindex="-1"' in html


def test_error_summary_shows_errors_of_the_whole_form() -> None:
    form = Card({"listened": "1", "email": "a@b.org", "story": "both"})
    assert "<li>Say it once</li>" in drawn("{% error_summary form %}", form)


def test_error_summary_of_a_right_form_is_nothing() -> None:
    form = Card({"listened": "1", "email": "a@b.org"})
    assert drawn("{% error_summary form %}{% error_prefix form %}", form) == ""


def test_error_prefix_speaks_first() -> None:
    assert drawn("{% error_prefix form %}Card", Card({})) == "Error: Card"


def test_radio_buttons_become_tiles_in_a_fieldset_under_one_heading() -> None:
    html = drawn("{% field form.listened label='How often?' heading=True hint='This stay' %}")
    assert "<legend><h1>How often?</h1></legend>" in html
    assert 'aria-describedby="id_listened_hint"' in html
    assert re.findall(r'type="radio" id="(id_listened_\d)"', html) == [
        "id_listened_0",
        "id_listened_1",
    ]


def test_tick_boxes_stay_tick_boxes() -> None:
    html = drawn("{% field form.themes %}", Card(initial={"themes": ["food"]}))
    assert html.count('type="checkbox"') == 2
    assert re.search(r'value="food" checked', html)
    assert 'type="radio"' not in html


def test_single_tick_box_stands_before_its_words() -> None:
    html = drawn("{% field form.agree label='You may write to me' %}")
    assert html.index('type="checkbox"') < html.index("You may write to me")


def test_hidden_field_is_only_its_control() -> None:
    assert drawn("{% field form.token %}").strip().startswith('<input type="hidden"')


def test_maximum_counts_letters() -> None:
    html = drawn("{% field form.story maximum=12000 %}")
    assert 'data-maximum="12000"' in html
    assert "You can write up to 12\u202f000 letters" in html
    assert 'data-count="id_story_count"' in html
    assert "id_story_count" in ids(html)


def test_scale_says_its_ends() -> None:
    html = drawn("{% field form.listened kind='scale' low='0 worst' high='10 best' %}")
    assert 'class="tiles scale"' in html
    assert "<span>0 worst</span><span>10 best</span>" in html


def test_why_is_a_disclosure() -> None:
    html = drawn("{% field form.listened why='Wards change sooner.' %}")
    assert "<details" in html and "Wards change sooner." in html


@pytest.mark.parametrize(
    "evil", ["<script>alert(1)</script>", '"><img src=x onerror=1>', "' & <b>"]
)
def test_words_are_escaped_everywhere(evil: str) -> None:
    html = drawn(
        "{% field form.listened label=evil hint=evil why=evil low=evil high=evil %}"
        "{% field form.story label=evil hint=evil %}{% button evil name=evil value=evil %}"
        "{% quote evil who=evil where=evil language=evil url=evil %}{% badge evil %}"
        "{% card heading=evil note=evil url=evil %}{{ evil }}{% endcard %}"
        "{% notice heading=evil %}{{ evil }}{% endnotice %}{% avatar evil named=True %}",
        evil=evil,
    )
    assert "<script>" not in html and "<img" not in html and "<b>" not in html
    assert evil in unescape(html)

"""The preference centre's questions: one form a page, each keeping its own answer."""

from wellheard.people.preferences.forms.hours import HoursForm
from wellheard.people.preferences.forms.letters import LettersForm
from wellheard.people.preferences.forms.person import LanguageForm, NameForm
from wellheard.people.preferences.forms.topic import TopicForm
from wellheard.people.preferences.forms.ways import (
    ChannelForm,
    FrequencyForm,
    PurposesForm,
    SafeContactForm,
)

TOPICS: dict[str, type[TopicForm]] = {
    form.topic: form
    for form in (
        NameForm,
        LanguageForm,
        ChannelForm,
        HoursForm,
        FrequencyForm,
        LettersForm,
        SafeContactForm,
        PurposesForm,
    )
}

__all__ = ["TOPICS", "TopicForm"]

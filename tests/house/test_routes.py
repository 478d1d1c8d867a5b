"""Every address against every role, generated from the addresses and the matrix.

A role that holds the permission of a page is let in (or told that the thing is not there); every
other one is refused, and the refusal is written down. Ids of another organisation open nothing.
"""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils.regex_helper import normalize

from wellheard.base.audit.models import AuditRow
from wellheard.people.access.person import matrix
from wellheard.people.access.vocabulary import role_definitions

pytestmark = pytest.mark.any_database
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROLES = sorted(role_definitions())
# The API knows programs by their token, not people by their session: its own tests ask there.
ELSEWHERE = ("api/v1/",)
# Words a parameter may be, tried in turn until one fits its pattern.
WORDS = (
    "x",
    "ABC34",
    "abcdefghijklmnopqrstuvwx",
    str(uuid.UUID(int=7)),
    "2026-03-04",
    "en",
    "died",
)
NOBODY = 987_654
# Pages (by how their address begins) that ask for more than their permission somewhere, and why
# roles of one place are refused.
WHOLE_ORGANISATION = {
    "staff/overview/": "shows every place beside every other",
    "staff/reviews/": "the week of the whole organisation, signed off for all of it",
    "staff/messages/<int:message_id>/retry/": "messages are read by those of the whole house",
    "staff/messages/<int:message_id>/cancellation/": "messages are read by those of the whole house",
}


def routes(resolver=None, above=()):
    for entry in (resolver or get_resolver()).url_patterns:
        parts = (*above, entry.pattern)
        if isinstance(entry, URLPattern):
            yield parts, entry.callback
        else:
            yield from routes(entry, parts)


def written(parts):
    return "".join(str(part) for part in parts)


def address(parts, ids):
    """A path for a route: `ids` gives a number for each of its numbered parameters."""
    path = "/"
    for part in parts:
        if isinstance(part, RegexPattern):
            path += regular(part)
            continue
        path += re.sub(
            r"<(?:(\w+):)?(\w+)>",
            lambda found: str(ids(found[2])) if found[1] == "int" else "x",
            str(part),
        )
    return path


def regular(part):
    form, names = normalize(str(part))[0]
    for filled in fillings(names):
        if part.regex.match(form % filled):
            return form % filled
    raise AssertionError(f"no word fits {part}; add one to WORDS")


def fillings(names):
    if not names:
        yield {}
        return
    for word in WORDS:
        for rest in fillings(names[1:]):
            yield {names[0]: word, **rest}


ALL = [(parts, view) for parts, view in routes() if not written(parts).startswith(ELSEWHERE)]
CLOSED = [(parts, view) for parts, view in ALL if getattr(view, "permission", "")]
OPEN = [(parts, view) for parts, view in ALL if getattr(view, "public", "")]


def ask(client, path):
    """The answer to GET, or to POST where GET is not for this address; in a savepoint of its own."""
    with transaction.atomic():
        answer = client.get(path)
        if answer.status_code == 405:
            answer = client.post(path)
        transaction.set_rollback(answer.status_code >= 500)
    return answer


def lets_in(role, parts, view):
    """What the matrix says of a role (scoped ones hold it for one place) and an address."""
    of_all = written(parts).startswith(tuple(WHOLE_ORGANISATION))
    return role in matrix()[view.permission] and not (of_all and role_definitions()[role].scoped)


@pytest.fixture
def as_role(staff, place):
    def sign_in(role):
        client = Client(raise_request_exception=False)
        places = [place] if role_definitions()[role].scoped else None
        client.force_login(staff(role, places=places), backend=BACKEND)
        return client

    return sign_in


def test_every_address_is_closed_by_a_permission_or_open_for_a_reason():
    unmarked = [
        written(parts)
        for parts, view in ALL
        if bool(getattr(view, "permission", "")) == bool(getattr(view, "public", ""))
    ]
    assert unmarked == []


def test_every_permission_of_a_page_is_in_the_matrix():
    assert {view.permission for _parts, view in CLOSED} <= set(matrix())


@pytest.mark.capability("N01")
@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_role_enters_where_the_matrix_lets_it_and_nowhere_else(role, as_role):
    client = as_role(role)
    wrong = {}
    for parts, view in CLOSED:
        before = AuditRow.objects.filter(action="denied").count()
        answer = ask(client, address(parts, lambda _name: NOBODY))
        refused = AuditRow.objects.filter(action="denied").count() - before
        if lets_in(role, parts, view):
            fits = answer.status_code not in {401, 403} and answer.status_code < 500
        else:
            fits = answer.status_code == 403 and refused == 1
        if not fits:
            wrong[written(parts)] = (view.permission, answer.status_code, refused)
    assert wrong == {}


@pytest.mark.capability("N05")
@pytest.mark.django_db
def test_stranger_is_sent_to_sign_in_by_every_closed_address():
    client = Client(raise_request_exception=False)
    wrong = {}
    for parts, _view in CLOSED:
        answer = ask(client, address(parts, lambda _name: NOBODY))
        sent = answer.headers.get("Location", "").startswith("/accounts/login/")
        if answer.status_code != 302 or not sent:
            wrong[written(parts)] = answer.status_code
    assert wrong == {}


@pytest.mark.django_db
def test_open_address_answers_a_stranger_without_breaking():
    client = Client(raise_request_exception=False)
    broken = {}
    for parts, _view in OPEN:
        answer = ask(client, address(parts, lambda _name: NOBODY))
        # 503 is what "ready" says as long as no worker runs.
        if answer.status_code >= 500 and answer.status_code != 503:
            broken[written(parts)] = answer.status_code
    assert broken == {}


@pytest.mark.capability("N01")
@pytest.mark.django_db
def test_administrator_without_a_role_any_more_enters_nowhere(staff, at):
    from wellheard.people.access.models import Membership

    user = staff("administrator")
    Membership.objects.filter(user=user).update(ended_at=at)
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    entered = [
        written(parts)
        for parts, _view in CLOSED
        if ask(client, address(parts, lambda _name: NOBODY)).status_code != 403
    ]
    assert entered == []


# -- ids of another organisation

# What a numbered parameter means, where its name does not say it.
MEANT = {
    "view_id": "resolve.savedview",
    "glass_id": "people.glassbreak",
    "file_id": "resolve.casefile",
    "review_id": "prove.weeklyreview",
    "shift_id": "resolve.oncall",
    "contact_id": "people.contactpoint",
    "session_id": "people.signedinsession",
    "token_id": "people.apitoken",
    "plan_id": "listen.sampleplan",
    "proposal_id": "people.roleproposal",
    "pk": "mfa.authenticator",
    "status": "",  # an HTTP status on the design page
    "number": "",  # a version of one's own rules, counted from 1
}


def numbered():
    found = {}
    for parts, _view in ALL:
        for name in re.findall(r"<int:(\w+)>", written(parts)):
            found.setdefault(name, written(parts))
    return found


def model_meant(name):
    if name in MEANT:
        return apps.get_model(MEANT[name]) if MEANT[name] else None
    stem = name.removesuffix("_id").replace("_", "")
    names = {m._meta.model_name: m for m in apps.get_models()}
    fitting = [m for m in names if m == stem] or [m for m in names if m.endswith(stem)]
    assert len(fitting) == 1, f"say in MEANT what <int:{name}> of {numbered()[name]} is"
    return names[fitting[0]]


class Neighbour:
    """Another organisation with one row of whatever is asked for, made from the fields alone."""

    def __init__(self, at):
        self.at = at
        self.made = {}

    def row(self, model):
        if model not in self.made:
            self.made[model] = self.make(model)
        return self.made[model]

    def make(self, model):
        values = {
            field.attname if field.is_relation else field.name: self.value(field)
            for field in model._meta.concrete_fields
            if self.needed(field)
        }
        # Far from the ids of the organisation that asks, so that none can be met by chance.
        if isinstance(model._meta.pk, models.AutoField):
            values[model._meta.pk.name] = NOBODY
        with transaction.atomic():
            return model.objects.create(**values)

    def needed(self, field):
        if field.primary_key and not field.is_relation:
            return False
        of_the_row = field.name in {"organisation", "organisation_id", "patient", "place", "user"}
        return of_the_row or not (field.null or field.has_default() or field.blank)

    def value(self, field):
        if field.is_relation:
            return self.row(field.related_model).pk
        if field.name == "organisation_id":
            return self.row(apps.get_model("people.organisation")).pk
        if field.choices:
            return field.choices[0][0]
        later = timedelta(days=field.name.startswith(("end", "until")))
        for kind, value in (
            (models.DateTimeField, self.at + later),
            (models.DateField, date(2026, 3, 4) + later),
            (models.BooleanField, False),
            (models.JSONField, {}),
            (models.UUIDField, uuid.UUID(int=99)),
            (models.DurationField, timedelta(0)),
            ((models.IntegerField, models.FloatField, models.DecimalField), 1),
            (models.EmailField, "neighbour@example.org"),
        ):
            if isinstance(field, kind):
                return value
        return "neighbour"[: field.max_length]


@pytest.fixture
def neighbour(db, at):
    return Neighbour(at)


def test_every_numbered_parameter_is_known():
    unknown = []
    for name in numbered():
        try:
            model_meant(name)
        except (AssertionError, LookupError) as error:
            unknown.append(str(error))
    assert unknown == []


# What every request may write, whoever it is.
OWN_TRACES = {"base.audithead", "base.auditrow", "people.signedinsession"}


def everything(neighbour):
    """The neighbour's rows as they are, and how many rows there are of everything."""
    kept = [m for m in apps.get_models() if m._meta.app_label in settings.ROOMS]
    counts = {
        m._meta.label: m.objects.count() for m in kept if m._meta.label_lower not in OWN_TRACES
    }
    rows = [m.objects.filter(pk=row.pk).values().first() for m, row in neighbour.made.items()]
    return counts, rows


@pytest.mark.capability("N01")
@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_id_of_another_organisation_opens_and_changes_nothing(role, as_role, neighbour):
    ids = {}
    for name in numbered():
        model = model_meant(name)
        ids[name] = neighbour.row(model).pk if model else 404
    client = as_role(role)
    before = everything(neighbour)
    opened = {}
    for parts, view in CLOSED:
        names = re.findall(r"<int:(\w+)>", written(parts))
        if not any(model_meant(name) for name in names) or role not in matrix()[view.permission]:
            continue
        for method in (client.get, client.post):
            with transaction.atomic():
                answer = method(address(parts, ids.__getitem__))
                transaction.set_rollback(answer.status_code >= 500)
            # A redirect after a post may say no more than "done": what was done is seen below.
            fine = {403, 404, 405} | ({302} if method == client.post else set())
            if answer.status_code not in fine:
                opened[f"{method.__name__} {written(parts)}"] = answer.status_code
    assert opened == {}
    assert everything(neighbour) == before


def test_neighbour_makes_rows_that_hold_the_constraints(neighbour):
    failed = []
    for name in numbered():
        model = model_meant(name)
        try:
            if model:
                neighbour.row(model)
        except (IntegrityError, ValueError, TypeError) as error:
            failed.append(f"{model._meta.label}: {error}")
    assert failed == []


@pytest.mark.django_db
def test_same_ids_open_for_the_neighbours_own_people(staff, neighbour):
    home = neighbour.row(apps.get_model("people.organisation"))
    home.zone, home.country, home.jurisdiction = "America/Denver", "US", "us-hospital"
    home.save()
    patient = neighbour.row(apps.get_model("people.patient"))
    client = Client()
    client.force_login(staff("grievance_officer", in_=home), backend=BACKEND)
    assert client.get(f"/staff/patients/{patient.pk}/").status_code == 200
    client.force_login(staff("administrator", in_=home), backend=BACKEND)
    user = neighbour.row(apps.get_model("people.user"))
    assert client.get(f"/staff/people/{user.pk}/").status_code == 200

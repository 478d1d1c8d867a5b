"""Recognising very many patients at once, as a hospital's feed brings them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from django.contrib.auth import get_user_model

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.tables.bulk import insert_rows
from wellheard.people.patients import rules
from wellheard.people.patients.actions import record_death
from wellheard.people.patients.models import ContactPoint, Patient
from wellheard.people.patients.queries import contact_digest
from wellheard.people.places.models import Organisation

_ASKED_AT_ONCE = 900
_T = TypeVar("_T")
# What tells one person from another when the hospital gives no number: name, e-mail, telephone.
Identity = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One row of a feed about one person. ``email`` and ``phone`` are in their stored form;
    ``key`` is the digest of the number the hospital knows them by, or ""; ``since`` is when they
    were first met, None: now."""

    key: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    died_on: date | None = None
    since: datetime | None = None

    @property
    def identity(self) -> Identity | None:
        """What two rows of the same person share; None when nothing says who it was."""
        if self.key:
            return ("key", self.key)
        if self.email or self.phone:
            return ("contact", self.name.casefold(), self.email, self.phone)
        return None


def recognise_patients(
    newcomers: Sequence[Newcomer],
    *,
    organisation: Organisation,
    known: Mapping[str, int],
    by: Actor,
    at: datetime,
) -> list[int | None]:
    """The patient of each row, in order; those never seen are made. None: nothing says who.

    ``known``: patients that an earlier feed gave a number, by its digest. A contact alone does
    not decide (two people may share a telephone): the name must be able to be the same one.
    """
    people: dict[Identity, Newcomer] = {}
    for newcomer in newcomers:
        if (identity := newcomer.identity) is not None:
            people[identity] = newcomer  # the last row knows best
    with acting(by, at=at) as trail:
        found = _found(people, organisation, known)
        fresh = [identity for identity in people if identity not in found]
        found |= zip(fresh, _make([people[i] for i in fresh], organisation, at), strict=True)
        _keep_contacts({found[i]: person for i, person in people.items()}, organisation, at)
        _note_deaths({found[i]: p.died_on for i, p in people.items() if p.died_on}, by, at)
        if fresh:
            trail.write("patients.recognised", ("people.patient", "batch"), new=len(fresh))
    return [found.get(n.identity) if n.identity else None for n in newcomers]


def _found(
    people: Mapping[Identity, Newcomer], organisation: Organisation, known: Mapping[str, int]
) -> dict[Identity, int]:
    found = {i: known[p.key] for i, p in people.items() if p.key in known}
    unknown = {i: p for i, p in people.items() if i not in found and not p.key}
    by_digest: dict[str, set[int]] = {}
    digests = {contact_digest(v) for p in unknown.values() for v in (p.email, p.phone) if v}
    for some in _chunks(digests):
        points = ContactPoint.objects.filter(
            organisation_id=organisation.pk, value_digest__in=some
        ).values_list("value_digest", "patient_id")
        for value, patient_id in points:
            by_digest.setdefault(value, set()).add(patient_id)
    names = _names({patient for owners in by_digest.values() for patient in owners})
    for identity, person in unknown.items():
        owners = {
            owner
            for value in (person.email, person.phone)
            if value
            for owner in by_digest.get(contact_digest(value), ())
            if rules.could_be_same(names[owner], person.name)
        }
        if len(owners) == 1:
            found[identity] = owners.pop()
    return found


def _names(patient_ids: set[int]) -> dict[int, str]:
    names: dict[int, str] = {}
    for some in _chunks(patient_ids):
        names.update(Patient.objects.filter(pk__in=some).values_list("pk", "name"))
    return names


def _make(people: Sequence[Newcomer], organisation: Organisation, at: datetime) -> list[int]:
    references = _new_references(organisation, len(people))
    rows = [
        {
            "organisation_id": organisation.pk,
            "reference": reference,
            "name": person.name,
            "language": person.language or organisation.languages[0],
            "known_since": person.since or at,
        }
        for person, reference in zip(people, references, strict=True)
    ]
    return insert_rows(Patient, rows)


def _new_references(organisation: Organisation, count: int) -> list[str]:
    letters = rules.REFERENCE_ALPHABET
    made: set[str] = set()
    while len(made) < count:
        fresh: set[str] = set()
        while len(made) + len(fresh) < count:
            fresh.add("P-" + "".join(secrets.choice(letters) for _ in range(7)))
        for some in _chunks(fresh):
            taken = Patient.objects.filter(organisation=organisation, reference__in=some)
            fresh -= set(taken.values_list("reference", flat=True))
        made |= fresh
    return list(made)


def _keep_contacts(
    people: Mapping[int, Newcomer], organisation: Organisation, at: datetime
) -> None:
    """Contacts not kept yet; one that somebody asked us to stop using stays stopped."""
    wanted: dict[tuple[int, str, str], tuple[str, datetime]] = {}
    for patient_id, person in people.items():
        for kind, value in (("email", person.email), ("sms", person.phone)):
            if value:
                wanted[patient_id, kind, contact_digest(value)] = value, person.since or at
    held: set[tuple[int, str, str]] = set()
    stopped: dict[tuple[str, str], datetime] = {}
    for some in _chunks({digest for _, _, digest in wanted}):
        points = ContactPoint.objects.filter(
            organisation_id=organisation.pk, value_digest__in=some
        ).values_list("patient_id", "kind", "value_digest", "stopped_at")
        for patient_id, kind, value, stopped_at in points:
            held.add((patient_id, kind, value))
            if stopped_at is not None:
                stopped[kind, value] = stopped_at
    rows = [
        {
            "organisation_id": organisation.pk,
            "patient_id": patient_id,
            "kind": kind,
            "value": value,
            "value_digest": digest,
            "confidential": False,
            "stopped_at": stopped.get((kind, digest)),
            "added_at": added_at,
        }
        for (patient_id, kind, digest), (value, added_at) in wanted.items()
        if (patient_id, kind, digest) not in held
    ]
    insert_rows(ContactPoint, rows)
    _link_staff({value: patient for (patient, _, _), (value, _) in wanted.items()}, organisation)


def _link_staff(patients: Mapping[str, int], organisation: Organisation) -> None:
    users = get_user_model().objects.filter(organisation_id=organisation.pk)
    for user_id, email in users.values_list("pk", "email"):
        if (patient_id := patients.get(email.casefold())) is not None:
            Patient.objects.filter(pk=patient_id, staff_user=None).update(staff_user_id=user_id)


def _note_deaths(deaths: Mapping[int, date], by: Actor, at: datetime) -> None:
    for some in _chunks(set(deaths)):
        for patient in Patient.objects.filter(pk__in=some, deceased_on__isnull=True):
            record_death(patient=patient, died_on=deaths[patient.pk], by=by, at=at)


def _chunks(values: Iterable[_T]) -> Iterator[list[_T]]:
    each = iter(list(values))
    while some := list(islice(each, _ASKED_AT_ONCE)):
        yield some

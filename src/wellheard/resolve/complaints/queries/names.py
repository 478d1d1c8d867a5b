"""Finding a case by a name, without keeping a readable index of names."""

from __future__ import annotations

import re
import unicodedata

from wellheard.base.vault.sealing import digest
from wellheard.resolve.complaints.models import Case

_PURPOSE = "case-name"


def name_digests(case: Case) -> set[str]:
    """The digests of every word of the names in a case."""
    names = [case.complainant_name, case.about_name]
    if case.patient is not None:
        names += [case.patient.name, case.patient.preferred_name]
    return {word for name in names for word in digests_of(case.organisation_id, name)}


def digests_of(organisation_id: int, name: str) -> set[str]:
    """One digest per word of a name; case and accents do not matter."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = [word for word in re.findall(r"\w+", bare) if len(word) > 1]
    return {digest(f"{organisation_id}:{word}", _PURPOSE) for word in words}

"""What about a patient is kept from somebody, and what an emergency opened to them.

For rows of other rooms that belong to a patient: ``rows.exclude(kept_from(...))`` and
``rows.filter(by_place | opened_to(...))``.
"""

from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from wellheard.people.access.person import Person


def kept_from(person: "Person", permission: str, path: str = "patient") -> Q:
    """Rows of the person's own record, and of patients a ruling hides from them.

    ``path`` leads from the row to its patient ("patient", "comment__patient").
    """
    own = Q(**{f"{path}__staff_user_id": person.user_id})
    hidden = person.hidden_patients(permission)
    return own | Q(**{f"{path}_id__in": hidden}) if hidden else own


def opened_to(person: "Person", path: str = "patient") -> Q:
    """Rows of patients whose record the person opened in an emergency, for the time being."""
    return Q(**{f"{path}_id__in": person.opened_patients})

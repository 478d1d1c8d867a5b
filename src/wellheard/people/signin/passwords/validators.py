"""The password rules as Django asks for them."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from wellheard.people.places.models import Site
from wellheard.people.signin.passwords import rules
from wellheard.people.signin.passwords.vocabulary import common_passwords
from wellheard.people.staff.factors import has_own_factor
from wellheard.people.staff.models import User

WORDS = {
    "long": _("This password is too long. Use at most 1000 letters."),
    "common": _("This password is known to be used by many. Choose another one."),
    "repeats": _("This password repeats itself. Choose another one."),
    "runs": _("This password follows the alphabet, the numbers or the keyboard."),
    "about_you": _("This password is made of your name or that of your organisation."),
}


class KnownToNobody:
    """Long enough, and not a password others can guess."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError with every problem in words."""
        second_factor = user is not None and has_own_factor(user)
        found = rules.problems(
            password,
            second_factor=second_factor,
            common=common_passwords(),
            context=_context(user),
        )
        if found:
            least = rules.WITH_SECOND_FACTOR if second_factor else rules.ALONE
            words = [too_short(least) if code == "short" else WORDS[code] for code in found]
            raise ValidationError([str(one) for one in words])

    def get_help_text(self) -> str:
        """What to choose, in one line."""
        return str(_("A few words that only you would put together work well. Spaces are fine."))


def too_short(least: int) -> str:
    """ "Use at least 15 letters" in the active language."""
    return ngettext("Use at least %(n)d letter.", "Use at least %(n)d letters.", least) % {
        "n": least
    }


def _context(user: User | None) -> list[str]:
    if user is None or user.organisation_id is None:
        return ["Wellheard"]
    sites = Site.objects.filter(organisation_id=user.organisation_id).values_list("name", flat=True)
    return ["Wellheard", user.name, user.email, user.organisation.name, *sites]

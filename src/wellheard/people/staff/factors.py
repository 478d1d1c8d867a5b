"""What second factors an account has."""

from allauth.mfa.models import Authenticator

from wellheard.people.staff.models import User

STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_own_factor(user: User) -> bool:
    """Whether the account has a passkey or an authenticator app of its own."""
    if user.pk is None:
        return False
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=STRONG).exists())

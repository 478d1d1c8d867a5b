"""Those who sign in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A member of staff, known by e-mail, within one organisation."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="staff"
    )
    language = models.CharField(max_length=12, default="en")
    is_active = models.BooleanField(default=True)
    shortcuts = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name


class OneTimeLink(models.Model):
    """A link by which somebody chooses their first password, or a new one; used once, soon."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_links")
    token_digest = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"one-time link {self.pk} of user {self.user_id}"


class SignedInSession(models.Model):
    """One browser in which somebody is signed in; its row is what idle and absolute limits read."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True, blank=True)
    device = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return f"session {self.pk} of user {self.user_id}"

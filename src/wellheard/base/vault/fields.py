"""A model field whose text lies encrypted in the database and in every backup."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import models

from wellheard.base.vault.sealing import seal, unseal

if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


class EncryptedTextField(_TextField):
    """Text sealed for its own table and column, so that rows cannot be swapped between columns.

    It cannot be filtered or sorted by; keep a ``digest`` beside it where it must be found.
    """

    sealed = True

    @cached_property
    def _purpose(self) -> str:
        return f"field:{self.model._meta.label_lower}.{self.name}"

    def get_prep_value(self, value: Any) -> Any:
        prepared = value if type(value) is str else super().get_prep_value(value)
        return prepared if prepared in (None, "") else seal(str(prepared), self._purpose)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value if value in (None, "") else unseal(value, self._purpose)

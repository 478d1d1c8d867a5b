"""Changes to who may do what: roles, rulings, tokens, and broken glass."""

from wellheard.people.access.actions.glass import (
    GlassRefusedError,
    break_glass,
    close_glass,
    review_glass,
)
from wellheard.people.access.actions.roles import (
    RoleRefusedError,
    decide_proposal,
    end_role,
    give_role,
)
from wellheard.people.access.actions.rulings import end_ruling, make_ruling
from wellheard.people.access.actions.tokens import make_token, revoke_token

__all__ = [
    "GlassRefusedError",
    "RoleRefusedError",
    "break_glass",
    "close_glass",
    "decide_proposal",
    "end_role",
    "end_ruling",
    "give_role",
    "make_ruling",
    "make_token",
    "review_glass",
    "revoke_token",
]

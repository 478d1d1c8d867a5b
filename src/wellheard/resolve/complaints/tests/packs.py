"""The shipped packs, for tests of the pure rules."""

from __future__ import annotations

from wellheard.resolve.complaints.rulebook import shipped
from wellheard.resolve.complaints.rules.packs import read_pack

US = read_pack(shipped("us-hospital"))
ENGLAND = read_pack(shipped("england"))

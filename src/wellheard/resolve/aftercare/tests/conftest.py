"""The team, a patient and cases at hand, as the feature below has them."""

from wellheard.resolve.complaints.tests.conftest import (  # noqa: F401
    by_officer,
    manager,
    officer,
    opened,
    patient,
    policy,
    said,
)

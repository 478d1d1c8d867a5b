from __future__ import annotations

import pytest

from wellheard.interop.csvfiles import actions
from wellheard.interop.csvfiles.codec import read_table
from wellheard.interop.csvfiles.rules import guess_layout


@pytest.fixture
def take(organisation, actor, at):
    """``take("comments", "text\\nKind staff\\n")`` imports a file as the console would."""

    def run(kind, text, *, name="file.csv", at=at):
        data = text if isinstance(text, bytes) else text.encode()
        table = read_table(data)
        more = actions.response_items() if kind == "responses" else ()
        act = getattr(actions, f"import_{kind}")
        return act(
            table,
            guess_layout(kind, table.header, more),
            actions.FileFacts.of(name, data),
            organisation=organisation,
            by=actor,
            at=at,
        )

    return run

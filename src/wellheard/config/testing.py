"""The environment of the tests: pytest loads this before Django reads its settings."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("WELLHEARD_MODE", "test")
if "WELLHEARD_HOME" not in os.environ:
    _home = tempfile.mkdtemp(prefix="wellheard-test-")
    os.environ["WELLHEARD_HOME"] = _home
    atexit.register(shutil.rmtree, _home, ignore_errors=True)

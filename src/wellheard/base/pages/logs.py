"""Log lines as JSON. Only fields that a caller names in ``extra`` are written, and of an
exception its class and the lines of our code it passed, never its message: messages can quote
what a patient wrote."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_UNSAFE = frozenset({"request", "exc_info", "exc_text", "args"})


class JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # Django's own messages interpolate paths and values: keep their template only.
            "message": record.msg if isinstance(record.msg, str) else type(record.msg).__name__,
        }
        for name, value in vars(record).items():
            if name not in _STANDARD and name not in _UNSAFE:
                line[name] = value if isinstance(value, int | float | bool) else str(value)[:300]
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = _where(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _where(trace: object) -> list[str]:
    frames = traceback.extract_tb(trace)[-8:]  # type: ignore[arg-type]  # narrowed by the caller
    return [f"{frame.filename.rsplit('/', 3)[-1]}:{frame.lineno} {frame.name}" for frame in frames]

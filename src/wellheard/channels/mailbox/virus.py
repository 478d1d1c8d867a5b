"""Asking a ClamAV daemon about a file, over TCP, by its own protocol (clamd(8), INSTREAM)."""

from __future__ import annotations

import socket
import struct

_CHUNK = 65_536
_LONGEST_ANSWER = 4_096


class ScannerUnavailableError(Exception):
    """The scanner did not answer, or not with a verdict."""


def ask_scanner(content: bytes, *, host: str, port: int, seconds: float) -> str:
    """The name of what was found, "" for nothing. Raises ScannerUnavailableError."""
    try:
        with socket.create_connection((host, port), timeout=seconds) as line:
            line.settimeout(seconds)
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK):
                chunk = content[start : start + _CHUNK]
                line.sendall(struct.pack(">I", len(chunk)) + chunk)
            line.sendall(struct.pack(">I", 0))
            answer = _answer(line)
    except OSError as error:
        raise ScannerUnavailableError(type(error).__name__) from None
    if answer.endswith("OK"):
        return ""
    if answer.endswith("FOUND"):
        return answer.removeprefix("stream:").removesuffix("FOUND").strip()[:80] or "unnamed"
    raise ScannerUnavailableError("no verdict")


def _answer(line: socket.socket) -> str:
    got = b""
    while b"\0" not in got and len(got) < _LONGEST_ANSWER:
        more = line.recv(1024)
        if not more:
            break
        got += more
    return got.split(b"\0")[0].decode("utf-8", "replace").strip()

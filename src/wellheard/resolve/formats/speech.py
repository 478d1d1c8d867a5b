"""A letter as speech, made on this machine and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from wellheard.resolve.formats.policy import format_policy


class SpeechMissingError(Exception):
    """No speech can be made here: no library, no voice, or it failed. A person records instead."""


def can_speak(language: str) -> bool:
    """Whether there is a voice for it here."""
    return language in format_policy().voices and find_spec("espeakng_loader") is not None


def speak(text: str, language: str) -> bytes:
    """The text as a WAV file. Raises SpeechMissingError."""
    policy = format_policy()
    if not can_speak(language):
        raise SpeechMissingError
    command = [sys.executable, "-I", str(Path(__file__).with_name("voice.py")),
               policy.voices[language], str(policy.words_per_minute)]  # fmt: skip
    try:
        made = subprocess.run(  # noqa: S603  (our own module; the words go by standard input)
            command, input=text.encode(), capture_output=True, timeout=policy.speech_timeout,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SpeechMissingError from error
    if made.returncode != 0 or not made.stdout.startswith(b"RIFF"):
        raise SpeechMissingError
    return made.stdout

"""Speak a text: ``python voice.py VOICE WORDS_PER_MINUTE`` reads it from standard input and writes
a WAV file to standard output.

A process of its own: the speech library is C, keeps its state for the whole process, and is under
another licence (GPL 3) than this program, which starts it and links nothing of it.
"""

from __future__ import annotations

import ctypes
import io
import sys
import wave

_RETRIEVE, _UTF8, _RATE = 2, 1, 1
_MISSING = 3


def main() -> int:
    """Speak; 3 when there is no speech library."""
    try:
        import espeakng_loader
    except ImportError:
        return _MISSING
    voice, speed = sys.argv[1], int(sys.argv[2])
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    sound = spoken(library, data, voice, speed, sys.stdin.buffer.read())
    sys.stdout.buffer.write(sound)
    return 0 if sound else 1


def spoken(library: ctypes.CDLL, data: bytes, voice: str, speed: int, text: bytes) -> bytes:
    """The text as a WAV file: one channel, 16 bits; empty when the voice is not known."""
    samples = bytearray()
    kind = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
    )

    def take(some: ctypes._Pointer[ctypes.c_short], count: int, _events: int) -> int:
        if count > 0:
            samples.extend(ctypes.string_at(some, count * 2))
        return 0

    kept = kind(take)  # or it would be forgotten while the library still calls it
    rate = library.espeak_Initialize(_RETRIEVE, 0, data, 0)
    library.espeak_SetSynthCallback(kept)
    if rate <= 0 or library.espeak_SetVoiceByName(voice.encode()) != 0:
        return b""
    library.espeak_SetParameter(_RATE, speed, 0)
    library.espeak_Synth(text, len(text) + 1, 0, 0, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(bytes(samples))
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.config.backups.sealed import CHUNK, BadBackup, SealedReader, SealedWriter

KEY = b"m" * 32
pytestmark = pytest.mark.capability("P04")


def sealed(data: bytes) -> bytes:
    target = io.BytesIO()
    writer = SealedWriter(target, KEY)
    writer.write(data)
    writer.finish()
    return target.getvalue()


def opened(data: bytes, key: bytes = KEY) -> bytes:
    return SealedReader(io.BytesIO(data), key).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 7])
def test_what_was_sealed_comes_back(size):
    data = bytes(range(256)) * (size // 256 + 1)
    assert opened(sealed(data[:size])) == data[:size]


@settings(max_examples=60)
@given(st.data())
def test_one_changed_byte_or_a_cut_anywhere_is_refused(data):
    whole = sealed(b"a patient's words" * 50)
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    for bad in (changed, whole[:at]):
        with pytest.raises(BadBackup):
            opened(bad)


@pytest.mark.parametrize("byte", range(4))
def test_length_that_was_changed_is_refused(byte):
    whole = bytearray(sealed(b"a patient's words" * 50))
    whole[19 + 32 + byte] ^= 1  # after the name and the salt
    with pytest.raises(BadBackup):
        opened(bytes(whole))


def test_dropping_the_last_chunk_is_refused():
    whole = sealed(b"x" * (CHUNK + 5))
    with pytest.raises(BadBackup):
        opened(whole[: -(4 + 5 + 16)])


def test_another_key_does_not_open_it():
    with pytest.raises(BadBackup):
        opened(sealed(b"words"), b"n" * 32)

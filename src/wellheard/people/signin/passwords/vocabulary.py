"""The versioned list of passwords that are known to everybody."""

import gzip
from functools import cache
from importlib.resources import files


@cache
def common_passwords() -> frozenset[str]:
    """Lower-case passwords of 8 letters and more; read once, when first needed (a few MB)."""
    packed = files(__package__).joinpath("common-2026-11.txt.gz").read_bytes()
    lines = gzip.decompress(packed).decode("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("# "))

"""Questionnaires as data, and their scoring. Definitions alone load no numpy."""

from wellheard.measures.instruments.definition import (
    Instrument,
    Item,
    Measure,
    Scale,
    available_instruments,
    hcahps_on,
    instrument,
    read_instrument,
)

__all__ = [
    "Instrument",
    "Item",
    "Measure",
    "Scale",
    "available_instruments",
    "hcahps_on",
    "instrument",
    "read_instrument",
]

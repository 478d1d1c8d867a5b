"""Spreadsheets for tests, made part by part so that they can also be made wrong."""

from __future__ import annotations

import io
import struct
import zipfile
from xml.sax.saxutils import escape

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
)
BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
    'main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
LINKS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
ROOT = LINKS.replace('/worksheet"', '/officeDocument"').replace("worksheets/sheet1", "xl/workbook")
HEAD = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def cell(value: object, where: str) -> str:
    if isinstance(value, int | float):
        return f'<c r="{where}"><v>{value}</v></c>'
    if isinstance(value, tuple):  # a formula and what it came to
        return f'<c r="{where}" t="str"><f>{value[0]}</f><v>{value[1]}</v></c>'
    return f'<c r="{where}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def sheet_of(rows: list[list[object]]) -> str:
    body = "".join(
        f'<row r="{n}">'
        + "".join(cell(value, f"{chr(65 + at)}{n}") for at, value in enumerate(row))
        + "</row>"
        for n, row in enumerate(rows, start=1)
    )
    return f"{HEAD}{body}</sheetData></worksheet>"


def workbook(sheet: str | bytes, **more: bytes | str) -> bytes:
    """An XLSX file with one sheet; ``more``: further entries by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, data in more.items():
            archive.writestr(name, data)
    return out.getvalue()


def lying(data: bytes, name: str, size: int) -> bytes:
    """The archive with another unpacked size told for one entry, everywhere it is told."""
    out = bytearray(data)
    for mark, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = out.find(mark)
        while at >= 0:
            if out[at + name_at : at + name_at + len(name)] == name.encode():
                out[at + size_at : at + size_at + 4] = struct.pack("<I", size)
            at = out.find(mark, at + 4)
    return bytes(out)

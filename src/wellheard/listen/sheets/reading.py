"""Reading page images: find the code, place the page by its marks, see which boxes hold ink.

numpy and OpenCV are loaded on the first scan, not at the start of the server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wellheard.listen.sheets.layout import CODE, MARK, Layout, Spot
from wellheard.listen.sheets.rules import Mark, PageCode, Thresholds, read_code

Grey = Any  # a two-dimensional array of bytes, 255 = white
_STRIP = 0.3
_WINDOW_MM = 9.0
_NEAR_MM = 0.9
_WIDTH = 1300
_PDF_LONG_SIDE = 1800


class FileNotReadError(ValueError):
    """A file that cannot be read as pages; ``why``: "kind", "big", "pages", "locked"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Found:
    """A code on a page image, with its corners in pixels of ``image`` (as it was turned)."""

    image: Grey
    code: PageCode
    corners: Any


def check_file(content: bytes, limits: Thresholds) -> None:
    """What can be told of a file without looking at its pages. Raises FileNotReadError."""
    if len(content) > limits.most_bytes:
        raise FileNotReadError("big")
    if content.startswith(b"%PDF"):
        _pdf(content, limits).close()
    elif not _is_picture(content):
        raise FileNotReadError("kind")


def _is_picture(content: bytes) -> bool:
    known = (b"\x89PNG", b"II*\0", b"MM\0*")
    return content[:4] in known or content[:3] == b"\xff\xd8\xff"


def images_of(content: bytes, limits: Thresholds) -> Iterator[Grey]:
    """The pages of a PNG, JPEG, TIFF or PDF, one by one, grey. Raises FileNotReadError."""
    if len(content) > limits.most_bytes:
        raise FileNotReadError("big")
    if content.startswith(b"%PDF"):
        yield from _pdf_pages(content, limits)
    elif _is_picture(content):
        yield from _pictures(content, limits)
    else:
        raise FileNotReadError("kind")


def _pdf(content: bytes, limits: Thresholds) -> Any:
    """The open document. Raises FileNotReadError."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise FileNotReadError("locked" if "password" in str(error).lower() else "kind") from error
    if len(document) > limits.most_pages:
        document.close()
        raise FileNotReadError("pages")
    return document


def _pdf_pages(content: bytes, limits: Thresholds) -> Iterator[Grey]:
    document = _pdf(content, limits)
    try:
        for page in document:
            scale = _PDF_LONG_SIDE / max(page.get_size())
            yield _flat(page.render(scale=scale, grayscale=True).to_numpy())
    finally:
        document.close()


def _flat(pixels: Any) -> Grey:
    return pixels[:, :, 0] if pixels.ndim == 3 else pixels


def _pictures(content: bytes, limits: Thresholds) -> Iterator[Grey]:
    import cv2
    import numpy as np

    try:
        good, pictures = cv2.imdecodemulti(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error as error:
        raise FileNotReadError("kind") from error
    if not good or not pictures:
        raise FileNotReadError("kind")
    if len(pictures) > limits.most_pages:
        raise FileNotReadError("pages")
    for picture in pictures:
        if picture.size > limits.most_pixels:
            raise FileNotReadError("big")
        yield picture


def find_code(image: Grey) -> Found | None:
    """The first code of ours on the page, whichever way up it lies; None when there is none."""
    import cv2

    height, width = image.shape
    if width > height:
        image = cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE)
        height, width = image.shape
    if width > _WIDTH * 1.15:
        scale = _WIDTH / width
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        height, width = image.shape
    cut = int(height * _STRIP)
    for treat in (_plain, _sharpened, _larger):
        for top in (0, height - cut):
            found = _decode(image[top : top + cut], treat)
            if found is not None:
                code, corners = found
                corners[:, 1] += top
                return Found(image, code, corners)
    return None


def _plain(strip: Grey) -> tuple[Grey, float]:
    return strip, 1.0


def _sharpened(strip: Grey) -> tuple[Grey, float]:
    """Black and white by the neighbourhood: a stain is no darker than the ink on it."""
    import cv2

    soft = cv2.GaussianBlur(strip, (3, 3), 0)
    return (
        cv2.adaptiveThreshold(soft, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 61, 18),
        1.0,
    )


def _larger(strip: Grey) -> tuple[Grey, float]:
    import cv2

    return cv2.resize(strip, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), 2.0


def _decode(strip: Grey, treat: Any) -> tuple[PageCode, Any] | None:
    import cv2

    treated, scale = treat(strip)
    try:
        words, corners, _ = cv2.QRCodeDetector().detectAndDecode(treated)
    except cv2.error:
        return None
    code = read_code(words)
    return (code, corners.reshape(4, 2) / scale) if code is not None else None


def place_page(found: Found, layout: Layout, limits: Thresholds) -> Grey | None:
    """The page as it was printed, `pixels_per_mm` to the millimetre; None when too few of its
    marks are seen to be sure."""
    import cv2
    import numpy as np

    x, y = layout.codes["AB".index(found.code.end)]
    known = [(x, y), (x + CODE, y), (x + CODE, y + CODE), (x, y + CODE)]
    seen = [(float(a), float(b)) for a, b in found.corners]
    marks = [(mx + MARK / 2, my + MARK / 2) for mx, my in layout.marks]
    marks.sort(key=lambda mark: (mark[0] - x) ** 2 + (mark[1] - y) ** 2)
    there: list[tuple[float, float]] = []
    where: list[tuple[float, float]] = []
    for mark in marks:
        guess = _fit([*known, *there], [*seen, *where])
        at = _find_mark(found.image, _through(guess, mark), _scale(guess))
        if at is not None:
            there.append(mark)
            where.append(at)
    if len(there) < 4:
        return None
    ppm = limits.pixels_per_mm
    homography, kept = cv2.findHomography(_points(where), _points(there), cv2.RANSAC, _NEAR_MM)
    if homography is None or int(kept.sum()) < 4:
        return None
    if not _plausible(homography, found.image.shape, layout):
        return None
    enlarge = np.diag([ppm, ppm, 1.0])
    size = (round(layout.width * ppm), round(layout.height * ppm))
    return cv2.warpPerspective(
        found.image, enlarge @ homography, size, flags=cv2.INTER_LINEAR, borderValue=255
    )


def _fit(known: Sequence[Any], seen: Sequence[Any]) -> Any:
    """An affine map from millimetres to pixels; a turn and a scale while only the code is known."""
    import cv2

    fit: Any = cv2.estimateAffine2D if len(known) > 6 else cv2.estimateAffinePartial2D
    matrix, _ = fit(_points(known), _points(seen), method=cv2.LMEDS)
    if matrix is None:
        matrix, _ = cv2.estimateAffinePartial2D(_points(known[:4]), _points(seen[:4]))
    return matrix


def _points(rows: Sequence[Any]) -> Any:
    import numpy as np

    return np.array(rows, dtype=np.float32)


def _through(matrix: Any, point: tuple[float, float]) -> tuple[float, float]:
    x = matrix[0] @ (point[0], point[1], 1)
    y = matrix[1] @ (point[0], point[1], 1)
    return float(x), float(y)


def _scale(matrix: Any) -> float:
    return float(abs(matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0]) ** 0.5)


def _find_mark(image: Grey, at: tuple[float, float], scale: float) -> tuple[float, float] | None:
    """The middle of the dark square nearest to where it should be; None when there is none."""
    import cv2
    import numpy as np

    reach = _WINDOW_MM * scale
    left, top = max(0, int(at[0] - reach)), max(0, int(at[1] - reach))
    window = image[top : int(at[1] + reach) + 1, left : int(at[0] + reach) + 1]
    if min(window.shape, default=0) < MARK * scale:
        return None
    paper = float(np.percentile(window, 80))
    dark = (window < paper * 0.5).astype(np.uint8)
    count, _, stats, middles = cv2.connectedComponentsWithStats(dark, connectivity=4)
    wanted = (MARK * scale) ** 2
    best, nearest = None, reach**2
    for n in range(1, count):
        _, _, width, height, area = stats[n]
        square = 0.8 < width / height < 1.25 and area > 0.72 * width * height
        if not (square and 0.7 * wanted < area < 1.35 * wanted):
            continue
        x, y = left + middles[n][0], top + middles[n][1]
        away = (x - at[0]) ** 2 + (y - at[1]) ** 2
        if away < nearest:
            best, nearest = (float(x), float(y)), away
    return best


def _plausible(homography: Any, shape: Any, layout: Layout) -> bool:
    """Whether the image shows about a page: no map of four wrong marks does."""
    import cv2

    height, width = shape
    corners = _points([[[0, 0]], [[width, 0]], [[width, height]], [[0, height]]])
    area = abs(cv2.contourArea(cv2.perspectiveTransform(corners, homography)))
    page = layout.width * layout.height
    return bool(0.6 * page < area < 1.9 * page)


def see(placed: Grey, layout: Layout, page: int, limits: Thresholds) -> list[Mark]:
    """Every box and field of a page with its share of ink."""
    import cv2

    soft = cv2.GaussianBlur(placed, (3, 3), 0)
    return [_see_spot(soft, spot, limits) for spot in layout.on(page)]


def _see_spot(soft: Grey, spot: Spot, limits: Thresholds) -> Mark:
    import numpy as np

    around = crop(soft, spot, -2.5, limits)
    inner = crop(soft, spot, limits.inset_mm, limits)
    paper = max(40.0, float(np.percentile(around, 85)))
    if spot.kind == "area":
        # A field is large: its own paper, and a stain is told from ink by its edge only.
        paper = max(40.0, float(np.percentile(inner, 60)))
    ink = float(np.mean(inner < paper * limits.ink_below))
    trace = float(np.mean(inner < paper * limits.trace_below))
    return Mark(spot.code, spot.value, spot.kind, round(ink, 4), round(trace, 4))


def crop(placed: Grey, spot: Spot, inset: float, limits: Thresholds) -> Grey:
    """The pixels of a spot, made smaller by ``inset`` millimetres on each side."""
    ppm = limits.pixels_per_mm
    top, low = spot.y + inset, spot.y + spot.height - inset
    left, right = spot.x + inset, spot.x + spot.width - inset
    return placed[
        max(0, round(top * ppm)) : round(low * ppm), max(0, round(left * ppm)) : round(right * ppm)
    ]


def picture_of(placed: Grey, spots: Sequence[Spot], limits: Thresholds) -> bytes:
    """The part of the page around some spots, as PNG, for people to look at."""
    import cv2

    left = min(spot.x for spot in spots)
    top = min(spot.y for spot in spots)
    whole = Spot(
        "",
        0,
        "",
        0,
        left,
        top,
        max(spot.x + spot.width for spot in spots) - left,
        max(spot.y + spot.height for spot in spots) - top,
    )
    wide = 2.0 if spots[0].kind == "area" else 8.0
    good, data = cv2.imencode(".png", crop(placed, whole, -wide, limits))
    assert good
    return bytes(data.tobytes())

"""Filling in printed pages as people do, and what a scanner makes of them."""

from __future__ import annotations

import random

import cv2
import numpy as np

from wellheard.listen.sheets.layout import Layout
from wellheard.listen.sheets.reading import images_of
from wellheard.listen.sheets.rules import thresholds


def pages_of(pdf):
    """The printed pages as grey images, about 150 dots an inch."""
    return [np.array(page) for page in images_of(pdf, thresholds())]


def mark(image, layout: Layout, code, value, *, page, how="cross", chance=None, grey=40):
    """Cross, tick, fill or faintly touch one box; write into one field."""
    chance = chance or random.Random(1)
    spot = next(s for s in layout.on(page) if (s.code, s.value) == (code, value))
    scale = image.shape[0] / layout.height

    def at(x, y):
        return round((spot.x + x * spot.width) * scale), round((spot.y + y * spot.height) * scale)

    def off():
        return chance.uniform(-0.06, 0.06)

    pen = max(2, round(0.55 * scale))
    if how in ("cross", "faint"):
        shade = grey if how == "cross" else 205
        a, b = off(), off()
        cv2.line(image, at(0.1 + a, 0.12), at(0.9, 0.88 + b), shade, pen, cv2.LINE_AA)
        cv2.line(image, at(0.9 + a, 0.1), at(0.1, 0.9 + b), shade, pen, cv2.LINE_AA)
    elif how == "tick":
        cv2.line(image, at(0.2, 0.5), at(0.42, 0.85), grey, pen, cv2.LINE_AA)
        cv2.line(image, at(0.42, 0.85), at(1.1, -0.2), grey, pen, cv2.LINE_AA)
    elif how == "fill":
        cv2.rectangle(image, at(-0.03, -0.03), at(1.03, 1.03), grey, -1)
    elif how == "write":
        cv2.putText(
            image, "The night nurse was kind", at(0.03, 0.4), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
            1.1, grey, 2, cv2.LINE_AA,
        )  # fmt: skip


def turned(image, degrees):
    height, width = image.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(image, turn, (width, height), borderValue=255)


def photographed(image):
    """From a little aside, as a phone sees a page."""
    height, width = image.shape
    flat = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    seen = np.float32([[20, 15], [width - 5, 0], [width - 30, height - 20], [0, height - 5]])
    way = cv2.getPerspectiveTransform(flat, seen)
    return cv2.warpPerspective(image, way, (width, height), borderValue=255)


def stained(image, x=0.55, y=0.6):
    """A coffee ring: the paper under it is a third darker."""
    height, width = image.shape
    ring = np.zeros_like(image)
    middle = (int(width * x), int(height * y))
    cv2.circle(ring, middle, int(width * 0.22), 255, int(width * 0.05), cv2.LINE_AA)
    ring = cv2.GaussianBlur(ring, (9, 9), 0).astype(np.float32) / 255
    return (image * (1 - 0.33 * ring)).astype(np.uint8)


def noisy(image, seed=1):
    noise = np.random.default_rng(seed).normal(0, 6, image.shape)
    return np.clip(image * 0.95 + noise, 0, 255).astype(np.uint8)


def cropped(image, low=0.06):
    """The feeder cut off the lower edge."""
    return image[: int(image.shape[0] * (1 - low))]


def jpeg(image, quality=70):
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def png(image):
    return cv2.imencode(".png", image)[1].tobytes()


def tiff(images):
    good, data = cv2.imencodemulti(".tiff", images)
    assert good
    return data.tobytes()

"""Invented people. Any likeness is chance: first and last names are drawn apart."""

from __future__ import annotations

import random

_FIRST = {
    "en": [
        "Ada",
        "Alan",
        "Bella",
        "Brian",
        "Carol",
        "Dean",
        "Edith",
        "Frank",
        "Gina",
        "Harvey",
        "Irene",
        "Jack",
        "Karen",
        "Leo",
        "Mona",
        "Neil",
        "Olive",
        "Paul",
        "Rita",
        "Sean",
        "Tara",
        "Victor",
        "Wendy",
        "Zack",
    ],
    "es": [
        "Ana",
        "Bruno",
        "Carmen",
        "Diego",
        "Elena",
        "Felipe",
        "Gloria",
        "Hugo",
        "Inés",
        "Javier",
        "Lucía",
        "Mateo",
        "Nuria",
        "Óscar",
        "Pilar",
        "Raúl",
        "Sofía",
        "Tomás",
    ],
    "ar": [
        "أمينة",
        "باسم",
        "جميلة",
        "حسن",
        "خديجة",
        "رامي",
        "زينب",
        "سامي",
        "عائشة",
        "فارس",
        "ليلى",
        "نادر",
        "هدى",
        "يوسف",
    ],
}
_LAST = {
    "en": [
        "Abbott",
        "Barlow",
        "Carver",
        "Dalton",
        "Ellery",
        "Fenwick",
        "Garside",
        "Holloway",
        "Ingram",
        "Jessop",
        "Kirkby",
        "Langford",
        "Merrick",
        "Norcott",
        "Orchard",
        "Penrose",
        "Quill",
        "Ridley",
        "Stroud",
        "Thorne",
        "Upton",
        "Wexford",
    ],
    "es": [
        "Aranda",
        "Bermejo",
        "Castañeda",
        "Domínguez",
        "Escobar",
        "Fuentes",
        "Gallardo",
        "Herrera",
        "Iglesias",
        "Jurado",
        "Lozano",
        "Montalvo",
        "Narváez",
        "Olmedo",
        "Palacios",
        "Quintero",
    ],
    "ar": [
        "الحداد",
        "النجار",
        "الخطيب",
        "المصري",
        "العلي",
        "الحسن",
        "السيد",
        "الشامي",
        "القاسم",
        "المنصور",
    ],
}


def invented_name(random_: random.Random, language: str) -> str:
    return f"{random_.choice(_FIRST[language])} {random_.choice(_LAST[language])}"


def invented_phone(number: int) -> str:
    """A number from the range kept for fiction (555-0100 to 555-0199), over many area codes."""
    areas = (312, 773, 630, 708, 847, 815, 217, 309, 618, 224)
    return f"+1{areas[number // 100 % len(areas)]}55501{number % 100:02d}"


def invented_email(number: int) -> str:
    return f"patient{number}@mail.example"

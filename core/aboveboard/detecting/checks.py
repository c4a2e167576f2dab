"""Check digits: what tells a number that somebody was given from a row of digits."""

from __future__ import annotations

from datetime import date

__all__ = ["bsn", "finnish_code", "iban", "swedish_number"]

# ISO 13616, registry of 2024: how long an IBAN of a country is.
IBAN_LENGTHS = {
    "ad": 24, "at": 20, "be": 16, "bg": 22, "ch": 21, "cy": 28, "cz": 24, "de": 22, "dk": 18,
    "ee": 20, "es": 24, "fi": 18, "fr": 27, "gb": 22, "gr": 27, "hr": 21, "hu": 28, "ie": 22,
    "is": 26, "it": 27, "li": 21, "lt": 20, "lu": 20, "lv": 21, "mc": 27, "mt": 31, "nl": 18,
    "no": 15, "pl": 28, "pt": 25, "ro": 24, "se": 24, "si": 19, "sk": 24, "sm": 27, "va": 22,
}  # fmt: skip

# Decree 690/2022: new signs for the same centuries, in use since 2023.
_CENTURIES = {"+": 1800, **dict.fromkeys("-uvwxy", 1900), **dict.fromkeys("abcdef", 2000)}
_CHECK = "0123456789abcdefhjklmnprstuvwxy"


def iban(code: str) -> bool:
    """Whether a code in small letters without spaces has its country's length and check digits."""
    if IBAN_LENGTHS.get(code[:2]) != len(code):
        return False
    return int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1


def finnish_code(day: str, sign: str, number: str, check: str) -> bool:
    """Whether a Finnish personal identity code has a real date and its check character."""
    century = _CENTURIES.get(sign)
    if century is None or not _is_date(century + int(day[4:]), int(day[2:4]), int(day[:2])):
        return False
    return _CHECK[int(day + number) % 31] == check


def bsn(digits: str) -> bool:
    """Whether nine digits pass the eleven-test of Dutch citizen service numbers."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(w * int(d) for w, d in zip(weights, digits, strict=True))
    return total % 11 == 0 and int(digits) > 0


def swedish_number(digits: str) -> bool:
    """Whether the ten digits of a Swedish personal number have a date and their Luhn digit.

    A coordination number has its day raised by 60.
    """
    doubled = "".join(str(int(d) * (2 - i % 2)) for i, d in enumerate(digits))
    day = int(digits[4:6])
    # In 2000 there was a 29 February: leap years of either century have one there too.
    real = _is_date(2000 + int(digits[:2]), int(digits[2:4]), day - 60 if day > 60 else day)
    return real and sum(map(int, doubled)) % 10 == 0


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True

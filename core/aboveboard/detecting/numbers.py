"""E-mail addresses, phone numbers, accounts and national ids, by pattern and check digit.

Every pattern begins where no word goes on and repeats a bounded number of times: time grows with the
text and not with what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from aboveboard.detecting import checks
from aboveboard.detecting.detection import Detection
from aboveboard.detecting.normal import Normal

__all__ = ["numbers"]

_Found = Iterator[tuple[int, int, str, int]]

_EMAIL = re.compile(
    r"(?<![\w.+%'-])[\w+%'][\w.+%'-]{0,63}@(?:[^\W_][\w-]{0,62}\.){1,6}[^\W\d_]{2,24}(?![\w-])"
)
_IBAN = re.compile(r"(?<!\w)[a-z]{2}[0-9]{2}(?=[ -]?[a-z0-9])")
_FINNISH = re.compile(r"(?<!\w)([0-9]{6})([-+a-fu-y])([0-9]{3})([0-9a-y])(?!\w)")
_SWEDISH = re.compile(r"(?<![\w-])((?:18|19|20)?)([0-9]{6})([-+]?)([0-9]{4})(?![\w-])")
_BSN = re.compile(r"(?<![\w-])[0-9]{4}[. ]?[0-9]{2}[. ]?[0-9]{3}(?![\w-])")
_PHONE = re.compile(
    r"(?<![\w+,.-])(?:\(?\+|(?<![0-9][ (/])\(?)[0-9](?:[ ()./-]{0,3}[0-9]){6,15}(?![\w-])"
)
_DATE = re.compile(r"[0-9]{1,2}[./-][0-9]{1,2}[./-](?:19|20)?[0-9]{2}(?![0-9])|0[0-9]?[.][0-9]+\Z")
# A number that follows such a word is one of the house, whatever its digits say.
_HOUSE = re.compile(
    r"(?:order|ticket|invoice|reference|ref|serial|article|part|case|tilaus|lasku|viite|sarja|tuote"
    r"|bestel|factu|artikel|serie|zaak|ärende|faktur|referens|bestell|rechnung|vorgang|aktenz"
    r"|kunden|customer|asiakas|klant|kund)[\w-]{0,20}[ .:#№-]{0,4}(?:no|nr|number|n:o)?[ .:#]{0,3}\Z"
)
_ASKS_BSN = re.compile(r"(?<!\w)(?:bsn|burgerservice\w{0,12}|sofi-?nummer)(?!\w)")
_ASKS_SWEDISH = re.compile(r"person(?:nummer|nr|numret)|samordningsn")
_ASKS_PHONE = re.compile(
    r"(?<!\w)(?:phone|tel|telephone|mobile|cell|call|ring|puh|puhelin\w{0,8}|soita\w{0,4}|gsm|numero\w{0,5}"
    r"|telefoon\w{0,8}|bel\w{0,4}|mobiel|telefon\w{0,8}|mobil\w{0,8}|ring\w{0,3}|anruf\w{0,4}|handy\w{0,8}"
    r"|durchwahl|whatsapp)(?!\w)"
)
_MOBILE = re.compile(r"0(?:4[0-9]|50|7[0-9]|6|1[567])")


def numbers(normal: Normal) -> list[Detection]:
    """What patterns find; of what overlaps the surer pattern is kept."""
    taken: list[tuple[int, int]] = []
    found: list[Detection] = []
    text = normal.text
    searches: list[Callable[[str], _Found]] = []
    if "@" in text:
        searches.append(_emails)
    if any(map(text.__contains__, "0123456789")):
        searches += [_ibans, _finnish, _swedish, _dutch, _phones]
    for search in searches:
        new = [
            hit
            for hit in search(text)
            if not any(s < hit[1] and hit[0] < e for s, e in _near(taken, hit))
        ]
        taken = sorted([*taken, *((start, end) for start, end, _, _ in new)])
        found += [
            Detection(*normal.span(start, end), category, confidence)
            for start, end, category, confidence in new
        ]
    return found


def _near(taken: list[tuple[int, int]], hit: tuple[int, int, str, int]) -> list[tuple[int, int]]:
    """The few earlier finds that may overlap one: they are sorted and do not overlap."""
    from bisect import bisect_left

    at = bisect_left(taken, (hit[0], 0))
    return taken[max(0, at - 1) : bisect_left(taken, (hit[1], 0))]


def _emails(text: str) -> _Found:
    for hit in _EMAIL.finditer(text):
        yield hit.start(), hit.end(), "pd:EmailAddress", 9_900


def _ibans(text: str) -> _Found:
    for hit in _IBAN.finditer(text):
        length = checks.IBAN_LENGTHS.get(text[hit.start() : hit.start() + 2])
        if length is None:
            continue
        code, at = "", hit.start()
        while at < len(text) and len(code) < length:
            letter = text[at]
            if letter.isascii() and letter.isalnum():
                code += letter
            elif letter not in " -" or text[at - 1] in " -":
                break
            at += 1
        ends = at == len(text) or not text[at].isalnum()
        if ends and len(code) == length and checks.iban(code):
            yield hit.start(), at, "pd:FinancialAccountNumber", 9_900


def _finnish(text: str) -> _Found:
    for hit in _FINNISH.finditer(text):
        if checks.finnish_code(*hit.groups()):
            yield hit.start(), hit.end(), "pd:OfficialID", 9_900


def _swedish(text: str) -> _Found:
    for hit in _SWEDISH.finditer(text):
        century, day, sign, rest = hit.groups()
        asked = _before(_ASKS_SWEDISH, text, hit.start())
        # One row of ten digits in 27 would pass by chance: it takes a sign, a century or a word.
        if not checks.swedish_number(day + rest) or not (sign or century or asked):
            continue
        if asked or not _of_the_house(text, hit.start()):
            yield hit.start(), hit.end(), "pd:OfficialID", 9_900 if asked else 9_000


def _dutch(text: str) -> _Found:
    if _ASKS_BSN.search(text) is None:
        return
    for hit in _BSN.finditer(text):
        # One row of nine digits in eleven passes: without the word it is a row of digits.
        if checks.bsn(re.sub(r"[. ]", "", hit.group())) and _before(_ASKS_BSN, text, hit.start()):
            yield hit.start(), hit.end(), "pd:OfficialID", 9_900


def _phones(text: str) -> _Found:
    for hit in _PHONE.finditer(text):
        form = hit.group()
        digits = re.sub(r"[^0-9]", "", form)
        if digits.startswith("00") or "+" in form[:2]:
            if 9 <= len(digits.lstrip("0")) <= 15 and digits.strip("0"):
                yield hit.start(), hit.end(), "pd:TelephoneNumber", 9_500
            continue
        start = hit.start() + len(form) - len(form.lstrip("("))
        national = form.lstrip("(").startswith("0") and 9 <= len(digits) <= 12
        if not national or _DATE.match(form) or _of_the_house(text, start):
            continue
        asked = _before(_ASKS_PHONE, text, start)
        if asked or digits != form or _MOBILE.match(digits):
            yield hit.start(), hit.end(), "pd:TelephoneNumber", 9_000 if asked else 8_000


def _before(words: re.Pattern[str], text: str, at: int) -> bool:
    return words.search(text, max(0, at - 40), at) is not None


def _of_the_house(text: str, at: int) -> bool:
    return _HOUSE.search(text[max(0, at - 40) : at]) is not None

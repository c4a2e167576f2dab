"""Write core/aboveboard/crm/countries.json: names of countries in five languages, from Unicode CLDR.

    pip install babel
    python -m tools.generate_countries

CRMs hold "Finland", "Suomi" or "FI" where a policy needs FI. CLDR comes under the Unicode licence, which
stands beside the file, in CLDR-NOTICE.md.
"""

from __future__ import annotations

import json
from pathlib import Path

LANGUAGES = ("en", "fi", "nl", "sv", "de")
TARGET = Path(__file__).parents[1] / "core" / "aboveboard" / "crm" / "countries.json"
# What people also write. XK and the like are no ISO 3166-1 codes, and numbers are regions.
ALSO = {
    "USA": "US", "U.S.A.": "US", "U.S.": "US", "United States of America": "US", "UK": "GB",
    "Great Britain": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB",
    "Northern Ireland": "GB", "Holland": "NL", "The Netherlands": "NL", "Czech Republic": "CZ",
    "Republic of Ireland": "IE", "Éire": "IE",
}  # fmt: skip
NO_COUNTRY = {
    "AC",
    "CP",
    "CQ",
    "DG",
    "EA",
    "EU",
    "EZ",
    "IC",
    "QO",
    "TA",
    "UN",
    "XA",
    "XB",
    "XK",
    "ZZ",
}


def main() -> None:
    from babel import Locale

    names: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in NO_COUNTRY:
                names.setdefault(name.casefold(), code)
    for name, code in ALSO.items():
        names[name.casefold()] = code
    TARGET.write_text(
        json.dumps(names, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()

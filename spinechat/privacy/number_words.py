"""Numbers in words, English and Spanish: how many figures a word stands for, days and years."""

from __future__ import annotations

ONES = (
    "zero|oh|o|nought|one|two|three|four|five|six|seven|eight|nine"
    "|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
)
TEENS = (
    "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    "|diez|once|doce|trece|catorce|quince|diecis[eé]is|diecisiete|dieciocho|diecinueve"
)
TENS = (
    "twenty|thirty|fou?rty|fifty|sixty|seventy|eighty|ninety"
    "|veinte|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa"
)
# veintiuno to veintinueve are one word.
TWENTIES = "veinti(?:uno|d[oó]s|tr[eé]s|cuatro|cinco|s[eé]is|siete|ocho|nueve)"

_ORDINAL_ONES = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
ORDINALS = (
    rf"(?:twenty|thirty)[\s-]{{1,2}}(?:{_ORDINAL_ONES})|{_ORDINAL_ONES}|tenth|eleventh|twelfth"
    "|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth|primero"
)
# A number under 100.
SMALL = rf"(?:(?:{TENS})(?:[\s-](?:y\s)?(?:{ONES}))?|{TEENS}|{TWENTIES}|{ONES})"
# "nineteen fifty two", "nineteen oh five", "two thousand and three", "mil novecientos cincuenta y
# dos", "dos mil tres".
YEAR = (
    rf"(?:(?:nineteen|twenty)[\s-]{{1,2}}(?:hundred(?:\sand)?\s)?(?:oh[\s-](?:{ONES})|{SMALL})"
    rf"|two\sthousand(?:\s(?:and\s)?{SMALL})?|(?:dos\s)?mil(?:\snovecientos)?\s{SMALL}|dos\smil)"
)
# The last two figures of a year before 2000: "sixty two".
OLD_YEAR = rf"(?:(?:thirty|fou?rty|fifty|sixty|seventy|eighty|ninety)(?:[\s-](?:{ONES}))?)"

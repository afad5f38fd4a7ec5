"""Characters that pass for others: how a letter is read, whatever it is written with.

Look-alikes of Latin letters in other scripts, letters with marks, full-width and mathematical
letters are read as the plain letter; invisible characters and marks of markdown as nothing. The
lists are ours, of what one sees in ordinary fonts; no table of a standard was copied.
"""

# ruff: noqa: RUF001 (what looks alike is what this is about)

import unicodedata

__all__ = ["GAPS", "LOOK_ALIKES", "READ", "group"]

_PAIRS = (
    # Cyrillic, small letters: capitals come down to them first
    "аa вb еe ѕs іi їi јj кk мm нh оo рp сc тt уy хx ѵv ԛq ԝw һh ԁd ӏl ԍg "
    # Greek: capitals and small letters resemble different ones
    "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa βb εe ηn ιi κk νv οo ρp τt υu χx γy ωw ϲc ϳj "
    # Armenian, Cherokee, Lisu
    "օo սu հh ցg զq ոn ՕO ՍU ՏS ԼL "
    "ᎪA ᏴB ᏟC ᎠD ᎬE ᏀG ᎻH ᎥI ᎫJ ᏦK ᏞL ᎷM ᏢP ᏒR ᏚS ᎢT ᏙV ᎳW ᎩY ᏃZ "
    "ꓮA ꓐB ꓚC ꓓD ꓰE ꓝF ꓖG ꓧH ꓲI ꓙJ ꓗK ꓡL ꓟM ꓠN ꓳO ꓑP ꓢS ꓔT ꓴU ꓦV ꓪW ꓫX ꓬY ꓜZ "
    # small capitals and other Latin letters
    "ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ꞯq ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz "
    "ɑa ɡg ıi łl øo đd ðd ħh ŧt ƙk ɩi ɫl ɓb ɗd ɱm ŋn"
)


def _look_alikes() -> dict[str, str]:
    alike = {pair[0]: pair[1].lower() for pair in _PAIRS.split()}
    for first in (0x1F150, 0x1F170, 0x1F1E6):  # circled, squared, regional: NFKC leaves them
        alike.update({chr(first + n): chr(ord("a") + n) for n in range(26)})
    return alike


LOOK_ALIKES = _look_alikes()

_ONE_ARABIC = str.maketrans("ىةکیهٱ", "يهكيها")
_SOFT = frozenset("*_`~\\ـ\u00ad\u115f\u1160\u3164\uffa0")

GAPS = {
    **dict.fromkeys(" \t\u00a0\u2800\u2002\u2003\u2007\u2009\u200a\u202f\u3000", " "),
    "\n": "\n",
    **dict.fromkeys(",\u3001\uff0c", ","),
    **dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d|/+", "-"),
    **dict.fromkeys(".·•・‧∙\uff0e", "."),
}
"""What may stand between the letters of a name, as its plainest kind."""


class _Read(dict[str, str | None]):
    """Letters that a character is read as: "" for one that is overlooked, None for no letter."""

    def __missing__(self, character: str) -> str | None:
        read = self[character] = _read(character)
        return read


def _read(character: str) -> str | None:
    if character in _SOFT or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    if character in GAPS:
        return None
    read = "".join(_plain(part) for part in unicodedata.normalize("NFKC", character))
    return read or None


def _plain(part: str) -> str:
    """Letters of one character, small, without marks; "" where it is none."""
    if part in LOOK_ALIKES:  # before it is made small: Greek capitals resemble others
        return LOOK_ALIKES[part]
    if not part.isalnum():
        return ""
    if part.isdecimal():
        return str(unicodedata.decimal(part))
    small = "".join(_bare(letter) for letter in part.casefold())
    return "".join(LOOK_ALIKES.get(letter, letter) for letter in small).translate(_ONE_ARABIC)


def _bare(letter: str) -> str:
    """Without its marks; Kana and Hangul are other letters with and without."""
    if "\u3040" <= letter <= "\u30ff" or "\uac00" <= letter <= "\ud7a3":
        return letter
    kept = unicodedata.normalize("NFD", letter)
    return "".join(each for each in kept if not unicodedata.combining(each))


READ: dict[str, str | None] = _Read()

_SCRIPTS = (  # (last code point, kind of letters); those without words have none
    (0x058F, "western"),  # Latin, Greek, Cyrillic, Armenian: they mix in one forged word
    (0x0FFF, "own"),
    (0x1FFF, "western"),  # Cherokee's neighbours, phonetic letters, Greek with marks
    (0x309F, ""),
    (0x30FF, "katakana"),
    (0xA4CF, ""),
    (0xA7FF, "western"),
    (0xABFF, "western"),
    (0xFAFF, ""),
    (0xFB4F, "western"),
    (0xFEFF, "own"),
    (0xFF5F, "western"),
    (0xFF9F, "katakana"),
    (0x1D3FF, ""),
    (0x1F1FF, "western"),
)


def group(character: str) -> str:
    """Letters of one group, side by side, are of one word; "" where words have no borders."""
    if not READ[character]:
        return ""
    point = ord(character)
    return next((kind for last, kind in _SCRIPTS if point <= last), "")

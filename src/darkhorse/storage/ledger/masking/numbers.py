"""Numbers that carry their own check, and telephone numbers."""

import re

__all__ = ["is_card", "is_iban", "is_phone"]


def is_card(text: str) -> bool:
    """A payment card: 15 to 19 digits whose Luhn sum (ISO/IEC 7812-1) holds."""
    digits = re.sub(r"\D", "", text)
    if not 15 <= len(digits) <= 19 or len(set(digits)) < 2:
        return False
    doubled = (sum(divmod(2 * int(each), 10)) for each in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    """An account number of ISO 13616: 15 to 34 characters, remainder 1 by 97."""
    bare = text.replace(" ", "")
    if not 15 <= len(bare) <= 34:
        return False
    turned = bare[4:] + bare[:4]
    return int("".join(str(int(each, 36)) for each in turned)) % 97 == 1


def is_phone(text: str) -> bool:
    """With a country's prefix, 8 to 15 digits (E.164); or as North America writes it."""
    digits = re.sub(r"\D", "", text)
    return text.startswith("(") or 8 <= len(digits) <= 15

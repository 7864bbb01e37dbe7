"""Numbers of a page against the document that it shows."""

import re

SCALES = {"tn": 1e12, "bn": 1e9, "m": 1e6, "k": 1e3}


def at(document, place):
    """What stands at a dotted place. Keys may have dots in them themselves, so the longest that fits is taken."""
    if place == "":
        return document
    parts = place.split(".")
    for taken in range(len(parts), 0, -1):
        key = ".".join(parts[:taken])
        if isinstance(document, dict) and key in document:
            return at(document[key], ".".join(parts[taken:]))
    raise KeyError(place)


def factor(number):
    """What a shown number was divided by, from its unit: $bn/GW-yr is a thousand million."""
    if number["shown"].endswith("%") or ", %" in number["heading"]:
        return 0.01
    unit = number["unit"].rsplit(", ", 1)[-1].split("/")[0].strip()
    found = re.search(r"(?:^|[^A-Za-z])(tn|bn|m|k)$", unit)
    return SCALES[found.group(1)] if found else 1.0


def within_digits(number, value):
    """Whether the text is the value in its unit, rounded to the digits that are shown."""
    text = number["shown"].replace(",", "").replace("±", "").replace("%", "").strip()
    mantissa, _, power = text.partition("e")
    digits = len(mantissa.partition(".")[2])
    # numbers without a point may be rounded to tens, hundreds…
    zeros = len(mantissa) - len(mantissa.rstrip("0")) if digits == 0 else 0
    step = 10.0 ** (int(power or 0) - digits + zeros)
    scaled = value / factor(number)
    return abs(float(text) - scaled) <= 0.5 * step * (1 + 1e-6) + 1e-12 * abs(scaled)


def compare(numbers, document):
    """Faults of the numbers of a page."""
    faults = []
    for number in numbers:
        try:
            value = at(document, number["place"])
        except KeyError:
            faults.append(f"{number['place']} is not in the document")
            continue
        if value is None or float(number["value"]) != float(value):
            faults.append(f"{number['place']} is {number['value']}, but {value} in the document")
        elif not within_digits(number, float(value)):
            faults.append(f"{number['place']} is shown as {number['shown']} {number['unit']}, but is {value}")
    return faults

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


# what stands for hundredths, behind a number or as the unit of a heading
HUNDREDTHS = ("%", "percentage points")


def factor(number):
    """What a shown number was divided by, from its unit: $bn/GW-yr is a thousand million."""
    heading = number["heading"].rsplit(", ", 1)[-1]
    if any(number["shown"].endswith(name) or name in (number["unit"], heading) for name in HUNDREDTHS):
        return 0.01
    # a column may have its unit in its heading
    named = number["unit"] or (number["heading"] if ", " in number["heading"] else "")
    unit = named.rsplit(", ", 1)[-1].split("/")[0].strip()
    found = re.search(r"(?:^|[^A-Za-z])(tn|bn|m|k)$", unit)
    return SCALES[found.group(1)] if found else 1.0


def rounded(text, scaled):
    """Whether the text of a number is a value, rounded to the digits that are shown."""
    mantissa, _, power = text.partition("e")
    digits = len(mantissa.partition(".")[2])
    # numbers without a point may be rounded to tens, hundreds…
    zeros = len(mantissa) - len(mantissa.rstrip("0")) if digits == 0 else 0
    step = 10.0 ** (int(power or 0) - digits + zeros)
    return abs(float(text) - scaled) <= 0.5 * step * (1 + 1e-6) + 1e-12 * abs(scaled)


def in_words(text, value):
    """Whether words such as `-$354bn`, `1 in 12,000` or `2 years 7 months` are the value."""
    odds = re.fullmatch(r"(all but )?1 in ([\d,]+)", text)
    if odds:
        rest = 1.0 - value if odds.group(1) else value
        return abs(rest * float(odds.group(2).replace(",", "")) - 1.0) <= 0.06
    time = re.fullmatch(r"(?:(\d+) years?)?\s*(?:(\d+) months?)?", text)
    if time and text:
        years, months = (int(part or 0) for part in time.groups())
        return abs(years + months / 12 - value) <= 1 / 24 + 1e-9
    weeks = re.fullmatch(r"(\d+) weeks?", text)
    if weeks:
        return abs(int(weeks.group(1)) / 52 - value) <= 1 / 52
    # a currency may be called anything
    amount = re.search(r"(\d[\d,]*(?:\.\d+)?(?:e-?\d+)?)(tn|bn|m|k)?(?:/\S+| \S+)?$", text)
    if amount is None:
        return False
    sign = "-" if text.startswith("-") else ""
    return rounded(sign + amount.group(1).replace(",", ""), value / SCALES.get(amount.group(2), 1.0))


def within_digits(number, value):
    """Whether what is shown is the value in its unit, as far as its digits go."""
    text = number["shown"].strip()
    plain = text
    for word in (",", "±", *HUNDREDTHS):
        plain = plain.replace(word, "")
    plain = plain.strip()
    try:
        float(plain)
    except ValueError:
        return in_words(text, value)
    return rounded(plain, value / factor(number))


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

"""Pictures for papers: whether an SVG is well-formed and drawn, and whether a PNG decodes and has ink where the plot is.

Reads a list of {"file", "width"} as JSON and prints findings as JSON."""

import json
import pathlib
import re
import struct
import sys
import xml.etree.ElementTree as xml
import zlib

SVG = "{http://www.w3.org/2000/svg}"
AXES = ("#57606A", "#E3E6EA", "#FFFFFF")


def svg(file, width):
    """Faults of an SVG, and the number of its marks."""
    text = file.read_text()
    root = xml.fromstring(text)
    faults = []
    left, top, wide, high = map(float, root.get("viewBox").split())
    if (root.tag, root.get("width"), left, top) != (f"{SVG}svg", str(width), 0, 0):
        faults.append(f"its root is {root.tag} {root.attrib}")
    if abs(wide / high - width / float(root.get("height"))) > 1e-9:
        faults.append("its sides do not fit each other")
    title = root.find(f"{SVG}title")
    if title is None or not (title.text or "").strip():
        faults.append("it has no title")
    known = {f"{SVG}{tag}" for tag in "svg title desc rect line polyline polygon circle text".split()}
    shapes = list(root.iter())
    faults += [f"an element of nobody's: {shape.tag}" for shape in shapes if shape.tag not in known]
    values = [value for shape in shapes if shape.tag != f"{SVG}svg" for value in shape.attrib.values()]
    faults += [f"not a number: {value[:40]}" for value in values if re.search(r"nan|inf\b", value, re.I)]
    marks = [shape for shape in shapes if shape.tag.removeprefix(SVG) in ("rect", "polyline", "polygon", "circle")]
    marks = [mark for mark in marks if not {mark.get("fill"), mark.get("stroke")} & set(AXES)]
    if not marks:
        faults.append("nothing is drawn")
    if sum(1 for shape in shapes if shape.tag == f"{SVG}text" and (shape.text or "").strip()) < 4:
        faults.append("hardly any text")
    return faults, len(marks)


def chunks(data):
    """The chunks of a PNG, whose checksums must hold."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n", "no PNG"
    at = 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body), "bad checksum"
        yield kind, body
        at += 12 + length


def paeth(left, up, corner):
    guess = left + up - corner
    return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]


def unfiltered(raw, wide, high):
    """Rows of RGB bytes."""
    length = 3 * wide
    before, rows = bytes(length), []
    for y in range(high):
        kind, line = raw[y * (length + 1)], bytearray(raw[y * (length + 1) + 1 : (y + 1) * (length + 1)])
        if kind == 2:
            line = bytearray((a + b) & 255 for a, b in zip(line, before))
        elif kind:
            for x in range(length):
                left = line[x - 3] if x >= 3 else 0
                corner = before[x - 3] if x >= 3 else 0
                line[x] = (line[x] + {1: left, 3: (left + before[x]) // 2, 4: paeth(left, before[x], corner)}[kind]) & 255
        before = bytes(line)
        rows.append(before)
    return rows


def png(file, width):
    """Faults of a PNG, and in how many of its rows there is ink."""
    found = dict(kind_body for kind_body in chunks(file.read_bytes()) if kind_body[0] != b"IDAT")
    raw = zlib.decompress(b"".join(body for kind, body in chunks(file.read_bytes()) if kind == b"IDAT"))
    wide, high, depth, colour = struct.unpack(">IIBB", found[b"IHDR"][:10])
    faults = []
    if (wide, depth, colour) != (2 * width, 8, 2) or not 400 < high < 20000:
        faults.append(f"it is {wide} x {high}, {depth} bits, colour {colour}")
    rows = unfiltered(raw, wide, high)
    if len(raw) != high * (3 * wide + 1) or b"IEND" not in found:
        faults.append("it ends too early")
    # the middle of the picture, where the plot is
    colours, ink = set(), 0
    for row in rows[high // 4 : high * 4 // 5]:
        pixels = {row[x : x + 3] for x in range(3 * (wide // 3), 3 * (wide * 9 // 10), 3)}
        colours |= pixels
        ink += any(max(pixel) - min(pixel) > 60 for pixel in pixels)
    if len(colours) < 4 or ink == 0:
        faults.append(f"the plot is empty: {len(colours)} colours, ink in {ink} rows")
    return faults, ink


def main():
    found = []
    for one in json.load(sys.stdin):
        file = pathlib.Path(one["file"])
        try:
            faults, marks = (svg if file.suffix == ".svg" else png)(file, one["width"])
        except (AssertionError, xml.ParseError, zlib.error) as error:
            faults, marks = [f"it cannot be read: {error}"], 0
        found.append({"name": file.name, "faults": faults, "marks": marks})
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()

"""Tables of pages as files. Reads a list of pages as JSON, presses every CSV button and follows the link to the workbook, and prints findings
as JSON: what was written is held against what the tables show."""

import csv
import io
import pathlib
import re
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

from browser import main
from values import factor

SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
FILES = 6
# what each table shows: texts, and numbers with the unit that they are shown in
SHOWN = """
() => [...document.querySelectorAll("table")].map((table) => {
  const heads = [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
  const place = heads.indexOf("unit");
  const cell = (cell, row) => {
    const exact = cell.querySelector("data");
    const unit = place >= 0 && row.cells[place] ? row.cells[place].textContent : "";
    return { text: cell.textContent.trim(), value: exact ? exact.value : null, shown: exact ? exact.textContent : "",
      unit, heading: heads[cell.cellIndex] };
  };
  return { heads, rows: [...table.tBodies[0].rows].map((row) => [...row.cells].map((one) => cell(one, row))) };
})
"""


def wanted(cell):
    """The exact number of a cell in the unit that it is shown in, or its text."""
    if cell["value"] is None:
        return cell["text"]
    plain = re.fullmatch(r"[±+-]?\s*[\d,]*\.?\d*(e-?\d+)?", cell["shown"].strip())
    # some columns of a row are in no unit, such as ratios: then what is shown is the value itself
    scale = Decimal(str(factor(cell))) if plain else Decimal(1)
    value = Decimal(cell["value"])
    shown = Decimal(re.sub(r"[±+,\s]", "", cell["shown"])) if plain else value
    for divisor in (scale, Decimal(1)):
        if abs(float(value / divisor - shown)) <= 0.6 * float(abs(shown)) or not shown:
            return float(value / divisor)
    return f"nothing like {cell['shown']}"


def is_number(text):
    try:
        return bool(text) and float(text) is not None
    except ValueError:
        return False


def csv_faults(name, text, table):
    """Faults of a CSV file."""
    faults = []
    if not text.startswith("\ufeff") or not text.endswith("\r\n"):
        faults.append("it has no mark, or its last line does not end")
    rows = list(csv.reader(io.StringIO(text[1:], newline=""), strict=True))
    if len(rows) != 1 + len(table["rows"]):
        return [f"{name}: {len(rows)} lines for {len(table['rows'])} rows"]
    for line, cells in zip(rows[1:], table["rows"]):
        for found, cell in zip(line, cells, strict=True):
            expected = wanted(cell)
            if isinstance(expected, float):
                right = is_number(found) and abs(float(found) - expected) <= 1e-15 * abs(expected)
            else:
                right = found == expected or found == "'" + expected
            if not right:
                faults.append(f"{found!r} where the page has {expected!r}")
    # RFC 4180: a quote ends a field or is doubled; nothing that a spreadsheet computes
    bad = [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell and not is_number(cell)]
    faults += [f"a spreadsheet would compute {cell!r}" for cell in bad]
    return [f"{name}: {fault}" for fault in faults]


def book_faults(book, tables):
    """Faults of a workbook."""
    with zipfile.ZipFile(book) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        strings = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        texts = ["".join(part.text or "" for part in one.iter("{%s}t" % SPACE["x"])) for one in strings.findall("x:si", SPACE)]
        sheets = [ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{place + 2}.xml")) for place in range(len(tables))]
    faults = [] if len(names) == len(tables) + 1 else [f"{len(names)} sheets for {len(tables)} tables"]
    for place, (sheet, table) in enumerate(zip(sheets, tables)):
        if sheet.findall(".//x:f", SPACE):
            faults.append(f"sheet {place} has a formula")
        rows = sheet.findall(".//x:row", SPACE)[1:]
        if len(rows) != len(table["rows"]):
            faults.append(f"sheet {place}: {len(rows)} rows for {len(table['rows'])}")
        for row, cells in zip(rows, table["rows"]):
            found = {re.match("[A-Z]+", cell.get("r")).group(): cell for cell in row.findall("x:c", SPACE)}
            for column, cell in enumerate(cells):
                one = found.get(chr(ord("A") + column))
                value = "" if one is None else one.find("x:v", SPACE).text
                text = texts[int(value)] if one is not None and one.get("t") == "s" else value
                expected = wanted(cell)
                if isinstance(expected, float):
                    right = one is not None and one.get("t") is None and abs(float(value) - expected) <= 1e-15 * abs(expected)
                else:
                    right = text == expected
                if not right:
                    faults.append(f"sheet {place}: {text!r} where the page has {expected!r}")
    return faults


class Opened:
    """A page whose files can be taken, with nothing folded away but the readings of charts."""

    def __init__(self, browser, file, faults):
        self.context = browser.new_context(accept_downloads=True)
        self.page = self.context.new_page()
        self.page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("console", lambda message: faults.append(f"console: {message.text}"))
        self.page.goto(pathlib.Path(file).resolve().as_uri())
        self.page.wait_for_selector("html[data-ready=true]", state="attached")
        self.page.evaluate("document.querySelectorAll('details:not(.numbers)').forEach((details) => { details.open = true; })")

    def __enter__(self):
        return self.page

    def __exit__(self, *_):
        self.context.close()


def taken(page, element):
    """Name and content of the file that a press of an element gives."""
    with page.expect_download() as download:
        element.click()
    return download.value.suggested_filename, pathlib.Path(download.value.path()).read_bytes()


def csv_files(browser, one, tables, faults):
    # a browser asks before a page gives it many files in a row
    for first in range(0, len(tables), FILES):
        with Opened(browser, one["file"], faults) as page:
            buttons = page.locator("div.table + button.csv")
            if buttons.count() != len(tables):
                faults.append(f"{buttons.count()} buttons for {len(tables)} tables")
                return
            for place, table in list(enumerate(tables))[first : first + FILES]:
                name, content = taken(page, buttons.nth(place))
                if not re.fullmatch(r"[A-Za-z0-9-]+\.csv", name):
                    faults.append(f"a file named {name!r}")
                faults += csv_faults(name, content.decode(), table)


def others(page, one, tables, faults):
    """The readings of a chart, which are made on request, and the workbook."""
    details = page.locator("details.numbers").first
    if details.count():
        details.locator("summary").click()
        _, content = taken(page, details.locator("button.csv"))
        rows = list(csv.reader(io.StringIO(content.decode()[1:], newline=""), strict=True))
        if len(rows) != details.locator("tr").count() or len(rows) < 2:
            faults.append(f"{len(rows)} lines of readings")
    link = page.locator("a[download]")
    if link.count() != 1:
        faults.append("no workbook is offered")
        return
    faults += book_faults(io.BytesIO(taken(page, link)[1]), tables)
    if one.get("xlsx"):
        faults += book_faults(one["xlsx"], tables)


def look(browser, one):
    faults = []
    with Opened(browser, one["file"], faults) as page:
        tables = page.evaluate(SHOWN)
        others(page, one, tables, faults)
    csv_files(browser, one, tables, faults)
    numbers = sum(cell["value"] is not None for table in tables for row in table["rows"] for cell in row)
    return {"name": one["name"], "faults": faults, "tables": len(tables), "numbers": numbers}


if __name__ == "__main__":
    main(look)

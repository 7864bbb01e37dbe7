"""Pages in a real browser. Reads a list of pages as JSON, opens each in its first views, wide and narrow, light and dark, and prints
findings as JSON.

A page is {"name", "file", "views"}, "document" where its numbers stand in a JSON file, "timed" where it must be fast, and "sheets" where it
must not take more of them on paper."""

import json
import pathlib
import re
import sys
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from values import compare

HERE = pathlib.Path(__file__).parent
QUIET = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", *QUIET]
# what keeps time and hears of violations, from before the page's own script
WATCH = """
window.seen = { ready: null, violations: [] };
addEventListener("securitypolicyviolation", (event) => seen.violations.push(event.violatedDirective));
new MutationObserver((_, observer) => {
  if (document.documentElement?.dataset.ready) { seen.ready = performance.now(); observer.disconnect(); }
}).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready"] });
"""
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "best-practice"]}, "resultTypes": ["violations"]}
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
# the first two have both widths and both schemes: in them axe looks too, which takes as long as all else
VIEWS = [(1400, "light"), (400, "dark"), (1400, "dark"), (400, "light")]
WITH_AXE = 2


class Opened:
    """A page in a window of its own, and what it did that a page of this kind must not do."""

    def __init__(self, browser, file, width, scheme, **more):
        self.address = pathlib.Path(file).resolve().as_uri()
        self.faults = []
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **more)
        self.context.add_init_script(WATCH)
        self.context.on("request", self.requested)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.faults.append(f"console, {message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        self.page.on("dialog", self.asked)
        self.page.goto(self.address)
        # waiting for an expression would be evaluated as the pages' policy forbids
        self.page.wait_for_selector("html[data-ready=true]", state="attached")

    def requested(self, request):
        if request.url.split("#")[0] != self.address:
            self.faults.append(f"request: {request.url}")

    def asked(self, dialog):
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def probe(self, what):
        return self.page.evaluate(f"probe.{what}()")

    def __enter__(self):
        self.page.evaluate((HERE / "probe.js").read_text())
        return self

    def __exit__(self, *_):
        self.context.close()


def pointed_at(page):
    """Faults of the first chart and table under a real pointer and real keys."""
    faults = []
    plot = page.locator(".plot").first
    plot.scroll_into_view_if_needed()
    plot.hover()
    tip = plot.locator(".tip")
    if not tip.is_visible() or not tip.inner_text().strip():
        faults.append("pointing at a chart tells nothing")
    page.mouse.move(2, 2)
    if tip.is_visible():
        faults.append("the tip stays when the pointer leaves")
    plot.focus()
    page.keyboard.press("Home")
    first = tip.inner_text()
    page.keyboard.press("ArrowRight")
    if not first.strip() or tip.inner_text() == first:
        faults.append("arrow keys do not move through readings")
    button = page.locator("table.sortable th button").first
    if button.count():
        button.focus()
        for key, order in (("Enter", "ascending"), ("Space", "descending")):
            page.keyboard.press(key)
            if button.locator("..").get_attribute("aria-sort") != order:
                faults.append(f"{key} on a heading does not sort")
    return faults


def axe(page, summary):
    """Faults that axe finds serious; all are counted."""
    # what is within drawings are thousands of shapes of which axe knows nothing; the probe looks at their texts
    page.evaluate("document.querySelectorAll('svg').forEach((svg) => svg.replaceChildren())")
    # one table of readings stands for all
    page.evaluate("document.querySelectorAll('details.numbers')[0].open = true")
    found = Axe().run(page, options=RULES).response["violations"]
    for violation in found:
        summary[violation["impact"]] = summary.get(violation["impact"], 0) + len(violation["nodes"])
    bad = [violation for violation in found if violation["impact"] in ("serious", "critical")]
    return [f"axe, {v['id']}: {v['nodes'][0]['target']} {v['nodes'][0]['failureSummary']}" for v in bad]


def printed(opened, scheme, most):
    """Faults on paper, of which a page takes at most so many sheets if that is said."""
    page = opened.page
    page.emulate_media(media="print")
    faults = [f"printed: {fault}" for fault in opened.probe("charts")["faults"]]
    ground = opened.probe("layout")["ground"]
    if ground != "rgb(255, 255, 255)":
        faults.append(f"printed on {ground}")
    if most:
        # letters are the shorter kind of paper
        count = len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="Letter")))
        faults += [f"printed on {count} sheets"] if count > most else []
    page.emulate_media(media="screen", color_scheme=scheme)
    return faults


def view(browser, one, width, scheme, found):
    """All checks of one page in one window."""
    with Opened(browser, one["file"], width, scheme) as opened:
        charts, layout = opened.probe("charts"), opened.probe("layout")
        faults = charts["faults"] + layout["faults"]
        if (layout["ground"] == "rgb(255, 255, 255)") != (scheme == "light"):
            faults.append(f"the ground is {layout['ground']}")
        faults += printed(opened, scheme, one.get("sheets") if found["views"] == 0 else None)
        if found["views"] < WITH_AXE:
            faults += axe(opened.page, found["axe"])
        readings, sorting = opened.probe("readings"), opened.probe("sorting")
        faults += readings["faults"] + sorting["faults"]
        faults += pointed_at(opened.page)
        if one.get("document") and found["views"] == 0:
            numbers = opened.probe("numbers")
            faults += compare(numbers, json.loads(pathlib.Path(one["document"]).read_text()))
            found["values"] = len(numbers)
        faults += opened.page.evaluate("seen.violations") + opened.faults
        found["charts"] += charts["count"]
        found["readings"] += readings["rows"]
        found["sorted"] += sorting["columns"]
        found["views"] += 1
    found["faults"] += [f"{width} {scheme}: {fault}" for fault in faults]


def still(browser, one, found):
    """Without motion, for those who ask for it."""
    with Opened(browser, one["file"], 1400, "light", reduced_motion="reduce") as opened:
        layout, charts = opened.probe("layout"), opened.probe("charts")
        found["faults"] += opened.faults + charts["faults"]
        if layout["scroll"] != "auto":
            found["faults"].append("it moves although no motion is asked for")


def times(browser, one):
    """Milliseconds to the first paint and until the script is done: the best of three."""
    best = {"paint": float("inf"), "ready": float("inf")}
    for _ in range(3):
        with Opened(browser, one["file"], 1400, "light") as opened:
            while (paint := opened.page.evaluate(PAINT)) is None:
                opened.page.wait_for_timeout(10)
            best["paint"] = min(best["paint"], paint)
            best["ready"] = min(best["ready"], opened.page.evaluate("seen.ready"))
    return best


def look(browser, one):
    counts = {name: 0 for name in ("views", "charts", "readings", "sorted", "values")}
    found = {"name": one["name"], "faults": [], "axe": {}, **counts}
    began = time.monotonic()
    for width, scheme in VIEWS[: one["views"]]:
        view(browser, one, width, scheme, found)
    still(browser, one, found)
    found |= times(browser, one) if one.get("timed") else {}
    found["bytes"] = pathlib.Path(one["file"]).stat().st_size
    found["seconds"] = time.monotonic() - began
    return found


def main(look):
    """Looks at each page that standard input names, and says on standard output what was found."""
    pages = json.load(sys.stdin)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        json.dump([look(browser, one) for one in pages], sys.stdout)
        browser.close()


if __name__ == "__main__":
    main(look)

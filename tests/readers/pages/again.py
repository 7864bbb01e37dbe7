"""Pages that compute their run again, in a browser with a software GPU. Reads tasks as JSON, and prints what each page did.

A task is {"name", "file", "gpu", "runs", "address"}: with WebGPU on SwiftShader, without an adapter ("none") or without WebGPU ("absent");
`runs` are what `window.runAgain` is asked for; with `address` the page is opened at it, and its verdict awaited."""

import json
import sys

from playwright.sync_api import sync_playwright

from browser import ARGUMENTS, Opened

SWIFTSHADER = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
# what the browser itself says where it has no adapter
OWN_WARNING = "console, warning: No available adapters."
PATIENCE = 240_000


def of_address(opened, address):
    """What the page shows when it is opened at the address of its button."""
    page = opened.page
    page.goto("about:blank")
    page.goto(f"{opened.address}#{address}")
    page.wait_for_selector("body[data-run-again]", timeout=PATIENCE)
    text = lambda selector: page.locator(selector).all_inner_texts()
    rows = [row.split("\t") for row in text(".again .table tbody tr")]
    return {"verdict": page.get_attribute("body", "data-run-again"), "state": text(".again .state")[0], "rows": rows,
        "verdicts": text(".again .verdicts li"), "bars": page.locator(".again .picture rect").count()}


def by_hand(opened, seed):
    """What happens when a reader asks for another seed, and for something that is no number of paths."""
    page = opened.page
    page.fill(".again .seed", seed)
    page.click("#run-again")
    page.wait_for_selector("body[data-run-again]", timeout=PATIENCE)
    verdict = page.get_attribute("body", "data-run-again")
    page.fill(".again .paths", "many")
    page.click("#run-again")
    page.wait_for_selector("body[data-run-again=unavailable]")
    return {"verdict": verdict, "refused": page.inner_text(".again .state")}


def look(playwright, one):
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS + (SWIFTSHADER if one["gpu"] == "swiftshader" else []))
    with Opened(browser, one["file"], 1400, "light") as opened:
        if one["gpu"] == "absent":
            opened.context.add_init_script("delete Navigator.prototype.gpu")
        found = {"name": one["name"], "buttons": opened.page.locator("#run-again").count()}
        # a run that the page refuses is what its promise says
        found["runs"] = [opened.page.evaluate("(asked) => runAgain(asked)", asked) for asked in one.get("runs", [])]
        if one.get("seed"):
            found["by_hand"] = by_hand(opened, one["seed"])
        if one.get("address"):
            found["address"] = of_address(opened, one["address"])
        faults = opened.page.evaluate("seen.violations") + opened.faults
        found["faults"] = [fault for fault in faults if fault != OWN_WARNING or one["gpu"] == "swiftshader"]
    browser.close()
    return found


def main():
    tasks = json.load(sys.stdin)
    with sync_playwright() as playwright:
        json.dump([look(playwright, one) for one in tasks], sys.stdout)


if __name__ == "__main__":
    main()

"""A page in headless Chromium: `python -m bench.screen URL NAME=COOKIE` prints median seconds."""

import statistics
import sys
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

RUNS = 5
CHROMIUM = "/usr/bin/chromium"
_LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd"


def main(url: str, cookie: str) -> float:
    name, _equals, value = cookie.partition("=")
    parts = urlsplit(url)
    spent = []
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser,
    ):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        site = f"{parts.scheme}://{parts.netloc}"
        context.add_cookies([{"name": name, "value": value, "url": site}])
        page = context.new_page()
        for _turn in range(RUNS + 1):
            answer = page.goto(url, wait_until="load")
            if answer is None or answer.status != 200:
                raise RuntimeError(f"{url} did not open")
            page.wait_for_function(f"({_LOADED})() > 0")
            spent.append(page.evaluate(_LOADED) / 1000)
    return float(statistics.median(spent[1:]))


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2]))

"""A browser to look at pages with."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, BROWSERS)), None
)
PHONE = {"width": 390, "height": 844}


@contextmanager
def new_page() -> Iterator:
    """Open a page that keeps what it asked for and what it complained of."""
    if not CHROMIUM:
        pytest.skip(
            "no Chromium: install it (apt install chromium), or name it in CHROMIUM"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM,
            # a browser in a container that runs as root has no sandbox
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        shown = browser.new_page(viewport={"width": 1280, "height": 900})
        shown.asked, shown.complaints = [], []
        shown.on("request", lambda each: shown.asked.append(each.url))
        shown.on("console", lambda each: shown.complaints.append(each.text))
        shown.on("pageerror", lambda each: shown.complaints.append(str(each)))
        yield shown
        browser.close()

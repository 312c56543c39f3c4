"""Take the picture of the report in README.md: `make picture`. It needs Chromium."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def picture(page, target):
    """Take the page from its top to the end of its first two charts."""
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as driver:
        shown = driver.chromium.launch(
            executable_path=browser,
            # a browser in a container that runs as root has no sandbox
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        ).new_page(viewport={"width": 1240, "height": 900})
        shown.goto(Path(page).resolve().as_uri())
        shown.wait_for_function("document.documentElement.dataset.drawn")
        end = shown.evaluate(
            "document.querySelector('#segments figure').getBoundingClientRect().bottom"
        )
        shown.screenshot(
            path=target,
            full_page=True,
            clip={"x": 0, "y": 0, "width": 1240, "height": end + 14},
        )


if __name__ == "__main__":
    picture(*sys.argv[1:])

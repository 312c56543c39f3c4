"""The dashboard as a person sees it, in a browser: `make test-dashboard`."""

import json
import os
import re
import secrets
import socket
import stat
import subprocess
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from browser import CHROMIUM
from places import ROOT
from published_marts import public_marts

from segmentation.publication.publishing import publish
from segmentation.publication.writing import Mart

PYTHON = ROOT / ".venv-dashboard/bin/python"
SERVE = ROOT / "dashboards/superset/serve.py"
PICTURE = ROOT / "target/test/dashboard.png"

pytestmark = [
    pytest.mark.skipif(
        not PYTHON.exists(), reason="no Superset: make test-dashboard installs it"
    ),
    pytest.mark.skipif(
        not CHROMIUM,
        reason="no Chromium: install it (apt install chromium), or name it in CHROMIUM",
    ),
]

# what each chart on the page has drawn: its title, its kind, how much there is to see,
# and what it complains of
DRAWN = """
    () => Array.from(document.querySelectorAll("[data-test=chart-grid-component]"))
        .filter((place) => place.offsetParent)  // those of other tabs are hidden
        .map((place) => {
            const colours = (canvas) => {
                const seen = new Set();
                const { width, height } = canvas;
                if (!width || !height) return seen;
                const copy = new OffscreenCanvas(width, height)
                    .getContext("2d", { willReadFrequently: true });
                copy.drawImage(canvas, 0, 0);
                const dots = copy.getImageData(0, 0, width, height);
                for (let i = 0; i < dots.data.length; i += 4)
                    if (dots.data[i + 3]) seen.add(dots.data.slice(i, i + 3).join());
                return seen;
            };
            const canvases = Array.from(place.querySelectorAll("canvas"));
            return {
                title: place.querySelector("[data-test=slice-header] a, .header-title")
                    .textContent,
                kind: place.dataset.testVizType,
                colours: Math.max(0, ...canvases.map((each) => colours(each).size)),
                rows: place.querySelectorAll("tbody tr").length,
                number: place.querySelector(".header-line")?.textContent ?? "",
                complaint: place.querySelector(".ant-alert, .ant-empty, [role=alert]")
                    ?.textContent ?? "",
            };
        })
"""

# the cells of each table in sight; each has a hidden copy that its widths come from
TABLES = """
    () => Array.from(document.querySelectorAll("[data-test-viz-type=table]"))
        .filter((place) => place.offsetParent)
        .map((place) => Array.from(place.querySelectorAll("tbody tr"))
            .filter((row) => getComputedStyle(row).visibility === "visible")
            .map((row) => Array.from(row.querySelectorAll("td"))
                .map((cell) => cell.textContent)))
"""


def parts(kind):
    folder = ROOT / "dashboards/superset/bundle" / kind
    return [yaml.safe_load(path.read_text()) for path in folder.rglob("*.yaml")]


CHARTS = {part["slice_name"]: part["viz_type"] for part in parts("charts")}


@dataclass
class Shop:
    """What has been published, and how to publish more."""

    database: Path
    folder: Path
    count: int = 0

    @property
    def file(self):
        return self.folder / "current/marts.duckdb"

    def publish(self, day, share):
        """Publish a share of the customers, with data through a day."""
        self.count += 1
        with duckdb.connect() as session:
            session.execute(f"attach '{self.database}' as built (read_only)")
            session.execute("use built.marts")
            session.execute(
                "create temp table some_customers as from dim_customers "
                f"order by customer_id limit (select count(*) * {share} "
                "from dim_customers)::bigint"
            )
            marts = [Mart(name, f"built.marts.{name}") for name in public_marts()]
            marts = [
                Mart(each.name, "temp.main.some_customers")
                if each.name == "dim_customers"
                else each
                for each in marts
            ]
            about = {
                "run_id": f"run {self.count}",
                "version": f"2025010{self.count}",
                "code_version": "tested",
                "settings": json.dumps({"reporting_currency": "GBP"}),
                "data_through": day,
                "published_at": datetime(2025, 1, 2, 4, 30),
            }
            publish(session, marts, about, self.folder, keep=3)  # as by default

    def ask(self, query):
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(query).fetchall()


@dataclass
class Seen:
    """A browser on the dashboard, with what it asked for and complained of."""

    page: Any
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self):
        self.page.goto(f"{self.address}/superset/dashboard/customers/")
        self.page.wait_for_selector(".header-line", timeout=60_000)

    def wait(self, test, seconds=60):
        """Wait until JavaScript is true; no script that is made of text runs there."""
        for _ in range(seconds * 4):
            if found := self.page.evaluate(test):
                return found
            self.page.wait_for_timeout(250)
        raise AssertionError(f"{test} did not come true: {self.drawn()}")

    def drawn(self):
        return self.page.evaluate(DRAWN)

    def number(self, title):
        (found,) = (each["number"] for each in self.drawn() if each["title"] == title)
        return found

    def tab(self, number):
        """Open a tab with all of it in sight, and wait until it has been drawn."""
        self.page.set_viewport_size({"width": 1440, "height": 2400})
        self.page.locator(".dashboard-component-tabs [role=tab]").nth(number).click()
        for _ in range(240):
            self.page.wait_for_timeout(250)
            drawn = self.drawn()
            if all(is_there(each) for each in drawn):
                self.page.wait_for_timeout(1_000)  # what moves comes to rest
                return self.drawn()
        return drawn

    def post(self, path, body):
        """Ask the server as the page does."""
        token = self.page.request.get(f"{self.address}/api/v1/security/csrf_token/")
        return self.page.request.post(
            f"{self.address}{path}",
            data=body,
            headers={"X-CSRFToken": token.json()["result"], "Referer": self.address},
        )


def is_there(chart):
    if chart["kind"] == "table":
        return chart["rows"] > 0
    if chart["kind"] == "big_number_total":
        return bool(re.search(r"\d", chart["number"]))
    return chart["colours"] > 2  # more than paper and ink


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def shop(demo_database, tmp_path_factory):
    shop = Shop(demo_database, tmp_path_factory.mktemp("dashboard") / "published")
    shop.publish(date(2024, 12, 31), 1)
    return shop


@pytest.fixture(scope="module")
def server(shop):
    """Superset with the dashboard, set up from nothing: its port, home and words."""
    port, home = free_port(), shop.folder.parent / "home"
    process = subprocess.Popen(
        [PYTHON, SERVE, shop.file, "--home", home, "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=home.parent,
    )
    said = ""
    while "Ctrl-C" not in said:
        line = process.stdout.readline()
        assert line, f"Superset did not start: {said}"
        said += line
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health").read()
            break
        except OSError:
            time.sleep(0.25)
    yield port, home, said
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="module")
def seen(server):
    from playwright.sync_api import sync_playwright

    port, _, said = server
    address = f"http://127.0.0.1:{port}"
    password = re.search(r"Password: +(\S+)", said).group(1)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM,
            # a browser in a container that runs as root has no sandbox
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        seen = Seen(page, address)
        page.on("request", lambda each: seen.asked.append(each.url))
        page.on("pageerror", lambda each: seen.complaints.append(str(each)))
        page.on(
            "console",
            lambda each: each.type in ("warning", "error")
            and seen.complaints.append(each.text),
        )
        page.goto(f"{address}/login/?next=/superset/dashboard/customers/")
        page.fill("input#username, input[name=username]", "admin")
        page.fill("input[type=password]", password)
        page.keyboard.press("Enter")
        page.wait_for_url("**/superset/dashboard/customers/**", timeout=60_000)
        page.wait_for_selector(".header-line", timeout=60_000)
        yield seen
        browser.close()


def test_every_chart_is_drawn_and_nothing_leaves_the_machine(seen):
    found = {}
    for number in range(4):
        drawn = seen.tab(number)
        assert [each for each in drawn if not is_there(each)] == []
        assert [each for each in drawn if each["complaint"]] == []
        found |= {each["title"]: each["kind"] for each in drawn}
        if number == 0:
            PICTURE.parent.mkdir(parents=True, exist_ok=True)
            seen.page.set_viewport_size({"width": 1240, "height": 1080})
            seen.page.wait_for_timeout(1_500)
            seen.page.screenshot(path=PICTURE)

    assert found == CHARTS
    assert seen.complaints == []
    elsewhere = [
        url
        for url in seen.asked
        if not url.startswith((f"{seen.address}/", "data:", f"blob:{seen.address}/"))
    ]
    assert elsewhere == []
    assert len(seen.asked) > 50


def test_figures_are_those_of_the_marts(seen, shop):
    seen.tab(0)
    ((customers, revenue, expected, risk),) = shop.ask("""
        select
            count(*),
            sum(lifetime_net_amount),
            (select sum(expected_net_amount) from fct_customer_value),
            (select avg(churn_probability) from fct_customer_churn)
        from dim_customers
    """)
    assert seen.number("Data through") == "31 Dec 2024"
    assert seen.number("Customers") == f"{customers:,}"
    assert seen.number("Revenue so far") == f"£ {revenue:,.0f}"
    assert seen.number("Expected revenue") == f"£ {expected:,.0f}"
    assert seen.number("Risk of leaving") == f"{risk:.0%}"

    priorities, segments = seen.page.evaluate(TABLES)
    assert [row[1:] for row in priorities] == [
        [name, play, owner, f"{count:,}", f"{stake:,}", f"£ {value:,.0f}"]
        for name, play, owner, count, stake, value in shop.ask("""
            select segment_name, suggested_play, owner, count_customers,
                count_at_stake, value_at_stake
            from rpt_segment_priorities
            where dimension = 'rfm' and count_customers > 0
            order by priority_rank
        """)
    ]
    assert {row[0]: row[1:3] for row in segments} == {
        name: [f"{count:,}", f"£ {amount:,.0f}"]
        for name, count, amount in shop.ask("""
            select segment_name, count_customers, total_net_amount
            from rpt_segment_overview where dimension = 'rfm'
        """)
    }


def test_a_filter_narrows_what_is_counted(seen, shop):
    seen.tab(0)
    picked = seen.page.locator("[data-test=form-item-value]").filter(has_text="options")
    picked.first.click()
    seen.page.keyboard.type("Champions")
    seen.page.keyboard.press("Enter")
    seen.page.keyboard.press("Escape")
    seen.page.click("[data-test=filter-bar__apply-button]")
    ((count,),) = shop.ask("""
        select count_customers from rpt_segment_overview
        where dimension = 'rfm' and segment_name = 'Champions'
    """)
    for _ in range(120):
        if seen.number("Customers") == f"{count:,}":
            break
        seen.page.wait_for_timeout(250)
    assert seen.number("Customers") == f"{count:,}"
    assert seen.complaints == []


def test_hovering_a_title_tells_what_the_chart_shows(seen):
    seen.tab(0)
    seen.page.hover("[data-test=slice-header] >> nth=5")
    told = seen.page.evaluate("""() => getComputedStyle(
        document.querySelectorAll(".dashboard-chart")[5], "::before"
    ).content""")
    assert "Customers by RFM segment" in told


def run(seen, sql):
    databases = seen.page.request.get(f"{seen.address}/api/v1/database/").json()
    return seen.post(
        "/api/v1/sqllab/execute/",
        {
            "database_id": databases["result"][0]["id"],
            "sql": sql,
            "client_id": secrets.token_hex(5),
        },
    )


def test_nobody_can_write_or_read_other_files_through_it(seen, shop):
    before = shop.file.read_bytes()
    assert run(seen, "select count(*) from dim_customers").ok
    for sql, why in {
        "create table mine as select 1": "does not allow for DDL/DML",
        "delete from dim_customers": "does not allow for DDL/DML",
        f"select * from read_text('{ROOT / 'README.md'}')": "Permission Error",
        f"select * from '{ROOT / 'seeds/demo/raw_products.csv'}'": "Permission Error",
        f"attach '{shop.database}' as other": "Permission Error",
        "install httpfs": "Permission Error",
        "set enable_external_access = true": "Cannot enable external access",
    }.items():
        answer = run(seen, sql)
        assert answer.status >= 400, sql
        assert why in answer.text(), sql
    assert shop.file.read_bytes() == before


def test_secrets_are_made_here_and_only_this_machine_is_answered(server):
    port, home, said = server
    assert f"http://127.0.0.1:{port}/" in said
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for name in ("password", "secret_key"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
        assert len((home / name).read_text()) >= 16
    listening = [
        line.split()[1].split(":")[0]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for line in Path(table).read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    ]
    assert listening == ["0100007F"]


def test_a_new_version_is_shown_while_readers_never_stop(seen, shop):
    """Connections are always open while the link is switched."""
    datasets = seen.page.request.get(
        f"{seen.address}/api/v1/dataset/?q=(page_size:100)"
    ).json()["result"]
    (customers,) = (d["id"] for d in datasets if d["table_name"] == "customers")
    asked = {
        "datasource": {"id": customers, "type": "table"},
        "queries": [{"metrics": ["customers"], "columns": []}],
        "force": True,
    }
    cookies = "; ".join(
        f"{each['name']}={each['value']}" for each in seen.page.context.cookies()
    )
    token = seen.page.request.get(f"{seen.address}/api/v1/security/csrf_token/").json()

    def count():
        request = urllib.request.Request(
            f"{seen.address}/api/v1/chart/data",
            json.dumps(asked).encode(),
            {
                "Cookie": cookies,
                "Content-Type": "application/json",
                "X-CSRFToken": token["result"],
                "Referer": seen.address,
            },
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["result"][0]["data"][0]["customers"]

    counts, failures, is_over = [], [], threading.Event()

    def read_on():
        while not is_over.is_set():
            try:
                counts.append(count())
            except urllib.error.HTTPError as error:
                failures.append(error.read().decode())

    readers = [threading.Thread(target=read_on) for _ in range(3)]
    ((old,),) = shop.ask("select count(*) from dim_customers")
    assert count() == old
    for reader in readers:
        reader.start()
    try:
        shop.publish(date(2025, 1, 1), 0.5)
        ((new,),) = shop.ask("select count(*) from dim_customers")
        # the first question after the switch has the new answer
        assert new < old
        assert count() == new
    finally:
        is_over.set()
        for reader in readers:
            reader.join()
    assert failures == []
    assert set(counts) <= {old, new}

    seen.open()
    seen.tab(0)
    assert seen.number("Data through") == "01 Jan 2025"
    assert seen.number("Customers") == f"{new:,}"

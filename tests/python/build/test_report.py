"""The report as a reader has it: in a browser, with no network, on any screen."""

import re
import sys

import duckdb
import pytest
from browser import PHONE, new_page
from published_marts import published

from segmentation.report import page
from segmentation.report.__main__ import main, read
from segmentation.report.findings import findings
from segmentation.report.queries import QUERIES

HOSTILE = "<script>window.isRun = true</script>\"'&amp; {{ 7 }}"
# least contrast of text with what is behind it, by WCAG 2.2
CONTRAST = 4.5

# luminance by WCAG; what a text stands on is the nearest colour behind it
CONTRASTS = """
    () => {
        const parse = (text) => text.match(/[\\d.]+/g).map(Number);
        const light = (rgb) => {
            const [r, g, b] = rgb.slice(0, 3).map((c) => {
                c /= 255;
                return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const behind = (place) => {
            for (let each = place; each; each = each.parentElement) {
                const found = parse(getComputedStyle(each).backgroundColor);
                if (found.length < 4 || found[3] > 0) return found;
            }
            return [255, 255, 255];
        };
        const ratio = (place, colour) => {
            const pair = [light(parse(colour)), light(behind(place))];
            return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
        };
        const found = {};
        for (const name of [
            "h1", "h2", ".question", ".findings p", ".findings h3", "figcaption p",
            "p.source", "summary", "td", "thead th", ".range", "nav a", "footer p",
        ]) {
            const place = document.querySelector(name);
            found[name] = ratio(place, getComputedStyle(place).color);
        }
        const text = document.querySelector("[data-chart] svg text");
        found.chart = ratio(text, getComputedStyle(text).fill);
        return found;
    }
"""


def opened(file, how="(read_only)"):
    """Open a published file under a name that no schema in it has."""
    connection = duckdb.connect()
    connection.execute(f"attach '{file}' as published {how}")
    connection.execute("use published")
    return connection


@pytest.fixture(scope="module")
def marts(demo_database, tmp_path_factory):
    """The demo, published; names that people may write hold a script."""
    folder = tmp_path_factory.mktemp("report")
    file = published(demo_database, folder / "marts.duckdb")
    with opened(file, "") as connection:
        for mart in ("rpt_segment_overview", "rpt_segment_priorities", "dim_segments"):
            connection.execute(
                f"update {mart} set segment_name = ? where segment_code = 'loyal'",
                [HOSTILE],
            )
        connection.execute("update rpt_segment_priorities set owner = ?", [HOSTILE])
        connection.execute(
            "update fct_persona_sentences set sentence = ? "
            "where segment_id = 'rfm:loyal' and sentence_number = 1",
            [HOSTILE],
        )
    return file


@pytest.fixture(scope="module")
def written(marts):
    """The page, written once."""
    assert main([str(marts), str(marts.with_suffix(".html"))]) == 0
    return marts.with_suffix(".html")


@pytest.fixture(scope="module")
def seen(written):
    """The page in a browser, with what it asked for and what it complained of."""
    with new_page() as shown:
        shown.goto(written.as_uri())
        shown.wait_for_function(
            "document.documentElement.dataset.drawn", timeout=60_000
        )
        yield shown


def test_every_chart_is_drawn_and_nothing_is_fetched(seen, written):
    drawn = seen.evaluate("""
        Array.from(document.querySelectorAll("[data-chart]"), (place) => [
            place.dataset.chart,
            place.querySelectorAll("svg .mark-rect path, svg .mark-symbol path," +
                "svg .mark-area path, svg .mark-rule line").length,
            place.querySelector("svg")?.clientWidth ?? 0,
            place.clientWidth,
        ])
    """)
    assert len(drawn) > 25
    for name, count, width, place in drawn:
        assert count > 0, name
        assert 0 < width <= place + 1, name
    assert seen.evaluate("""document.querySelectorAll(".alluvial path").length""") > 50
    assert seen.complaints == []
    assert seen.asked == [written.as_uri()]


def test_what_people_write_is_shown_and_never_run(seen, written):
    assert seen.evaluate("window.isRun") is None
    assert HOSTILE in seen.text_content("#figure-rfm-size table")
    assert HOSTILE[:24] in seen.text_content("#figure-rfm-size svg")
    assert HOSTILE in seen.text_content(".alluvial")
    assert HOSTILE in seen.text_content("#today")
    assert HOSTILE.replace("&amp;", "&") in seen.text_content("#personas")
    # and would not run if it stood there unescaped
    seen.evaluate("""() => {
        const place = document.createElement("script");
        place.textContent = "window.isRun = true";
        document.body.append(place);
    }""")
    assert seen.evaluate("window.isRun") is None
    assert any("Content Security Policy" in each for each in seen.complaints)
    seen.complaints.clear()


NEWEST = "anchor_date = (select max(anchor_date) from {})"


def test_figures_are_those_of_the_marts(seen, marts):
    with opened(marts) as connection:

        def value(query):
            return float(connection.execute(query).fetchone()[0])

        moves, changes = (
            NEWEST.format(f"fct_segment_{each}")
            for each in ("transitions", "size_changes")
        )
        for key, query in {
            "rfm:champions:count_customers": """
                select count(*) from fct_customer_segments
                where rfm_segment_code = 'champions'""",
            "lifecycle:active:total_net_amount": """
                select sum(lifetime_net_amount) from dim_customers
                join fct_customer_segments using (customer_id)
                where lifecycle_stage_code = 'active'""",
            "action:stake": """
                select max(value_at_stake) from rpt_segment_priorities
                where dimension = 'rfm'""",
            "rfm:moved": f"""
                select sum(count_customers) from fct_segment_transitions
                where dimension = 'rfm' and not is_stay and not is_new and {moves}""",
            "rfm:champions:behaviour": f"""
                select net_change from fct_segment_size_changes
                where dimension = 'rfm' and segment_code = 'champions'
                    and cause = 'behaviour' and {changes}""",
            "month-after": """
                select sum(count_retained_customers) / sum(count_customers)
                from fct_cohort_retention where months_since_first_order = 1""",
            "outlook:expected": """
                select sum(expected_net_amount) from fct_customer_value""",
            "high:count_customers": """
                select count(*) from fct_customer_churn
                where churn_risk_tier = 'high'""",
            "churn:auc": """
                select metric_value from fct_model_scorecards
                where model_name = 'churn' and metric = 'auc' and is_serving
                order by anchor_date desc limit 1""",
            "churn:top-lift": """
                select lift from fct_model_lift
                where model_name = 'churn' and is_serving and decile = 1
                order by anchor_date desc limit 1""",
            "models:serving": """
                select count(distinct model_name) from dim_model_fits
                where is_serving_now""",
            "input:rejected": "select count(*) from fct_rejected_rows",
        }.items():
            shown = seen.get_attribute(f'[data-key="{key}"] >> nth=0', "value")
            assert float(shown) == pytest.approx(value(query)), key
        through, run = connection.execute(
            "select data_through::text, run_id from publication"
        ).fetchone()
    about = '[data-def="publication.data_through"]'
    assert seen.get_attribute(about, "value") == through
    assert seen.text_content("#run") == run


def test_every_number_has_a_definition_and_hovering_shows_it(seen):
    places = seen.evaluate("""
        Array.from(document.querySelectorAll("data"), (each) => [
            each.dataset.def, !!document.getElementById("def-" + each.dataset.def)
        ])
    """)
    assert {name for name, is_defined in places if not is_defined} == set()
    assert len(places) > 1_000
    seen.hover("#figure-rfm-size figcaption data >> nth=0")
    assert "Share of the net amount" in seen.text_content("#tip")
    seen.keyboard.press("Escape")
    assert seen.is_hidden("#tip")


def test_a_screen_reader_is_told_what_each_chart_shows(seen):
    silent = seen.evaluate("""
        Array.from(document.querySelectorAll("figure"), (each) => [
            each.id,
            each.querySelector("h3").textContent.length > 10
                && each.querySelector("figcaption p").textContent.length > 20
                && each.querySelector("table caption, table thead th") !== null
                && each.querySelectorAll("tbody tr").length > 0
                && (!each.querySelector(".chart")
                    || !!each.querySelector("[role=img]").getAttribute("aria-label")),
        ]).filter(([name, isTold]) => !isTold)
    """)
    assert silent == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in(scheme, seen):
    seen.emulate_media(color_scheme=scheme)

    found = seen.evaluate(CONTRASTS)

    assert {name: ratio for name, ratio in found.items() if ratio < CONTRAST} == {}


def test_a_phone_scrolls_in_one_direction(seen):
    seen.set_viewport_size(PHONE)
    seen.wait_for_function("""
        Array.from(document.querySelectorAll("[data-chart] svg"))
            .every((each) => each.getBoundingClientRect().right <= innerWidth)
    """)

    assert seen.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert seen.is_visible(".alluvial.narrow >> nth=0")
    assert not seen.is_visible(".alluvial.wide >> nth=0")


def test_the_page_is_small_names_no_customer_and_depends_on_nothing_else(
    written, marts
):
    text = written.read_text("utf-8")

    assert len(text.encode()) < 4_000_000
    assert not re.search(r"""(src|href)=["'](?!#|data:)""", text.split("<script")[0])
    with opened(marts) as connection:
        customers = connection.execute(
            "select customer_id from dim_customers"
        ).fetchall()
    assert len(customers) > 1_000
    assert not {each for (each,) in customers} & set(re.findall(r"[\w-]+", text))
    assert page.write(read(str(marts))) == text


def test_a_shop_without_rows_gets_a_page_that_says_so(marts, tmp_path, monkeypatch):
    monkeypatch.setattr(page, "library", str)
    contents = read(str(marts))
    for name in QUERIES:
        contents.frames[name] = contents.frames[name].iloc[:0]

    text = page.write(contents)

    assert "Nothing to report yet" in text
    assert "This shop has no customers who have bought" in text
    assert text.count('class="empty"') >= len(page.SECTIONS)
    assert "<figure" not in text


def test_what_to_trust_comes_first_where_much_was_rejected(marts):
    contents = read(str(marts))
    titles = [finding.title for finding in findings(contents)]
    contents.frames["inputs"] = contents["inputs"].assign(
        count_rejected_rows=contents["inputs"]["count_rows"] / 2
    )
    alarmed = [finding.title for finding in findings(contents)]

    assert len(titles) == len(alarmed) == 5
    assert titles.index("What to trust") == 4
    assert alarmed.index("What to trust") == 0
    assert titles[:4] == alarmed[1:]


def test_says_what_is_wrong_in_one_line(tmp_path, capsys, monkeypatch):
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path / "none.duckdb"), str(tmp_path / "page.html")])
    assert "published" in capsys.readouterr().err.splitlines()[-1]

    monkeypatch.setitem(sys.modules, "vl_convert", None)
    monkeypatch.delitem(sys.modules, "segmentation.report.page")
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path / "none.duckdb"), str(tmp_path / "page.html")])
    assert "warehouse-segmentation[report]" in capsys.readouterr().err

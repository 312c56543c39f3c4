"""Personal data stays where it belongs; whoever asks to be erased is nowhere."""

import datetime
import os
import re
import shutil
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from dbt_project import holding, small_shop
from disclosure_attacks import attack
from places import ROOT

from segmentation.pseudonyms import pseudonym
from segmentation.publication.sharing import nesting

PERSON = "zqperson7731"
MARKS = [
    PERSON,
    "zqmail7731",
    "zqorder7731",
    "zqanon7731",
    "zqtext7731",
    "zqticket7731",
]
# what stands in columns tagged pii
PERSONAL = ["zqmail7731", "zqname7731", "zqanon7731", "zqbody7731"]
MARKS += PERSONAL
# the request itself is kept, or the person would come back with the next build
KEPT = {
    ("staging", "stg_privacy__erasure_requests"),
    ("intermediate", "int_erasure_requests__checked"),
    ("intermediate", "int_customers__erased"),
    ("guarded", "ml_customers__pseudonyms"),
}
KEY = "zqkey-correct-horse-battery"
QUICK = {
    "cluster_methods": ["k-means"],
    "cluster_counts": [2, 3],
    "activation_purpose": None,
    "share_aggregates": True,
    "pseudonym_key_env": "SEGMENTATION_TEST_KEY",
}


def shop():
    """Return a shop in which one person is in every table, some rows of it at fault."""
    tables = small_shop(60)
    time = datetime.datetime(2024, 3, 1, 12)
    own = {"customer_id": PERSON}
    tables["customers"] = [
        {"customer_id": customer, "email": f"{customer}@example.org", "country": "GB"}
        for customer in {order["customer_id"] for order in tables["orders"]}
    ]
    tables["customers"].append(
        own | {"email": "zqmail7731@example.org", "full_name": "zqname7731 Person"}
    )
    first = tables["orders"][0]
    for number in range(5):
        order = f"zqorder7731-{number}"
        day = time + datetime.timedelta(days=9 * number)
        tables["orders"].append(
            first
            | own
            | {"order_id": order, "ordered_at": str(day)}
            # the last one is rejected
            | ({"status": "zqtext7731"} if number == 4 else {})
        )
        tables["order_lines"].append(
            tables["order_lines"][0] | {"order_id": order, "line_number": "1"}
        )
    at = str(time)
    tables["web_events"] = [
        own | {
            "event_id": "e1", "anonymous_id": "zqanon7731", "occurred_at": at,
            "event_type": "page_view",
        },
        {
            "event_id": "e2", "anonymous_id": "zqanon7731", "occurred_at": at,
            "event_type": "page_view",
        },
        {
            "event_id": "e3", "anonymous_id": "other", "occurred_at": at,
            "event_type": "page_view",
        },
    ]  # fmt: skip
    tables["messages"] = [
        own | {"message_id": "zqtext7731-m", "channel": "email", "sent_at": at}
    ]
    tables["reviews"] = [
        own | {
            "review_id": "zqtext7731-r", "rating": "5", "created_at": at,
            "body": "zqbody7731",
        }
    ]  # fmt: skip
    tables["support_tickets"] = [
        # without a time it is rejected
        own | {"ticket_id": "zqticket7731", "opened_at": at, "body": "zqbody7731"},
        own | {"ticket_id": "zqticket7731-2", "opened_at": "?", "body": "zqbody7731"},
    ]
    tables["consents"] = [
        own | {
            "purpose": "marketing", "channel": "email", "is_granted": "true",
            "recorded_at": at,
        }
    ]  # fmt: skip
    return tables


def tables_of(project, customer):
    """Return the tables that have rows of a customer, as schema.name."""
    return {
        f"{schema}.{name}"
        for schema, name in project.rows(
            "select schema_name, table_name from duckdb_columns() "
            "inner join duckdb_tables() using (database_name, schema_name, table_name) "
            "where column_name = 'customer_id'"
        )
        if project.rows(
            f"from {schema}.{name} where customer_id = '{customer}' limit 1"
        )
    }


def published_texts(file):
    """Return all texts of a published file."""
    found = set()
    with duckdb.connect(str(file), read_only=True) as connection:
        for table, column in connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where not internal and data_type = 'VARCHAR'"
        ).fetchall():
            found |= {
                text
                for (text,) in connection.execute(
                    f'select distinct "{column}" from "{table}"'
                ).fetchall()
            }
    return found


def files_holding(folders, marks):
    """Return the files in which a text stands, but for databases and raw tables."""
    files = [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
        and path.name != "segmentation.duckdb"
        and "raw" not in path.relative_to(folder).parts
    ]
    assert len(files) > 40
    return {
        path
        for path in files
        if any(mark.encode() in path.read_bytes() for mark in marks)
    }


@pytest.fixture(scope="module")
def erased(new_project):
    """Return a shop that was built and published, before a request and after it."""
    project = new_project()
    tables = shop()
    project.write(**tables)
    settings = {**QUICK, "publish_path": str(project.folder / "published")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(QUICK["pseudonym_key_env"], KEY)
        yield built_twice(project, tables, settings)


def built_twice(project, tables, settings):
    first = project.build(tests=True, **settings)
    assert first.success, first.text
    places = [project.folder / "published", project.shared]
    seen = SimpleNamespace(
        tables=holding(project.database, MARKS),
        personal=holding(project.database, PERSONAL),
        published=holding(project.folder / "published/current/marts.duckdb", MARKS),
        files=files_holding(places, [*MARKS, KEY]),
        named=tables_of(project, PERSON),
        text=first.text,
        customers=project.rows("select customer_id from marts.dim_customers"),
        shown=published_texts(project.folder / "published/current/marts.duckdb"),
    )
    version = next((project.folder / "published/versions").iterdir()).name
    tables["erasure_requests"] = [
        # nobody can read the day, and it is a request all the same
        {"customer_id": f" {PERSON} ", "requested_at": "at once"},
    ]
    project.write(**tables)
    second = project.build(tests=True, **settings)
    assert second.success, second.text
    return project, seen, version, second


def test_the_person_was_everywhere_and_is_nowhere(erased):
    project, seen, _, result = erased
    schemas = {schema for schema, _ in seen.tables}
    assert schemas >= {"staging", "intermediate", "marts"}
    assert len(seen.tables) > 40
    assert ("marts", "fct_rejected_rows") in seen.tables
    left = holding(project.database, MARKS)
    assert left <= KEPT, left - KEPT
    assert all(mark not in result.text for mark in MARKS)


def test_events_of_the_same_visitor_are_gone_and_others_stay(erased):
    project = erased[0]
    events = project.rows("select event_id from staging.stg_web__web_events")
    assert events == [("e3",)]


def test_all_models_have_learned_again_without_the_person(erased):
    project = erased[0]
    fits = project.query(
        "select model_name, count(*) as fits, max(is_serving_now::int) as serves, "
        "list(settings order by fit_number) as settings "
        "from marts.dim_model_fits group by model_name"
    )
    assert len(fits) >= 6
    assert (fits["fits"] == 2).all()
    for before, after in fits["settings"]:
        assert '"count_erased": 0' in before
        assert '"count_erased": 1' in after


def test_published_versions_that_name_the_person_are_gone(erased):
    """Under whatever name: they were published under a pseudonym."""
    project, _, version, _ = erased
    folder = project.folder / "published"
    names = [path.name for path in (folder / "versions").iterdir()]
    assert version not in names
    assert len(names) == 1
    marks = [*MARKS, pseudonym(PERSON, KEY.encode())]
    assert not holding(folder / "current/marts.duckdb", marks)


def test_no_file_that_was_written_holds_the_person(erased):
    """But for the database, whose free blocks may hold what was there."""
    project = erased[0]
    assert not files_holding([project.folder / "published", project.shared], MARKS)


def test_a_copy_of_the_database_has_no_free_blocks(erased, tmp_path):
    """By the lines of the docs; what is left are the requests themselves."""
    project = erased[0]
    page = (ROOT / "docs/methods/privacy.md").read_text()
    (lines,) = re.findall(r"```python\n(.*?copy from database.*?)```", page, re.S)
    lines = textwrap.dedent(lines)
    place = tmp_path / "segmentation.duckdb"
    shutil.copy(project.database, place)
    subprocess.run([sys.executable, "-c", lines], cwd=tmp_path, check=True)
    content = place.read_bytes()
    assert not any(mark.encode() in content for mark in MARKS if mark != PERSON)
    assert holding(place, MARKS) <= KEPT


def test_personal_columns_are_only_where_they_are_needed(erased):
    """Planted texts are in staging views and checked rows, and in no file or log."""
    seen = erased[1]
    assert len(seen.personal) >= 8
    assert not [
        (schema, name)
        for schema, name in seen.personal
        if schema != "staging" and not re.fullmatch(r"int_\w+__checked", name)
    ]
    assert not any(mark in seen.text for mark in PERSONAL)
    assert not seen.files


def test_published_marts_know_pseudonyms_alone(erased):
    _, seen, _, _ = erased
    assert not seen.published
    ids = {customer for (customer,) in seen.customers}
    assert len(ids) > 50
    hashes = {pseudonym(customer, KEY.encode()) for customer in ids}
    assert hashes <= seen.shown
    assert not ids & seen.shown


def test_the_key_stands_nowhere(erased):
    """Not in the database, whatever the block; not in what was said or written."""
    project, seen, _, result = erased
    places = [project.folder / "published", project.shared]
    assert not files_holding(places, [KEY])
    assert KEY.encode() not in project.database.read_bytes()
    assert KEY not in seen.text + result.text


def test_without_a_key_nothing_is_published_and_it_is_said(erased):
    project, _, _, _ = erased
    current = os.readlink(project.folder / "published/current")
    settings = {**QUICK, "publish_path": str(project.folder / "published")}
    with pytest.MonkeyPatch.context() as patch:
        for key in ("", "zqshort"):
            patch.setenv(QUICK["pseudonym_key_env"], key)
            result = project.build(
                "--select", "ml_customers__pseudonyms", "publication", **settings
            )
            assert not result.success
            assert QUICK["pseudonym_key_env"] in result.text
            assert "zqshort" not in result.text
    assert os.readlink(project.folder / "published/current") == current


def test_what_was_erased_is_proved_without_naming_them(erased):
    project, seen, _, _ = erased
    proof = project.query("select * from marts.fct_erasures")
    assert set(proof["person_hash"]) == {pseudonym(PERSON, KEY.encode())}
    assert proof["erasure_id"].is_unique
    assert (proof["count_rows_removed"] > 0).all()
    removed = dict(zip(proof["table_name"], proof["count_rows_removed"], strict=True))
    assert removed["intermediate.int_orders__checked"] == 5
    assert removed["marts.dim_customers"] == 1
    named = {name for name in seen.named if name not in {f"{s}.{n}" for s, n in KEPT}}
    assert len(named) > 20
    assert named == set(removed)
    (run,) = set(proof["run_id"])
    assert project.value(f"select command from ledger.runs where run_id = '{run}'")
    assert project.value("select count(*) from ledger.erasures_begun") == 0


def test_no_small_group_leaves_the_house(erased):
    """Attack what the shop shares, knowing which groups lie within others."""
    project = erased[0]
    folder = project.folder / "published/current"
    names = [path.stem for path in (folder / "shared/parquet").iterdir()]
    assert sorted(names) == [
        "fct_cohort_retention",
        "fct_segment_transitions",
        "publication",
        "rpt_segment_overview",
        "rpt_segment_priorities",
    ]
    tables = {n: pq.read_table(folder / f"shared/parquet/{n}.parquet") for n in names}
    truth = {}
    for name in names:
        exact = pq.read_table(folder / f"parquet/{name}.parquet")
        if "dimension" in exact.column_names:
            exact = exact.filter(pc.field("dimension") != "rfm_sticky")
        truth[name] = exact
    with duckdb.connect(str(project.database), read_only=True) as connection:
        columns = dict(
            person="customer_id", dimension="dimension", value="segment_code",
            to="valid_to",
        )  # fmt: skip
        columns["from"] = "valid_from"
        history = "marts.fct_customer_segment_history"
        inside = nesting(connection, history, columns)
    tried, fell = attack(tables, truth, 5, inside)
    assert len(tried) > 50
    assert not fell

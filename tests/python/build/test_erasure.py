"""Whoever asks to be erased is in nothing that is built, and in no file of it."""

import datetime

import pytest
from dbt_project import holding, small_shop

PERSON = "zqperson7731"
MARKS = [
    PERSON,
    "zqmail7731",
    "zqorder7731",
    "zqanon7731",
    "zqtext7731",
    "zqticket7731",
]
# the request itself is kept, or the person would come back with the next build
KEPT = {
    ("staging", "stg_privacy__erasure_requests"),
    ("intermediate", "int_erasure_requests__checked"),
    ("intermediate", "int_customers__erased"),
}
QUICK = {
    "cluster_methods": ["k-means"],
    "cluster_counts": [2, 3],
    "activation_purpose": None,
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
    tables["customers"].append(own | {"email": "zqmail7731@example.org"})
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
        own | {"review_id": "zqtext7731-r", "rating": "5", "created_at": at}
    ]
    tables["support_tickets"] = [own | {"ticket_id": "zqticket7731", "opened_at": at}]
    tables["consents"] = [
        own | {
            "purpose": "marketing", "channel": "email", "is_granted": "true",
            "recorded_at": at,
        }
    ]  # fmt: skip
    return tables


@pytest.fixture(scope="module")
def erased(new_project):
    """Return a shop that was built and published, before a request and after it."""
    project = new_project()
    tables = shop()
    project.write(**tables)
    settings = {**QUICK, "publish_path": str(project.folder / "published")}
    first = project.build(tests=True, **settings)
    assert first.success, first.text
    seen = holding(project.database, MARKS)
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
    assert {schema for schema, _ in seen} >= {"staging", "intermediate", "marts"}
    assert len(seen) > 40
    assert ("marts", "fct_rejected_rows") in seen
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
    project, _, version, _ = erased
    folder = project.folder / "published"
    names = [path.name for path in (folder / "versions").iterdir()]
    assert version not in names
    assert len(names) == 1
    assert not holding(folder / "current/marts.duckdb", MARKS)


def test_no_file_that_was_written_holds_the_person(erased):
    """But for the database, whose free blocks may hold what was there."""
    project = erased[0]
    places = [project.folder / "published", project.shared]
    files = [
        path
        for place in places
        for path in place.rglob("*")
        if path.is_file()
        and path.name != "segmentation.duckdb"
        and "raw" not in path.relative_to(place).parts
    ]
    assert len(files) > 40
    for path in files:
        content = path.read_bytes()
        assert not any(mark.encode() in content for mark in MARKS), path

"""Whatever text a raw table holds, a build reads it, and loses no row."""

import pandas as pd
import pytest
from dbt_project import RAW_COLUMNS
from hypothesis import Phase, given, settings, strategies

ROWS = 500
TABLES = ("orders", "order_lines")
# what nearly is a number, a date or a word of SQL finds more than noise alone
NEARLY = strategies.one_of(
    strategies.text(max_size=12),
    strategies.text("0123456789.-+eE, _xX", max_size=24),
    strategies.text("0123456789-:/ TZ+.", max_size=28),
    strategies.floats(width=64).map(str),
    strategies.integers().map(str),
    strategies.datetimes().map(str),
    strategies.sampled_from(
        ["", " ", "\x00", "null", "NaN", "true", "'", '"', "\\", "%", "{{", "--"]
    ),
)


def drawn_texts(count):
    """Draw texts, the same ones in every run: one build reads them all."""
    texts = []

    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        deadline=None,
    )
    @given(NEARLY)
    def draw(text):
        # Parquet holds no lone surrogates: they are no text
        texts.append(text.encode("utf-8", "ignore").decode())

    draw()
    return texts


@pytest.fixture(scope="module")
def tables():
    """Return tables with odd texts in one column, then in another, then in all."""
    texts = drawn_texts(ROWS)
    good = {
        "orders": ["o1", "c1", "2024-03-01", "paid", "web", "GBP", "X"],
        "order_lines": ["o1", "1", "p1", "2", "10", "0"],
    }
    made = {}
    for table in TABLES:
        columns = RAW_COLUMNS[table]
        rows = [dict(zip(columns, good[table], strict=True))]
        for column in columns:
            for number, text in enumerate(texts):
                row = dict(rows[0])
                if column != columns[0] and table == "orders":
                    row["order_id"] = f"{column}-{number}"
                rows.append({**row, column: text})
        for number in range(len(texts)):
            rows.append(
                {
                    column: texts[(number + 97 * place) % len(texts)]
                    for place, column in enumerate(columns)
                }
            )
        made[table] = pd.DataFrame(rows)
    return made


@pytest.fixture(scope="module")
def built(new_project, tables):
    project = new_project().write(**tables)
    result = project.build(
        cluster_counts=[3], cluster_methods=["k-means"], stop_rejected_share=1
    )
    assert result.success, result.text
    return project


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_lost(built, tables, table):
    counts = built.rows(
        "select count_rows, count_accepted_rows, count_rejected_rows "
        f"from marts.rpt_input_quality where table_name = '{table}'"
    )
    ((rows, accepted, rejected),) = counts

    assert rows == len(tables[table]) == accepted + rejected
    assert accepted > 0
    assert rejected > 1000


@pytest.mark.parametrize("table", TABLES)
def test_of_a_key_at_most_one_row_is_accepted_and_all_others_say_why(built, table):
    key = {"orders": "order_id", "order_lines": "order_id, line_number"}[table]
    checked = f"intermediate.int_{table}__checked"

    assert not built.rows(
        f"select {key} from {checked} where is_accepted "
        "group by all having count(*) > 1"
    )
    assert not built.rows(
        f"from {checked} where is_accepted = (rejection_reasons is not null)"
    )


def test_text_that_no_type_is_asked_of_never_rejects_an_order(built, tables):
    free = ["customer_id", "channel", "promotion_code"]
    pattern = "|".join(f"^{column}-" for column in free)

    rejected = built.rows(
        "select order_id, rejection_reasons from intermediate.int_orders__checked "
        f"where not is_accepted and regexp_matches(order_id, '{pattern}') "
        "and rejection_reasons not like 'another row%'"
    )

    assert not rejected

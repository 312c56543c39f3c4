"""The synthetic world: reproducible, dirty as planned, true to its own truth.

Statistical tests run on one fixed seed, so they do not flicker. Their
tolerances are 4 standard errors (one miss in 16,000 by chance): they hold for
nearly every seed and fail where a mechanism is off by more than noise.
"""

import filecmp
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import ROOT
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import StandardScaler

from segmentation.world import block, dirt, oracle, phrases, writer
from segmentation.world.__main__ import main
from segmentation.world.settings import TYPES, Settings

DEMO = ROOT / "seeds" / "demo"
END = pd.Timestamp("2025-01-01")
GBP_PER_UNIT = {"GBP": 1.0, "EUR": 0.86, "USD": 0.79}

# The input contract, spelled out once more: DESIGN, section 6.
CONTRACT = {
    "orders": "order_id, customer_id, ordered_at, status, channel, currency,"
    " promotion_code",
    "order_lines": "order_id, line_number, product_id, quantity, unit_price,"
    " discount_amount",
    "customers": "customer_id, email, full_name, birth_date, gender, country, city,"
    " acquisition_channel, signed_up_at, updated_at",
    "products": "product_id, product_name, category, unit_cost, list_price",
    "inventory": "product_id, on_hand_quantity, lead_time_days, counted_at",
    "web_events": "event_id, customer_id, anonymous_id, session_id, event_type,"
    " device, page, product_id, occurred_at",
    "messages": "message_id, customer_id, campaign_id, channel, sent_at, opened_at,"
    " clicked_at, unsubscribed_at",
    "experiment_assignments": "experiment_id, customer_id, variant, assigned_at",
    "reviews": "review_id, customer_id, product_id, source, language, rating, body,"
    " created_at",
    "support_tickets": "ticket_id, customer_id, topic, body, satisfaction,"
    " opened_at, resolved_at",
    "consents": "customer_id, purpose, channel, is_granted, recorded_at",
    "erasure_requests": "customer_id, requested_at",
}
CONTRACT = {table: columns.split(", ") for table, columns in CONTRACT.items()}

# Every kind of dirt that staging must reject.
PLANTED = {
    "orders": "duplicate order_id_missing ordered_at_missing ordered_at_unreadable"
    " ordered_at_future ordered_at_before_1990 status_missing status_unknown"
    " currency_missing currency_without_rate conflicting_duplicate",
    "order_lines": "duplicate order_id_missing order_id_unknown"
    " line_of_rejected_order line_number_missing line_number_unreadable"
    " product_id_missing quantity_missing quantity_unreadable quantity_zero"
    " unit_price_missing unit_price_unreadable unit_price_negative"
    " discount_amount_unreadable discount_amount_negative discount_too_high",
    "customers": "duplicate older_version customer_id_missing birth_date_unreadable"
    " birth_date_future birth_date_before_1900 signed_up_at_unreadable"
    " signed_up_at_future updated_at_unreadable",
    "products": "duplicate product_id_missing unit_cost_unreadable"
    " unit_cost_negative list_price_unreadable list_price_negative",
    "inventory": "duplicate product_id_missing product_id_unknown"
    " on_hand_quantity_unreadable on_hand_quantity_negative"
    " lead_time_days_unreadable lead_time_days_negative counted_at_unreadable"
    " counted_at_future",
    "web_events": "duplicate event_id_missing event_type_missing"
    " occurred_at_missing occurred_at_unreadable occurred_at_future",
    "messages": "duplicate message_id_missing customer_id_missing sent_at_missing"
    " sent_at_unreadable sent_at_future opened_at_before_sent_at"
    " clicked_at_before_sent_at unsubscribed_at_before_sent_at",
    "experiment_assignments": "duplicate experiment_id_missing customer_id_missing"
    " variant_missing other_variant assigned_at_unreadable assigned_at_future",
    "reviews": "duplicate review_id_missing rating_missing rating_unreadable"
    " rating_out_of_range created_at_unreadable created_at_future",
    "support_tickets": "duplicate ticket_id_missing satisfaction_unreadable"
    " satisfaction_out_of_range opened_at_unreadable opened_at_future"
    " resolved_at_before_opened_at",
    "consents": "duplicate customer_id_missing purpose_missing"
    " is_granted_unreadable recorded_at_unreadable recorded_at_future",
    "erasure_requests": "duplicate customer_id_missing requested_at_unreadable"
    " requested_at_future",
}
KINDS = [(table, kind) for table, kinds in PLANTED.items() for kind in kinds.split()]


def gather(parts):
    """Put the parts of a world together, as frames of raw and of truth."""
    raw, truth = {}, {}
    for some_raw, some_truth in parts:
        for target, tables in ((raw, some_raw), (truth, some_truth)):
            for name, table in tables.items():
                target.setdefault(name, []).append(table)
    return tuple(
        {name: pa.concat_tables(tables).to_pandas() for name, tables in part.items()}
        for part in (raw, truth)
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Write the demo as it would be written today; return its two folders."""
    folder = tmp_path_factory.mktemp("demo")
    raw, truth = folder / "raw", folder / "truth"
    main(["--raw", str(raw), "--truth", str(truth), "--prefix", "raw_"])
    return raw, truth


@pytest.fixture(scope="module")
def demo_raw(demo):
    """The demo's raw tables, all text."""
    return {
        table: pd.read_csv(demo[0] / f"raw_{table}.csv", dtype=str, na_values=[""],
                           keep_default_na=False)
        for table in CONTRACT
    }  # fmt: skip


@pytest.fixture(scope="module")
def demo_log(demo):
    """The demo's log of planted dirt."""
    return pd.read_csv(demo[1] / "dirt.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def world():
    """A clean world of 20,000 customers, typed: raw tables and truth."""
    with pytest.MonkeyPatch.context() as patch:
        empty = pa.table({"_owner": pa.array([], pa.int64())})
        for module in (block, writer):
            patch.setattr(module, "plant", lambda settings, block, raw: (raw, empty))
        raw, truth = gather(writer.generate(Settings(customers=20_000)))
    for table in raw.values():
        for column in table.columns.intersection(
            ["quantity", "unit_price", "discount_amount", "rating", "satisfaction",
             "line_number", "on_hand_quantity", "unit_cost", "list_price"]
        ):  # fmt: skip
            table[column] = pd.to_numeric(table[column])
        for column in table.columns[table.columns.str.endswith("_at")]:
            table[column] = pd.to_datetime(table[column])
    return raw, truth


@pytest.fixture(scope="module")
def purchases(world):
    """Customers' own purchases, message-caused ones included, with truth."""
    raw, truth = world
    orders = raw["orders"].merge(truth["orders"], on="order_id")
    lines = raw["order_lines"]
    value = lines["quantity"] * lines["unit_price"] - lines["discount_amount"]
    value = value.groupby(lines["order_id"]).sum()
    orders["value"] = orders["order_id"].map(value)
    orders["value"] *= orders["currency"].map(GBP_PER_UNIT)
    orders = orders[orders["kind"].isin(["purchase", "caused_by_message"])]
    return orders.merge(truth["customers"], on="customer_id")


# ---------------------------------------------------------------- reproducible


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_same_settings_give_the_same_bytes(tmp_path, file_format):
    """… also in another process with another hash seed."""
    arguments = ["--customers", "300", "--years", "1", "--format", file_format]
    one, two = tmp_path / "one", tmp_path / "two"
    main([*arguments, "--raw", str(one / "raw"), "--truth", str(one / "truth")])
    command = [sys.executable, "-m", "segmentation.world", *arguments]
    command += ["--raw", str(two / "raw"), "--truth", str(two / "truth")]
    subprocess.run(
        command, check=True, env={**os.environ, "PYTHONHASHSEED": "1"}, cwd=tmp_path
    )
    files = sorted(path.relative_to(one) for path in one.rglob("*.*"))
    assert len(files) == len(CONTRACT) + 7
    assert filecmp.cmpfiles(one, two, files, shallow=False)[0] == files


def test_another_seed_is_another_world():
    small = {"customers": 50, "years": 1}
    one, _ = gather(writer.generate(Settings(**small, seed=1)))
    two, _ = gather(writer.generate(Settings(**small, seed=2)))
    for table in CONTRACT.keys() - {"erasure_requests"}:  # too few to differ
        assert not one[table].equals(two[table]), table


def test_a_block_is_the_same_in_a_larger_world(tmp_path):
    for customers in (2_000, 4_100):
        settings = Settings(customers=customers, years=1)
        writer.write(settings, tmp_path / str(customers))
    for table in CONTRACT.keys() - {"inventory"}:  # stock follows demand
        small = (tmp_path / "2000" / f"{table}.csv").read_bytes()
        large = (tmp_path / "4100" / f"{table}.csv").read_bytes()
        assert large.startswith(small), table
        # The rest of a world is not the first block again.
        assert table == "products" or small[-200:] not in large[len(small) :]


@pytest.fixture(scope="module")
def one_block():
    return gather(writer.generate(Settings(customers=2_000, years=1)))


@settings(max_examples=5, deadline=None)
@given(customers=st.integers(1, 1_999))
def test_a_smaller_world_has_the_same_customers(one_block, customers):
    small, truth = gather(writer.generate(Settings(customers=customers, years=1)))
    assert len(truth["customers"]) == customers
    last = f"c{customers:07d}"
    for table, whole in one_block[0].items():
        if "customer_id" not in whole:
            continue
        named = whole[whole["customer_id"].str[1:].str.len() == 7]
        expected = named[named["customer_id"] <= last]
        got = small[table]
        got = got[got["customer_id"].str[1:].str.len() == 7]
        pd.testing.assert_frame_equal(
            got.reset_index(drop=True), expected.reset_index(drop=True)
        )
    assert set(small["order_lines"]["order_id"].dropna()) - {"o-1", "o-2"} <= set(
        small["orders"]["order_id"]
    )


def test_the_committed_demo_is_what_the_generator_writes(demo):
    names = [f"raw_{table}.csv" for table in CONTRACT]
    same, different, missing = filecmp.cmpfiles(demo[0], DEMO, names, shallow=False)
    hint = "run: python -m segmentation.world --raw seeds/demo --prefix raw_"
    assert (different, missing) == ([], []), hint
    assert same == names


def test_the_demo_stays_small():
    assert sum(path.stat().st_size for path in DEMO.glob("raw_*.csv")) < 6_000_000


def test_parquet_holds_what_csv_holds_in_row_groups(tmp_path):
    world = Settings(customers=20_100, years=1)
    writer.write(world, tmp_path, file_format="parquet")
    parts, _ = gather(writer.generate(world))
    for table in ("orders", "erasure_requests", "products"):
        pd.testing.assert_frame_equal(
            pd.read_parquet(tmp_path / f"{table}.parquet"), parts[table]
        )
    orders = pq.ParquetFile(tmp_path / "orders.parquet")
    assert orders.num_row_groups == 2
    assert {str(field.type) for field in orders.schema_arrow} == {"string"}


# ------------------------------------------------------------ contract and CLI


def test_every_table_has_the_contracts_columns(demo_raw):
    assert {t: list(frame.columns) for t, frame in demo_raw.items()} == CONTRACT
    assert all(len(frame) for frame in demo_raw.values())


def test_truth_stays_out_of_the_raw_tables(demo, demo_raw):
    assert {path.name for path in demo[0].iterdir()} == {
        f"raw_{table}.csv" for table in CONTRACT
    }
    secret = {"latent_type", "purchase_rate", "dropout_rate", "message_uplift"}
    secret |= {"caused_by_message", "is_phantom", "elasticity", "_owner"}
    names = {each.name for each in TYPES}
    for table, frame in demo_raw.items():
        assert not secret & set(frame.columns), table
        for column in frame:
            assert not frame[column].isin(names).any(), (table, column)
    truth = pd.read_csv(demo[1] / "customers.csv")
    assert set(truth["latent_type"]) == names


def test_without_a_truth_folder_no_truth_is_written(tmp_path):
    main(["--customers", "20", "--years", "1", "--raw", str(tmp_path / "raw")])
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--truth", "raw"], "must lie outside"),
        (["--truth", "raw/deeper"], "must lie outside"),
        (["--truth", "other/../raw/x"], "must lie outside"),
        (["--customers", "0"], "at least 1"),
        (["--customers", "many"], "invalid int"),
        (["--customers", "100000001"], "at most"),
        (["--years", "9"], "between 1 and 8"),
        (["--seed", "-1"], "not be negative"),
        (["--format", "xlsx"], "invalid choice"),
        (["--raw", "file/raw"], "file"),
    ],
)
def test_a_wrong_setting_is_refused_in_words(
    tmp_path, monkeypatch, capsys, arguments, message
):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("in the way")
    with pytest.raises(SystemExit) as stop:
        main(["--raw", "raw", "--customers", "10", "--years", "1", *arguments])
    assert stop.value.code == 2
    assert message in capsys.readouterr().err
    assert not Path("raw").exists()


# ------------------------------------------------------------------------ dirt


def is_unreadable(values, column):
    """Tell which given values cannot be read as what the column should be."""
    if column.endswith("_at") or column == "birth_date":
        form = "%Y-%m-%d" if column == "birth_date" else "%Y-%m-%d %H:%M:%S"
        values = values.mask(values == "2099-01-01 00:00:00")
        read = values.map(lambda text: _time(text, form), na_action="ignore")
    elif column == "is_granted":
        read = values.map({"true": 1, "false": 0})
    else:
        read = pd.to_numeric(values, errors="coerce")
    return values.notna() & read.isna()


def _time(text, form):
    # Not pandas: its nanoseconds cannot hold the years 1 or 1875.
    try:
        return datetime.strptime(text, form).isoformat()
    except ValueError:
        return None


def violations(raw, table, kind):
    """Return which rows break the rule that a kind is named after."""
    frame = raw[table]
    keys = frame[list(dirt.KEYS[table])].fillna("").agg("|".join, axis=1)
    number = {c: pd.to_numeric(frame[c], errors="coerce") for c in frame}
    column, _, way = kind.rpartition("_")
    if kind == "duplicate":
        return frame.duplicated()
    if kind in ("conflicting_duplicate", "older_version", "other_variant"):
        known = keys.str.strip("|") != ""
        if table == "experiment_assignments":
            known = frame["experiment_id"].notna() & frame["customer_id"].notna()
        return known & keys.duplicated() & ~frame.duplicated()
    if way == "missing":
        return frame[column].isna()
    if way == "unreadable":
        return is_unreadable(frame[column], column)
    if way == "future":
        return frame[column].fillna("").between("2025-01-03", "2100")
    if way == "negative":
        return number[column] < 0
    if way == "zero":
        return number[column] == 0
    if kind.endswith("_out_of_range"):
        column = kind.removesuffix("_out_of_range")
        return number[column].notna() & ~number[column].between(1, 5)
    if kind == "ordered_at_before_1990":
        return frame["ordered_at"].fillna("9") < "1990"
    if kind == "birth_date_before_1900":
        return frame["birth_date"].fillna("9") < "1900"
    if kind == "status_unknown":
        good = ["completed", "shipped", "cancelled", "returned"]
        return frame["status"].notna() & ~frame["status"].isin(good)
    if kind == "currency_without_rate":
        return frame["currency"].notna() & ~frame["currency"].isin(GBP_PER_UNIT)
    if kind == "discount_too_high":
        total = number["quantity"] * number["unit_price"]
        # To the cent; a credit line (negative) carries no discount.
        return number["discount_amount"] > total.clip(lower=0) + 0.005
    if kind == "line_of_rejected_order":
        rejected = raw["orders"].loc[
            violations(raw, "orders", "status_unknown"), "order_id"
        ]
        return frame["order_id"].isin(rejected)
    if kind == "order_id_unknown":
        return frame["order_id"].notna() & ~frame["order_id"].isin(
            raw["orders"]["order_id"]
        )
    if kind == "product_id_unknown":
        return frame["product_id"].notna() & ~frame["product_id"].isin(
            raw["products"]["product_id"]
        )
    column, before, other = kind.partition("_before_")
    assert before, kind
    times = pd.to_datetime(frame[other], errors="coerce")
    return pd.to_datetime(frame[column], errors="coerce") < times


def test_the_kinds_are_those_that_staging_rejects(demo_log):
    logged = set(zip(demo_log["table_name"], demo_log["kind"], strict=True))
    assert logged == set(KINDS)


@pytest.mark.parametrize(("table", "kind"), KINDS)
def test_dirt_is_planted_as_logged_and_nowhere_else(demo_raw, demo_log, table, kind):
    """Rows that break a rule are the rows logged: the rest of the world is clean."""
    logged = demo_log[(demo_log["table_name"] == table) & (demo_log["kind"] == kind)]
    bad = demo_raw[table][violations(demo_raw, table, kind)]
    keys = bad[list(dirt.KEYS[table])].fillna("").agg("|".join, axis=1)
    assert sorted(keys) == sorted(logged["row_key"])


def test_spoilt_copies_take_no_good_rows_key(demo_raw, demo_log):
    repeats = ["duplicate", "conflicting_duplicate", "older_version", "other_variant"]
    spoilt = demo_log[~demo_log["kind"].isin(repeats)]
    for table, mine in spoilt.groupby("table_name"):
        keys = demo_raw[table][list(dirt.KEYS[table])].dropna().agg("|".join, axis=1)
        assert (keys[keys.isin(mine["row_key"])].value_counts() == 1).all(), table


def test_dirt_only_adds_rows(monkeypatch):
    settings = Settings(customers=2_000, years=1)
    dirty, truth = gather(writer.generate(settings))
    empty = pa.table({"_owner": pa.array([], pa.int64())})
    for module in (block, writer):
        monkeypatch.setattr(module, "plant", lambda settings, block, raw: (raw, empty))
    clean, _ = gather(writer.generate(settings))
    for table, frame in clean.items():
        rows = iter(dirty[table].fillna("").itertuples(index=False, name=None))
        # `in` moves the iterator on: every good row is there, in its order
        good = frame.fillna("").itertuples(index=False, name=None)
        assert all(row in rows for row in good)
        planted = (truth["dirt"]["table_name"] == table).sum()
        assert len(dirty[table]) == len(frame) + planted > len(frame)
    share = len(truth["dirt"]) / sum(map(len, dirty.values()))
    assert 0.002 < share < 0.02


# --------------------------------------------------------- true to its own truth


def exposure(truth, months=False):
    """Return the expected repeat purchases of each customer (by month)."""
    customers = truth["customers"]
    season = truth["seasonality"]
    first = customers["first_order_at"].to_numpy("datetime64[s]")
    last = customers["dropout_at"].to_numpy("datetime64[s]")
    rate = customers["purchase_rate"].to_numpy() / 365.25
    strength = customers["seasonality_strength"].to_numpy()
    day = np.timedelta64(86_400, "s")
    totals, by_month = np.zeros(len(customers)), np.zeros(12)
    for date, multiplier in season.itertuples(index=False):
        if pd.Timestamp(date) >= END:
            break
        start = np.datetime64(date, "s")
        alive = (np.minimum(last, start + day) - np.maximum(first, start)) / day
        alive = np.where(np.isnat(first), 0.0, np.clip(alive, 0.0, 1.0))
        expected = alive * rate * (1 + strength * (multiplier - 1))
        totals += expected
        by_month[pd.Timestamp(date).month - 1] += expected.sum()
    return by_month if months else totals


def test_order_counts_follow_the_purchase_rates(world, purchases):
    truth = world[1]
    own = purchases[purchases["kind"] == "purchase"]
    count = own.groupby("customer_id").size()
    customers = truth["customers"].copy()
    customers["count"] = customers["customer_id"].map(count).fillna(0)
    started = customers["first_order_at"] < END
    assert ((customers["count"] > 0) == started).all()
    customers["expected"] = exposure(truth)
    for name, mine in customers[started].groupby("latent_type"):
        repeats, expected = (mine["count"] - 1).sum(), mine["expected"].sum()
        assert abs(repeats - expected) < 4 * expected**0.5, name
    # Given rate and lifetime a count is Poisson: Pearson's statistic over its
    # degrees of freedom is 1; 0.05 is 4 SE for some 10,000 customers.
    sure = customers[started & (customers["expected"] > 1)]
    pearson = (sure["count"] - 1 - sure["expected"]) ** 2 / sure["expected"]
    assert abs(pearson.mean() - 1) < 0.07


def test_the_season_shows_in_the_orders(world, purchases):
    own = purchases[purchases["kind"] == "purchase"]
    repeats = own[own["customer_id"].duplicated()]  # rows are in order of time
    observed = repeats.groupby(repeats["ordered_at"].dt.month).size().to_numpy()
    expected = exposure(world[1], months=True)
    assert (np.abs(observed - expected) < 4 * expected**0.5).all()
    peak = own["ordered_at"].dt.month.isin([11, 12])
    by_type = peak.groupby(own["latent_type"]).mean()
    assert by_type.idxmax() == "seasonal_gifter"
    assert by_type["seasonal_gifter"] > 1.3 * by_type["business_buyer"]


def test_lifetimes_are_exponential_with_the_customers_own_rate(world):
    customers = world[1]["customers"].dropna(subset=["first_order_at"])
    life = (customers["dropout_at"] - customers["first_order_at"]).dt.total_seconds()
    unit = life / (365.25 * 86_400) * customers["dropout_rate"]
    # mu * lifetime is standard exponential: mean 1, P(> 1) = 1 / e.
    n = len(unit)
    assert abs(unit.mean() - 1) < 4 / n**0.5
    assert abs((unit > 1).mean() - np.exp(-1)) < 4 * 0.483 / n**0.5
    # Its variance is 1, and the standard error of that is sqrt(8 / n).
    assert abs(unit.var() - 1) < 4 * (8 / n) ** 0.5


def test_shares_are_as_designed(world, purchases):
    raw, truth = world
    customers = truth["customers"]
    n = len(customers)
    for each in TYPES:
        share = (customers["latent_type"] == each.name).mean()
        assert abs(share - each.share) < 4 * (each.share * (1 - each.share) / n) ** 0.5
    prospects = customers["first_order_at"].isna().mean()
    assert abs(prospects - 0.08) < 4 * (0.08 * 0.92 / n) ** 0.5
    once = (purchases.groupby("customer_id").size() == 1).mean()
    assert 0.26 < once < 0.34
    orders = raw["orders"]
    assert 0.02 < orders["customer_id"].isna().mean() < 0.04
    assert 0.003 < len(raw["erasure_requests"]) / n < 0.007


def test_types_can_be_told_apart_but_not_easily(purchases):
    grouped = purchases.groupby("customer_id")
    features = pd.DataFrame(
        {
            "count": np.log(grouped.size()),
            "value": np.log(grouped["value"].mean()),
            "recency": np.log1p((END - grouped["ordered_at"].max()).dt.days),
            "promotion": grouped["promotion_code"].count() / grouped.size(),
            "peak": grouped["ordered_at"].agg(
                lambda times: times.dt.month.isin([11, 12]).mean()
            ),
        }
    ).head(5_000)
    kind = grouped["latent_type"].first().reindex(features.index)
    scaled = StandardScaler().fit_transform(features)
    accuracy = cross_val_score(LogisticRegression(), scaled, kind, cv=3).mean()
    # Guessing the commonest type is right in about 22 %.
    assert 0.5 < accuracy < 0.85


def test_order_values_follow_the_truth(purchases):
    for name, mine in purchases.groupby("latent_type"):
        difference = mine["value"] - mine["mean_order_value"]
        error = difference.std() / len(mine) ** 0.5
        # The truth takes all weeks alike, orders do not: allow 1 % for that.
        slack = 0.01 * mine["mean_order_value"].mean()
        assert abs(difference.mean()) < 4 * error + slack, name


def test_quantities_respond_to_price_with_the_true_elasticity(world, purchases):
    raw, truth = world
    lines = raw["order_lines"].merge(
        purchases[["order_id", "ordered_at", "mean_quantity", "price_sensitivity"]],
        on="order_id",
    )
    week = (lines["ordered_at"] - pd.Timestamp("2022-01-01")).dt.days // 7
    start = pd.Timestamp("2022-01-01") + pd.to_timedelta(7 * week, "D")
    prices = truth["prices"].set_index(["product_id", "week_start"])["price_factor"]
    prices.index = prices.index.set_levels(
        pd.DatetimeIndex(prices.index.levels[1]), level=1
    )
    factor = prices.reindex([lines["product_id"], start]).to_numpy()
    x = -np.log(factor) * lines["price_sensitivity"].to_numpy()
    quantity = lines["quantity"].to_numpy()
    base = lines["mean_quantity"].to_numpy()
    product = lines["product_id"].to_numpy()
    true = truth["products"].set_index("product_id")["elasticity"]
    found = {}
    for name in true.index:
        mine = product == name
        found[name] = _poisson_slope(x[mine], quantity[mine], base[mine])
    found = pd.DataFrame(found, index=["slope", "error"]).T
    z = (found["slope"] - true) / found["error"]
    # 60 products, none more than 4 SE off; the mean of z is 0 with SE 0.13.
    assert z.abs().max() < 4
    assert abs(z.mean()) < 4 / len(z) ** 0.5
    assert np.corrcoef(found["slope"], true)[0, 1] > 0.9


def _poisson_slope(x, quantity, base):
    """Fit E[quantity] = base * exp(slope * x) by Newton's method."""
    slope = 0.0
    for _ in range(20):
        mean = base * np.exp(slope * x)
        information = (mean * x * x).sum()
        slope += ((quantity - mean) * x).sum() / information
    # Units beyond the first are Poisson: less spread than a full Poisson.
    return slope, information**-0.5


def test_experiments_show_the_true_uplift(world, purchases):
    raw, truth = world
    trials = raw["experiment_assignments"].merge(truth["customers"], on="customer_id")
    sent = raw["messages"].rename(columns={"campaign_id": "experiment_id"})
    trials = trials.merge(
        sent[["experiment_id", "customer_id", "sent_at"]],
        how="left",
        on=["experiment_id", "customer_id"],
    )
    treated = trials["variant"] == "treatment"
    assert (trials["sent_at"].notna() == treated).all()
    assert abs(treated.mean() - 0.5) < 4 * 0.5 / len(trials) ** 0.5
    # Count from the morning of sending, 15 days: the response window and slack.
    start = trials["assigned_at"] + pd.Timedelta(days=1, hours=9)
    bought, own = (
        _bought(trials, orders, start, 15)
        for orders in (purchases, purchases[purchases["kind"] == "purchase"])
    )
    alive = (trials["dropout_at"] > trials["sent_at"].fillna(start)).to_numpy()
    effect = alive * trials["message_uplift"].to_numpy() * ~own
    difference = bought[treated].mean() - bought[~treated].mean()
    error = (bought[treated].var() / treated.sum()) + (
        bought[~treated].var() / (~treated).sum()
    )
    assert abs(difference - effect.mean()) < 4 * error**0.5
    assert difference > 8 * error**0.5  # there is something to find

    caused = purchases[purchases["caused_by_message"]]
    why = caused.merge(trials, on=["experiment_id", "customer_id"])
    assert len(why) == len(caused) > 500
    assert (why["variant"] == "treatment").all()
    delay = why["ordered_at"] - why["sent_at"]
    assert delay.between(pd.Timedelta(0), pd.Timedelta(days=14)).all()
    by_type = trials[~own & alive & treated].assign(
        effect=bought[~own & alive & treated]
    )
    rates = by_type.groupby("latent_type")["effect"].mean()
    assert rates["bargain_hunter"] > 2 * rates["loyal_regular"]


def _bought(trials, orders, start, days):
    """Tell which trials were followed by an order within some days."""
    trials = trials[["customer_id"]].assign(start=start, row=np.arange(len(trials)))
    pairs = trials.merge(orders[["customer_id", "ordered_at"]], on="customer_id")
    delay = pairs["ordered_at"] - pairs["start"]
    hits = pairs.loc[delay.between(pd.Timedelta(0), pd.Timedelta(days=days)), "row"]
    return np.isin(np.arange(len(trials)), hits)


def test_newsletters_look_effective_but_are_not(world, purchases):
    raw, truth = world
    campaigns = truth["campaigns"].set_index("campaign_id")
    letters = campaigns.index[~campaigns["is_experiment"]]
    assert not set(purchases["experiment_id"].dropna()) & set(letters)
    letter = letters[15]
    day = pd.Timestamp(campaigns.loc[letter, "sent_on"])
    known = truth["customers"][truth["customers"]["signed_up_at"] < day]
    start = pd.Series(day, index=known.index)
    bought = _bought(known, purchases, start, 14)
    got = known["customer_id"].isin(
        raw["messages"].loc[raw["messages"]["campaign_id"] == letter, "customer_id"]
    )
    assert bought[got].mean() > 1.5 * bought[~got].mean()


def test_messages_need_consent(world):
    raw, _ = world
    granted = raw["consents"][raw["consents"]["is_granted"] == "true"]
    key = ["customer_id", "channel"]
    sent = raw["messages"].merge(granted[[*key, "recorded_at"]], on=key, how="left")
    assert (sent["recorded_at"] <= sent["sent_at"]).all()
    left = raw["messages"].dropna(subset="unsubscribed_at")
    later = raw["messages"].merge(left[[*key, "unsubscribed_at"]], on=key)
    assert (later["sent_at"] <= later["unsubscribed_at_y"]).all()
    withdrawn = raw["consents"].merge(
        left[[*key, "unsubscribed_at"]],
        left_on=[*key, "recorded_at"],
        right_on=[*key, "unsubscribed_at"],
    )
    assert len(withdrawn) == len(left) > 0
    assert (withdrawn["is_granted"] == "false").all()


# ------------------------------------------------------- what follows an order


def test_credit_notes_undo_earlier_lines(world):
    raw, truth = world
    orders = raw["orders"].merge(truth["orders"], on="order_id").set_index("order_id")
    lines = raw["order_lines"].set_index(["order_id", "line_number"])
    credit = lines[lines["quantity"] < 0].reset_index()
    head = orders.loc[credit["order_id"]].reset_index()
    assert (head["status"] == "returned").all()
    source = orders.loc[head["source_order_id"]].reset_index()
    assert (source["customer_id"] == head["customer_id"]).all()
    back = (head["kind"] == "return").to_numpy()
    old = lines.loc[
        list(zip(head["source_order_id"], credit["line_number"], strict=True))
    ].reset_index()
    assert (old["product_id"] == credit["product_id"]).all()
    assert (-credit["quantity"] <= old["quantity"])[back].all()
    assert (head["ordered_at"] > source["ordered_at"])[back].all()
    paid = old["unit_price"] - old["discount_amount"] / old["quantity"]
    assert (abs(paid - credit["unit_price"]) < 0.0051)[back].all()
    parts = (-credit["quantity"] < old["quantity"])[back].mean()
    assert 0.1 < parts < 0.9


def test_phantom_orders_vanish_within_minutes(world):
    raw, truth = world
    orders = raw["orders"].merge(truth["orders"], on="order_id")
    lines = raw["order_lines"]
    lines = lines.assign(value=lines["quantity"] * lines["unit_price"])
    orders = orders.merge(lines.groupby("order_id")[["value", "quantity"]].sum(),
                          left_on="order_id", right_index=True)  # fmt: skip
    phantom = orders[orders["is_phantom"]]
    credit = orders[orders["kind"] == "phantom_credit"]
    pairs = phantom.merge(credit, on="source_order_id", suffixes=("", "_credit"))
    assert len(pairs) == len(phantom) == len(credit) > 100
    assert (pairs["value"] + pairs["value_credit"]).abs().max() < 1e-6
    gap = pairs["ordered_at_credit"] - pairs["ordered_at"]
    assert gap.between(pd.Timedelta(minutes=1), pd.Timedelta(minutes=11)).all()
    assert pairs["quantity"].min() >= 2_000
    cancelled = orders[orders["status"] == "cancelled"]
    assert (cancelled["quantity"] > 0).all()
    assert (cancelled["kind"] == "cancelled").all()


def test_reviews_say_what_their_rating_means(world):
    raw, truth = world
    reviews = raw["reviews"]
    tone = np.select([reviews["rating"] <= 2, reviews["rating"] == 3], [0, 1], 2)
    for language, openings in phrases.OPENINGS.items():
        for number, fragments in enumerate(openings):
            mine = reviews[(reviews["language"] == language) & (tone == number)]
            pattern = "|".join(
                text.replace("{0}", r".+").replace("?", r"\?") for text in fragments
            )
            assert len(mine) > 10
            assert mine["body"].str.match(f"(?:{pattern})").all()
    assert (reviews["language"] == "en").mean() > 0.8
    quality = truth["products"].set_index("product_id")["quality"]
    by_product = reviews.groupby("product_id")["rating"].mean()
    assert np.corrcoef(by_product, quality.reindex(by_product.index))[0, 1] > 0.9
    late = reviews["body"].str.contains("late|spät|retard|tard", regex=True)
    assert reviews["rating"][late].mean() < reviews["rating"][~late].mean() - 0.8


def test_late_deliveries_bring_tickets(world, purchases):
    raw, _ = world
    start = purchases["ordered_at"]
    tickets = raw["support_tickets"].rename(columns={"opened_at": "ordered_at"})
    asked = _bought(purchases, tickets, start, 14)
    late = purchases["is_late"].to_numpy()
    assert asked[late].mean() > 2 * asked[~late].mean()
    unhappy = raw["support_tickets"].groupby("topic")["satisfaction"].mean()
    assert unhappy["delivery"] < unhappy["general"]


def test_sessions_lead_to_orders(world, purchases):
    events = world[0]["web_events"]
    kinds = events.groupby("session_id")["event_type"].agg(list)
    assert kinds.str[0].eq("page_view").all()
    bought = kinds[kinds.str[-1] == "checkout"]
    assert 0.05 < len(bought) / len(kinds) < 0.6
    assert bought.str[-2].eq("add_to_cart").all()
    assert 0.1 < events["customer_id"].isna().mean() < 0.3
    checkout = events[events["event_type"] == "checkout"].dropna(subset="customer_id")
    follows = _bought(checkout, purchases, checkout["occurred_at"], 1 / 24)
    assert follows.all()
    # One cookie never belongs to two customers.
    named = events.dropna(subset="customer_id")
    assert named.groupby("anonymous_id")["customer_id"].nunique().max() == 1


# ---------------------------------------------------------------------- oracle

ANCHORS = ["2023-03-01", "2024-01-01", "2024-06-01", "2024-10-01"]
HORIZON = 90


def at_anchor(world, purchases, anchor):
    """Return the customers with a purchase before an anchor, and their future."""
    anchor = pd.Timestamp(anchor)
    before = purchases[purchases["ordered_at"] < anchor]
    last = before.groupby("customer_id")["ordered_at"].max()
    customers = world[1]["customers"]
    customers = customers[customers["customer_id"].isin(last.index)]
    last = last.reindex(customers["customer_id"]).to_numpy()
    # Own purchases: the oracle does not know of messages to come.
    ahead = purchases[
        (purchases["ordered_at"] >= anchor)
        & (purchases["ordered_at"] < anchor + pd.Timedelta(days=HORIZON))
        & (purchases["kind"] == "purchase")
    ]
    return customers, last, anchor, ahead


@pytest.mark.parametrize("anchor", ANCHORS)
def test_the_oracle_is_calibrated_on_the_world(world, purchases, anchor):
    """Of those given p, a share p churns.

    Tolerance per bin: 4 SE of a share of n independent customers, plus 0.015
    for messages sent between last purchase and anchor, which the oracle does
    not know: silence after a message speaks a little more for death.
    """
    customers, last, anchor, ahead = at_anchor(world, purchases, anchor)
    season = world[1]["seasonality"]
    p = oracle.churn_probability(customers, last, anchor, HORIZON, season)
    churned = ~customers["customer_id"].isin(ahead["customer_id"]).to_numpy()
    error = (p * (1 - p)).sum() ** 0.5 / len(p)
    assert abs(churned.mean() - p.mean()) < 4 * error + 0.005
    bins = np.digitize(p, [0.2, 0.4, 0.6, 0.8, 0.95])
    for number in range(6):
        mine = bins == number
        assert mine.sum() > 300
        error = (p[mine] * (1 - p[mine])).sum() ** 0.5 / mine.sum()
        assert abs(churned[mine].mean() - p[mine].mean()) < 4 * error + 0.015

    # Knowing the own rates must beat knowing recency alone.
    recency = anchor.to_datetime64() - last
    assert roc_auc_score(churned, p) > roc_auc_score(churned, recency) + 0.02

    expected = oracle.expected_purchases(customers, last, anchor, HORIZON, season)
    count = ahead["customer_id"].isin(customers["customer_id"]).sum()
    # Counts spread more than a Poisson, since life and death are shared by a
    # customer's purchases: variance at most about doubles.
    assert abs(count - expected.sum()) < 4 * (2 * expected.sum()) ** 0.5
    spend = oracle.expected_spend(customers, last, anchor, HORIZON, season)
    known = ahead[ahead["customer_id"].isin(customers["customer_id"])]
    error = (known["value"] ** 2).sum() ** 0.5
    assert abs(known["value"].sum() - spend.sum()) < 4 * error


def test_the_oracle_agrees_with_simulated_lives():
    """A brute-force simulation of one seasonal customer, by rejection."""
    season = pd.DataFrame(
        {
            "date": np.datetime64("2022-01-01") + np.arange(400),
            "multiplier": 1 + 0.6 * np.sin(np.arange(400) / 20),
        }
    )
    customer = pd.DataFrame(
        {
            "purchase_rate": [6.0],
            "dropout_rate": [3.0],
            "seasonality_strength": [1.2],
            "message_uplift": [0.3],
            "mean_order_value": [10.0],
        }
    )
    last, anchor, horizon = np.datetime64("2022-01-11T12:00:00"), "2022-03-02", 45
    rng = np.random.default_rng(3)
    n, start, middle, end = 200_000, 10.5, 60.0, 105.0
    death = start + rng.exponential(365.25 / 3.0, n)
    days = np.arange(400)
    daily = 6.0 / 365.25 * (1 + 1.2 * (season["multiplier"].to_numpy() - 1))
    weight = np.clip(np.minimum(days + 1, end) - np.maximum(days, start), 0, 1)
    count = rng.poisson((daily * weight).sum(), n)
    owner = np.repeat(np.arange(n), count)
    chance = (daily * weight).cumsum() / (daily * weight).sum()
    day = np.searchsorted(chance, rng.random(len(owner)))
    time = np.maximum(day, start) + rng.random(len(owner)) * weight[day]
    real = time < death[owner]
    silent = np.ones(n, dtype=bool)
    silent[owner[real & (time < middle)]] = False
    later = np.bincount(owner[real & (time >= middle)], minlength=n)
    m = silent.sum()

    arguments = (customer, [last], anchor)
    alive = oracle.alive_probability(*arguments, season)[0]
    churn = oracle.churn_probability(*arguments, horizon, season)[0]
    count = oracle.expected_purchases(*arguments, horizon, season)[0]
    effect = oracle.message_effect(*arguments, horizon, season)[0]
    spend = oracle.expected_spend(*arguments, horizon, season)[0]
    near = 4 * 0.5 / m**0.5
    assert m > 20_000
    assert alive == pytest.approx((death[silent] > middle).mean(), abs=near)
    assert churn == pytest.approx((later[silent] == 0).mean(), abs=near)
    wide = 4 * later[silent].std() / m**0.5
    assert count == pytest.approx(later[silent].mean(), abs=wide)
    assert spend == pytest.approx(10 * count)
    lucky = (rng.random(n) < 0.3) & (death > middle) & (later == 0)
    assert effect == pytest.approx(lucky[silent].mean(), abs=near)


rates = st.floats(0.05, 30)


@settings(max_examples=60, deadline=None)
@given(rates, rates, st.floats(0, 1000), st.integers(1, 300))
def test_the_oracle_without_season_is_the_textbooks(buying, dying, silence, horizon):
    """Schmittlein, Morrison and Colombo (1987), with known rates."""
    season = pd.DataFrame(
        {
            "date": np.datetime64("2020-01-01") + np.arange(1_400),
            "multiplier": np.linspace(0.5, 1.5, 1_400),
        }
    )
    customer = pd.DataFrame(
        {
            "purchase_rate": [buying],
            "dropout_rate": [dying],
            "seasonality_strength": [0.0],
        }
    )
    anchor = np.datetime64("2022-12-01T00:00:00")
    seconds = np.timedelta64(round(silence * 86_400), "s")
    arguments = (customer, [anchor - seconds], anchor)
    both, h = (buying + dying) / 365.25, horizon
    odds = dying / (buying + dying) * np.expm1(both * silence)
    alive = oracle.alive_probability(*arguments, season)[0]
    assert alive == pytest.approx(1 / (1 + odds), rel=1e-3, abs=1e-12)
    silent = np.exp(-both * h) + dying / (buying + dying) * -np.expm1(-both * h)
    churn = oracle.churn_probability(*arguments, h, season)[0]
    assert churn == pytest.approx(1 - alive * (1 - silent), abs=1e-9)
    count = oracle.expected_purchases(*arguments, h, season)[0]
    expected = alive * buying / dying * -np.expm1(-dying * h / 365.25)
    assert count == pytest.approx(expected, rel=1e-9)
    longer = oracle.churn_probability(*arguments, h + 1, season)[0]
    assert 0 <= longer <= churn <= 1


def test_the_oracle_says_what_it_cannot_know(world):
    truth = world[1]
    customers, season = truth["customers"].head(2), truth["seasonality"]
    last = np.array(["2023-01-01T10:00:00", "NaT"], dtype="datetime64[s]")
    p = oracle.churn_probability(customers, last, "2023-02-01", 30, season)
    assert 0 < p[0] < 1
    assert np.isnan(p[1])
    with pytest.raises(ValueError, match="after the anchor"):
        oracle.churn_probability(customers, last, "2022-12-01", 30, season)
    with pytest.raises(ValueError, match="horizon lies outside"):
        oracle.churn_probability(customers, last, "2025-01-01", 900, season)
    with pytest.raises(ValueError, match="anchor lies outside"):
        oracle.alive_probability(customers, last, "2031-01-01", season)
    with pytest.raises(ValueError, match="one row per day"):
        oracle.alive_probability(customers, last, "2023-02-01", season[::2])

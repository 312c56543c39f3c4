from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
import pytest

from segmentation.estimators import (
    DecisionTreeClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from segmentation.frames import conform
from segmentation.tree_nodes import NODES_SCHEMA
from segmentation.trees import Forest

NAMES = ("recency", "frequency", "amount", "gap", "noise")


def sample(count=3_000, seed=1, gaps=0.15):
    """Return values with gaps, and what drives the targets."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(count, len(NAMES)))
    drive = values[:, 0] + values[:, 1] * values[:, 2] + np.sin(3 * values[:, 3])
    values[rng.random(values.shape) < gaps] = np.nan
    return pd.DataFrame(values, columns=NAMES), drive


def targets(drive, seed=2):
    """Return a class, a count, a positive number and a number for each row."""
    rng = np.random.default_rng(seed)
    return {
        "log_loss": rng.random(len(drive)) < 1 / (1 + np.exp(-drive)),
        "poisson": rng.poisson(np.exp(drive / 3)),
        "gamma": rng.gamma(2, np.exp(drive / 3)),
        "squared_error": drive,
    }


def fitted(loss="log_loss", count=3_000, **settings):
    values, drive = sample(count)
    settings = {"max_iter": 40, "max_leaf_nodes": 8, "random_state": 0} | settings
    if loss == "log_loss":
        model = HistGradientBoostingClassifier(**settings)
    else:
        model = HistGradientBoostingRegressor(loss=loss, **settings)
    return model.fit(values.to_numpy(), targets(drive)[loss])


def forest(loss="log_loss", **settings):
    return Forest.from_boosting(fitted(loss, **settings), NAMES)


def decision_tree(count=2_000, **settings):
    values, drive = sample(count)
    model = DecisionTreeClassifier(random_state=0, **settings)
    return model.fit(values.to_numpy(), targets(drive)["log_loss"])


def stored(forest):
    """Write nodes and read them back, shuffled."""
    table = conform(forest.nodes(), NODES_SCHEMA)
    assert table.schema == NODES_SCHEMA
    return table.to_pandas().sample(frac=1, random_state=3)


def read_back(forest):
    return Forest.from_nodes(stored(forest), forest.features)


def shapley_values(forest, row):
    """Return the Shapley values of one row, from their definition."""
    nodes = dict(list(forest.nodes().groupby("tree")))
    nodes = {tree: rows.set_index("node") for tree, rows in nodes.items()}

    def expected(rows, known, node=0):
        at = rows.loc[node]
        if pd.isna(at["feature"]):
            return at["value"]
        if at["feature"] in known:
            value = row[at["feature"]]
            left = at["missing_goes_left"] if np.isnan(value) else None
            left = value <= at["threshold"] if left is None else left
            return expected(rows, known, at["left"] if left else at["right"])
        return np.average(
            [expected(rows, known, at[side]) for side in ("left", "right")],
            weights=[rows.loc[at[side], "cover"] for side in ("left", "right")],
        )

    def worth(known):
        return sum(expected(rows, known) for rows in nodes.values())

    width = len(forest.features)
    contributions = []
    for feature in forest.features:
        others = [other for other in forest.features if other != feature]
        contributions.append(
            sum(
                (worth({*known, feature}) - worth(known))
                / (width * comb(width - 1, size))
                for size in range(width)
                for known in map(set, combinations(others, size))
            )
        )
    return worth(set()), np.array(contributions)


def single(value, right_of=False):
    """Return the next single-precision number above a value, or the one below."""
    rounded = np.float32(value)
    if (rounded > value) != right_of:
        rounded = np.nextafter(rounded, np.float32(np.inf if right_of else -np.inf))
    return float(rounded)


# These also read private attributes of scikit-learn: a release that changes them fails
# here.
@pytest.mark.parametrize("max_leaf_nodes", [2, 8, 31])
@pytest.mark.parametrize(
    ("loss", "margin"),
    [
        ("log_loss", lambda model, values: model.decision_function(values)),
        ("poisson", lambda model, values: np.log(model.predict(values))),
        ("gamma", lambda model, values: np.log(model.predict(values))),
        ("squared_error", lambda model, values: model.predict(values)),
    ],
)
def test_the_margin_of_boosted_trees_is_scikit_learns(loss, margin, max_leaf_nodes):
    model = fitted(loss, max_leaf_nodes=max_leaf_nodes)
    values, _ = sample(20_000, seed=5)
    values.iloc[0] = np.inf
    values.iloc[1] = -np.inf
    values.iloc[2] = np.nan
    ours = Forest.from_boosting(model, NAMES).margin(values)
    np.testing.assert_allclose(ours, margin(model, values.to_numpy()), atol=1e-12)


def test_a_value_on_a_threshold_goes_where_scikit_learn_sends_it():
    model = fitted()
    thresholds = forest().nodes().dropna(subset="threshold")
    rows = [
        {row.feature: value}
        for row in thresholds.itertuples()
        for value in (
            row.threshold,
            np.nextafter(row.threshold, np.inf),
            np.nextafter(row.threshold, -np.inf),
        )
    ]
    values = pd.DataFrame(rows, columns=NAMES).fillna(0.1)
    np.testing.assert_allclose(
        forest().margin(values), model.decision_function(values.to_numpy()), atol=1e-12
    )


def test_where_missing_alone_is_split_off_infinity_is_not_missing():
    values = np.array([[1.0], [2.0], [np.nan], [3.0]] * 100)
    model = HistGradientBoostingClassifier(max_iter=3).fit(
        values, np.isnan(values[:, 0])
    )
    ours = Forest.from_boosting(model, ["x"])
    assert np.isinf(ours.nodes()["threshold"]).any()
    values = np.append(values, [[np.inf], [-np.inf]], axis=0)
    np.testing.assert_allclose(
        read_back(ours).margin(pd.DataFrame(values, columns=["x"])),
        model.decision_function(values),
        atol=1e-12,
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"max_depth": 3},
        {"max_leaf_nodes": 12},
        {"max_depth": 12},
        {"max_depth": 4, "class_weight": "balanced"},
    ],
)
def test_the_margin_of_a_decision_tree_is_its_smoothed_log_odds(settings):
    model = decision_tree(**settings)
    train, drive = sample(2_000)
    labels = targets(drive)["log_loss"]
    weight = np.ones(len(labels))
    if "class_weight" in settings:
        weight = len(labels) / 2 / np.where(labels, labels.sum(), (~labels).sum())
    leaf = pd.Series(model.apply(train.to_numpy()))
    churned = (weight * labels + 0.0 * leaf).groupby(leaf).sum() + 1
    rate = churned / (pd.Series(weight).groupby(leaf).sum() + 2)

    values, _ = sample(20_000, seed=5)
    expected = rate.loc[model.apply(values.to_numpy())].to_numpy()
    ours = read_back(Forest.from_decision_tree(model, NAMES)).margin(values)
    np.testing.assert_allclose(1 / (1 + np.exp(-ours)), expected, atol=1e-12)


@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e8])
def test_a_decision_tree_compares_doubles_as_scikit_learn_its_rounded_ones(scale):
    train, drive = sample(2_000)
    train = train * scale
    labels = targets(drive)["log_loss"]
    model = DecisionTreeClassifier(max_depth=6, random_state=0)
    model.fit(train.to_numpy(), labels)
    # every leaf has its own value, so that no wrong leaf goes unseen
    ours = Forest.from_decision_tree(model, NAMES)
    nodes = ours.nodes()
    leaves = nodes["feature"].isna() & (nodes["tree"] == 1)
    nodes.loc[leaves, "value"] = nodes.loc[leaves, "node"].astype(float)
    nodes.loc[nodes["tree"] == 0, "value"] = 0.0
    ours = Forest.from_nodes(nodes, NAMES)

    theirs = model.tree_
    rows = []
    # a threshold is infinite where missing values alone are split off
    for node in np.flatnonzero(
        (theirs.children_left >= 0) & np.isfinite(theirs.threshold)
    ):
        feature = NAMES[theirs.feature[node]]
        threshold = theirs.threshold[node]
        below, above = single(threshold), single(threshold, right_of=True)
        middle = (below + above) / 2
        for value in (threshold, below, above, middle):
            for near in (value, np.nextafter(value, 1e30), np.nextafter(value, -1e30)):
                rows += [{**train.iloc[start], feature: near} for start in (0, 7, 8)]
    values = pd.DataFrame(rows, columns=NAMES)
    np.testing.assert_array_equal(ours.margin(values), model.apply(values.to_numpy()))


@pytest.mark.parametrize("loss", ["log_loss", "poisson", "squared_error"])
def test_nodes_come_back_from_a_table_in_any_order(loss):
    ours = forest(loss)
    values, _ = sample(500, seed=6)
    again = read_back(ours)
    np.testing.assert_array_equal(again.margin(values), ours.margin(values))
    np.testing.assert_array_equal(
        again.contributions(values), ours.contributions(values)
    )
    assert again.base_value == ours.base_value
    pd.testing.assert_frame_equal(again.nodes(), ours.nodes())
    assert list(ours.nodes()) == NODES_SCHEMA.names


def test_nodes_are_null_where_a_leaf_has_nothing_and_means_of_their_leaves():
    nodes = conform(forest().nodes(), NODES_SCHEMA).to_pandas()
    leaf = nodes["feature"].isna()
    split = ["threshold", "missing_goes_left", "left", "right"]
    assert nodes.loc[leaf, split].isna().all(axis=None)
    assert nodes.loc[~leaf, split].notna().all(axis=None)
    weighted = nodes["value"] * nodes["cover"]
    sums = weighted[leaf].groupby(nodes["tree"]).sum()
    roots = nodes[nodes["node"] == 0].set_index("tree")
    np.testing.assert_allclose(roots["value"], sums / roots["cover"])
    assert leaf[nodes["tree"] == 0].sum() == 1


def test_nodes_that_are_missing_or_doubled_are_refused():
    nodes = forest().nodes()
    with pytest.raises(ValueError, match="missing or doubled"):
        Forest.from_nodes(nodes.drop(index=5))
    with pytest.raises(ValueError, match="missing or doubled"):
        Forest.from_nodes(pd.concat([nodes, nodes.tail(1)]))
    with pytest.raises(ValueError, match="trees missing"):
        Forest.from_nodes(nodes[nodes["tree"] > 0])
    with pytest.raises(ValueError, match="trees missing"):
        Forest.from_nodes(nodes.head(0))
    with pytest.raises(ValueError, match="recency"):
        Forest.from_nodes(nodes, NAMES[1:])


@pytest.mark.parametrize("loss", ["log_loss", "poisson"])
@pytest.mark.parametrize("max_leaf_nodes", [4, 14])
def test_contributions_are_shapley_values(loss, max_leaf_nodes):
    # a tree of 14 leaves on 5 features splits a feature twice on a path
    ours = forest(loss, max_iter=2, max_leaf_nodes=max_leaf_nodes)
    values, _ = sample(8, seed=7, gaps=0.3)
    contributions = ours.contributions(values)
    for position, (_, row) in enumerate(values.iterrows()):
        base, expected = shapley_values(ours, row)
        np.testing.assert_allclose(contributions[position], expected, atol=1e-12)
        np.testing.assert_allclose(ours.base_value, base, atol=1e-12)


def test_contributions_of_a_feature_that_is_split_twice_on_a_path():
    nodes = pd.DataFrame(
        [
            (0, 0, None, np.nan, None, None, None, 0.5, 10),
            (1, 0, "x", 2.0, True, 1, 4, 0.0, 10),
            (1, 1, "x", 1.0, False, 2, 3, 0.0, 6),
            (1, 2, None, np.nan, None, None, None, 3.0, 1),
            (1, 3, None, np.nan, None, None, None, -1.0, 5),
            (1, 4, "y", 0.0, False, 5, 6, 0.0, 4),
            (1, 5, None, np.nan, None, None, None, 7.0, 3),
            (1, 6, None, np.nan, None, None, None, -2.0, 1),
        ],
        columns=NODES_SCHEMA.names,
    )
    # the inner nodes' means, from the bottom
    nodes.loc[2, "value"] = (3 - 5) / 6
    nodes.loc[5, "value"] = (21 - 2) / 4
    nodes.loc[1, "value"] = (3 - 5 + 21 - 2) / 10
    ours = Forest.from_nodes(nodes)
    values = pd.DataFrame(
        {"x": [0, 1, 1.5, 3, np.nan], "y": [0, 1, np.nan, -1, np.nan]}
    )
    assert ours.base_value == 0.5 + 1.7
    np.testing.assert_allclose(ours.margin(values), [3.5, 3.5, -0.5, 7.5, -0.5])
    for position, (_, row) in enumerate(values.iterrows()):
        _, expected = shapley_values(ours, row)
        np.testing.assert_allclose(
            ours.contributions(values)[position], expected, atol=1e-12
        )


@pytest.mark.parametrize("max_leaf_nodes", [8, 31])
def test_contributions_sum_to_the_margin(max_leaf_nodes):
    ours = forest(max_iter=100, max_leaf_nodes=max_leaf_nodes)
    values, _ = sample(20_000, seed=8)
    margin = ours.margin(values)
    summed = ours.base_value + ours.contributions(values).sum(axis=1)
    np.testing.assert_allclose(summed, margin, atol=1e-9)
    # rows are explained alike, whatever chunk they are in
    part = values.iloc[9_000:9_010]
    np.testing.assert_array_equal(ours.margin(part), margin[9_000:9_010])


def test_tables_that_are_split_hold_the_same_leaves(monkeypatch):
    values, _ = sample(500, seed=9)
    whole = forest(max_leaf_nodes=9)
    parted = forest(max_leaf_nodes=9)
    assert len(whole._lookups) == len(whole.trees) - 1
    monkeypatch.setattr("segmentation.tree_lookups.MAX_CELLS", 1)
    assert len(parted._lookups) == 9 * len(whole._lookups)
    np.testing.assert_allclose(parted.margin(values), whole.margin(values), atol=1e-12)
    np.testing.assert_allclose(
        parted.contributions(values), whole.contributions(values), atol=1e-12
    )


def test_a_path_with_too_many_features_is_refused(monkeypatch):
    monkeypatch.setattr("segmentation.tree_lookups.MAX_CELLS", 1)
    monkeypatch.setattr("segmentation.tree_lookups.MAX_PATH_FEATURES", 2)
    values, _ = sample(10)
    assert np.isfinite(forest(max_depth=2).margin(values)).all()
    with pytest.raises(ValueError, match="bound the depth"):
        read_back(forest()).margin(values)


def test_trees_of_a_single_leaf_are_constants():
    values, _ = sample(50)
    model = fitted(min_samples_leaf=2_000)
    boosted = read_back(Forest.from_boosting(model, NAMES))
    expected = model.decision_function(values.to_numpy())
    np.testing.assert_allclose(boosted.margin(values), expected, atol=1e-12)
    np.testing.assert_allclose(boosted.base_value, expected[0])
    assert not boosted.contributions(values).any()
    leaf = DecisionTreeClassifier(min_samples_leaf=60)
    leaf.fit(sample(100)[0].to_numpy(), np.arange(100) < 20)
    single_leaf = read_back(Forest.from_decision_tree(leaf, NAMES))
    np.testing.assert_allclose(single_leaf.margin(values), np.log(21 / 81))
    assert not single_leaf.contributions(values).any()


def test_no_rows_have_no_margins():
    values, _ = sample(0)
    assert forest().margin(values).shape == (0,)
    assert forest().contributions(values).shape == (0, len(NAMES))


@pytest.mark.parametrize("slope", [0.7, 0.0, -2.0])
def test_a_calibration_is_folded_in(slope):
    ours = forest()
    values, _ = sample(500, seed=10)
    scaled = read_back(ours.scaled(slope, 0.3))
    np.testing.assert_allclose(
        scaled.margin(values), 0.3 + slope * ours.margin(values), atol=1e-12
    )
    # as it was fitted, too, before it is stored
    np.testing.assert_allclose(
        ours.scaled(slope, 0.3).margin(values), scaled.margin(values)
    )
    np.testing.assert_allclose(scaled.base_value, 0.3 + slope * ours.base_value)
    np.testing.assert_allclose(
        scaled.contributions(values), slope * ours.contributions(values), atol=1e-12
    )


def test_a_feature_no_tree_uses_contributes_nothing_and_need_not_be_there():
    train, drive = sample()
    train["noise"] = 1.0
    model = HistGradientBoostingClassifier(max_iter=5).fit(
        train.to_numpy(), targets(drive)["log_loss"]
    )
    ours = Forest.from_boosting(model, NAMES)
    values = train.drop(columns="noise")
    assert not ours.contributions(values)[:, NAMES.index("noise")].any()
    by_default = Forest.from_nodes(stored(ours))
    assert by_default.features == tuple(sorted(NAMES[:-1]))
    np.testing.assert_array_equal(by_default.margin(values), ours.margin(values))
    np.testing.assert_allclose(
        by_default.contributions(values),
        ours.contributions(values)[:, [NAMES.index(n) for n in by_default.features]],
        atol=1e-12,
    )


def test_models_without_a_single_margin_or_with_categories_are_refused():
    values, drive = sample(600)
    three = np.digitize(drive, [-1, 1])
    boosted = HistGradientBoostingClassifier(max_iter=2)
    with pytest.raises(ValueError, match="two classes"):
        Forest.from_boosting(boosted.fit(values.to_numpy(), three), NAMES)
    with pytest.raises(ValueError, match="two classes"):
        Forest.from_decision_tree(
            DecisionTreeClassifier(max_depth=2).fit(values.to_numpy(), three), NAMES
        )
    coded = values.fillna(0).round().abs().to_numpy()
    boosted.set_params(categorical_features=[0]).fit(coded, drive > 0)
    with pytest.raises(ValueError, match="categorical"):
        Forest.from_boosting(boosted, NAMES)
    with pytest.raises(ValueError, match="4 names for the 5 features"):
        Forest.from_boosting(fitted(), NAMES[:4])

"""Break the library on purpose, one place at a time, and see whether a test notices.

`make mutants` runs the whole table, in about a quarter of an hour of one core;
`python tests/mutants.py clusters` runs the rows whose file or text has that word. Each
mutant is made in a copy of the library, so nothing here is ever edited. A row is killed
if a test fails, and has survived if all pass: then a test is missing, or the row belongs
in `EQUIVALENT`, with the reason.

Run it after you have changed a formula or its tests. A row whose text is gone from its
file is reported as stale: give it the new text, or delete it.
"""

import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("JOBLIB_MULTIPROCESSING", "0")

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "src" / "segmentation"
TESTS = ROOT / "tests" / "python" / "library"
SECONDS = 300  # a mutant that takes longer than that has hung, and counts as killed

# file of the library, tests: pairs of what is there and what it becomes
TABLE: dict[tuple[str, str], list[tuple[str, str]]] = {
    ("transforms.py", "test_transforms"): [
        ("np.copysign(np.log1p(np.abs(values)), values)", "np.log1p(np.abs(values))"),
        ("np.log1p(np.abs(values))", "np.log(1e-9 + np.abs(values))"),
        ("values[np.isinf(values)] = np.nan", "pass"),
    ],
    ("linear.py", "test_linear"): [
        ("standardised / scale.deviation", "standardised * scale.deviation"),
        ("intercept - weights @ scale.mean", "intercept + weights @ scale.mean"),
        ("(middle + upper) / 2", "middle"),
        ("known // 2, len", "known // 2 + 1, len"),
        ("self.intercept + float", "float"),
        ("filled.sum(axis=0) / n", "filled.sum(axis=0) / known"),
        ("np.where(np.isnan(values), self.fill, values)", "np.nan_to_num(values)"),
        ('rows.loc[rows["feature"] == INTERCEPT, "weight"] += intercept', "pass"),
        ('rows[["weight", "standardised_weight"]] *= slope', "pass"),
        ('.sort_values("feature", kind="stable")', ""),
        ("away * terms[", "-away * terms["),
    ],
    ("clusters/measures.py", "test_cluster_measures"): [
        ("inside = labels != NOISE", "inside = labels >= NOISE"),
        ("sizes[sizes > 0].min() / len(labels)", "sizes[sizes > 0].min() / sizes.sum()"),
        ("np.mean(labels == NOISE)", "np.mean(labels != NOISE)"),
        ("together = both - len(rows)", "together = both"),
        ("if not with_copies:", "if with_copies:"),
        ("rng = np.random.default_rng(seed)", "rng = np.random.default_rng()"),
        ("float(min(shares))", "float(np.mean(shares))"),
        ("* (len(members) - 1)", "* len(members)"),
        ("mean = learned_actual.mean()", "mean = actual.mean()"),
        ("float(1 - ((actual - means[labels])", "float(((actual - means[labels])"),
    ],
    ("clusters/alignment.py", "test_cluster_alignment"): [
        ("theirs.sum(axis=0) - shared", "theirs.sum(axis=0)"),
        ("shared >= min_overlap", "shared > min_overlap"),
        ("shift <= max_shift", "shift < max_shift"),
        ("np.exp(-(shift**2) / 2)", "np.exp(shift**2 / 2)"),
        ("maximize=True", "maximize=False"),
        ("highest_id + 1 + place", "1 + place"),
        ("agreement < min_agreement", "agreement <= min_agreement"),
        ("/ max(len(shared), 1)", ""),
        ("pairs = dict(held or {})", "pairs = {}"),
    ],
    ("clusters/confidence.py", "test_cluster_alignment"): [
        ("(2 * dispersion)", "dispersion"),
        ("(nearest - scores)", "(scores - nearest)"),
        ("np.where(labels == NOISE, np.nan, own)", "own"),
    ],
    ("clusters/encoding.py", "test_clusters test_cluster_methods test_cluster_fits"): [
        ("scores.argmin(axis=1)", "scores.argmax(axis=1)"),
        ("> self.max_distance", "< self.max_distance"),
        ("away**2", "np.abs(away)"),
        ("scale / list(weights_of(features).values())", "scale"),
        ("offset - 2 * np.log(ratio).sum()", "offset"),
        ("* ratio**2", "* ratio"),
        (".fillna(0).to_numpy()", ".fillna(1).to_numpy()"),
    ],
    ("clusters/lloyd.py", "test_cluster_lloyd"): [
        ("-2 * centres", "-centres"),
        ("np.minimum(nearest[:, None], after, out=after)", "pass"),
        ("best = after.sum(axis=2).argmin(axis=1)", "best = 0 * each"),
        ("centres[cost.argmin()]", "centres[0]"),
        ("tried = np.minimum(tried, count - 1)", "tried = np.minimum(tried, count)"),
    ],
    ("clusters/methods.py", "test_cluster_methods test_clusters"): [
        ("- 2 * np.log(fitted.weights_)", "- np.log(fitted.weights_)"),
        ("sizes[:, None] * sizes / (sizes", "sizes / (sizes"),
        ("* sizes[gone] / both", "/ 2"),
        ("ascending=False", "ascending=True"),
        ("counts.sum() / others / 2", "counts.sum() / others"),
        ("random_state=int(rng.integers(2**31))", "random_state=None"),
        ("& (means[:, group] > 0)", ""),
        ("/ points.shape[1]\n", "\n"),
        ('customers = sorted_by_key(customers, "customer_id")', "pass"),
        ("fitted.probabilities_ >= 0.5", "fitted.probabilities_ >= 0.0"),
    ],
    ("clusters/evidence.py", "test_cluster_evidence"): [
        ("points[half][1 - half]", "points[half][half]"),
        ("order[:middle], order[middle:]", "order[:middle], order[:middle]"),
        ('row["silhouette"])', 'row["stability_ari"])'),
        ("-row[", "row["),
        ("now > before + CLEARLY", "now > before"),
        ("np.sign(values) * np.log1p(abs(values))", "np.log1p(abs(values))"),
        ('row["noise_share"] > MAX_NOISE', 'row["noise_share"] < MAX_NOISE'),
        ("MIN_SHARE = 0.03", "MIN_SHARE = 0.02"),
        ("MIN_STABILITY = 0.75", "MIN_STABILITY = 0.7"),
        ("[:most]", "[: most + 1]"),
        ("np.random.default_rng(seed).permutation(len(customers))[:most]",
         "np.arange(len(customers))[:most]"),
    ],
    ("clusters/schedule.py", "test_cluster_fits"): [
        ("(moment - last).days >= settings", "(moment - last).days > settings"),
        ("row.count_customers >= settings", "row.count_customers > settings"),
        ("abs(ages[m] - QUARTER_DAYS)", "ages[m]"),
        ("found.append((newest, scoring))", "found.append((newest, newest))"),
        ("if weight > 0}", "if weight >= 0}"),
        ("(fit_date - moment).days", "(moment - fit_date).days"),
    ],
    ("clusters/naming.py", "test_cluster_fits"): [
        ("if deviation > 0 else low", "if deviation < 0 else low"),
        ("key=lambda row: -abs(row[2])", "key=lambda row: abs(row[2])"),
        ("abs(row[2]) >= at_least", "row[2] >= at_least"),
        ("abs(deviation) >= STRONG", "deviation >= STRONG"),
    ],
    ("clusters/centres.py", "test_cluster_fits"): [
        ("at * encoding.scale + encoding.mean", "at * encoding.scale"),
        ("(at - mean) / scale", "at - mean"),
        ("(at - points.mean(axis=0)) / spread", "at / spread"),
    ],
    ("stickiness.py", "test_stickiness"): [
        ('"days_since_last_order": True', '"days_since_last_order": False'),
        ("np.where(is_less_better, down_pct, up_pct)",
         "np.where(is_less_better, up_pct, down_pct)"),
        ("seen > high, 1", "seen >= high, 1"),
        ("seen <= low, 0", "seen < low, 0"),
        ("passed[~here] = ABSENT", "pass"),
        ("CUTS + by", "CUTS - by"),
        ("self.known[step][by] = np.percentile(values, CUTS + by, axis=0)",
         "self.known[step][by] = np.percentile(values[:, :1], CUTS + by, axis=0)"
         " * np.ones(3)"),
        ("(stays - rate * counts) ** 2", "(stays - rate) ** 2"),
        ("rate + 1.959964 * error", "rate + 1.644854 * error"),
        ("rate - 1.959964 * error", "rate - 1.644854 * error"),
        ("(back == before[:, :-1])", "(back != before[:, :-1])"),
        ("flips.sum() / trios", "flips.sum() / total"),
        ("ends[step] - ends[began[rows]]", "ends[step] - ends[0]"),
        ("2 * days[-1] - days[-2]", "days[-1]"),
        ("(now != ABSENT) & (before != ABSENT)\n            began",
         "(now != ABSENT)\n            began"),
        ('customers["count_orders"] > 0', 'customers["count_orders"] >= 0'),
        ("len(CUTS) - scores, scores", "scores, scores"),
        (">= MAX_LAG_DAYS", "> MAX_LAG_DAYS"),
        ('(held == plain)[plain != ABSENT]', '(held == plain)'),
        ("cells[score].to_numpy(int) - 1", "5 - cells[score].to_numpy(int)"),
    ],
    ("rules.py", "test_rules"): [
        ("MIN_SHARE = 0.01", "MIN_SHARE = 0.015"),
        ("seen.astype(np.float32) <=", "seen.astype(np.float32) <"),
        ("below < bound <= above", "below <= bound <= above"),
        ("accuracy >= best - error", "accuracy >= best - 3 * error"),
        ("accuracy >= best - error", "accuracy >= best"),
        ("right = _place(leaves, values[choose]) == segments[choose]",
         "right = _place(leaves, values[learn]) == segments[learn]"),
        ("(values[:, feature] < high)", "(values[:, feature] <= high)"),
        (".fit(values[learn], segments[learn])",
         ".fit(values[learn | choose], segments[learn | choose])"),
        (".hexdigest()[-1]", ".hexdigest()[0]"),
        ('if digit in "0123456789"', 'if digit in "0123456789abc"'),
        ('customers = sorted_by_key(customers, "customer_id")', "pass"),
        ("bounds | {feature: (bound, high)}", "bounds | {feature: (bound, np.inf)}"),
    ],
    ("lookalikes.py", "test_lookalikes"): [
        ("BANDWIDTH**2", "BANDWIDTH"),
        ("kernel *= self.weights", "pass"),
        ("ours / (ours + dense + _NOTHING)", "ours / (dense + _NOTHING)"),
        ("found = found[found[\"similarity\"] >= cut]",
         "found = found[found[\"similarity\"] > cut]"),
        ("ascending=[False, True]", "ascending=[False, False]"),
        ("apart.argmin(axis=1)", "apart.argmax(axis=1)"),
        ("apart.min(axis=1) / len(features)", "apart.min(axis=1)"),
        ("(2 * self.count)", "self.count"),
        ("(below + not_above + 1) / 2", "(below + not_above) / 2"),
        ("rank < len(self.scores)", "rank <= len(self.scores)"),
        ("members[~is_held_out], members[is_held_out]", "members, members[is_held_out]"),
        ("1 if np.median(learned[SPEND]) >= usual", "1 if np.median(learned[SPEND]) <= usual"),
        ("return ~lists.str", "return lists.str.len().notna() | lists.str"),
        ('f"|{self.list_id}|", regex', 'self.list_id, regex'),
        ("random_state=seed).fit(values)", "random_state=None).fit(values)"),
        ("counts / len(values))", "counts / most)"),
        ("len(members) >= MIN_SEEDS", "len(members) > MIN_SEEDS"),
    ],
    ("trees.py", "test_trees"): [
        ("(second + 1) / (first + 1)", "second / first"),
        ("value=slope * tree.value", "value=tree.value"),
        ("base.value + intercept", "base.value"),
        ("len(edges) + 1", "len(edges)"),
        ("first, second = fitted", "second, first = fitted"),
        ('sorted_by_key(nodes[NODES_SCHEMA.names], "tree", "node")', "nodes"),
        ("trees=(base, *trees), walk=None", "trees=(base, *trees)"),
    ],
    ("tree_nodes.py", "test_trees"): [
        ("bins <= np.searchsorted", "bins < np.searchsorted"),
        ("goes_left[-1] = self.missing_goes_left[node]", "goes_left[-1] = False"),
        ("self.cover[child] / self.cover[node]", "self.cover[node] / self.cover[child]"),
        ("part * share.get(feature, 1.0)", "part"),
        ("goes & met.get(feature, True)", "goes"),
        ("np.where(single > threshold, lower, single)", "single"),
        ("middle.astype(np.float32) <= threshold", "middle <= threshold"),
        ("means[one] * weights[one] + means[other] * weights[other]",
         "means[one] * weights[other] + means[other] * weights[one]"),
    ],
    ("tree_lookups.py", "test_trees"): [
        ("(self.met - share)", "(share - self.met)"),
        ("len(self.parts) // 2 + 1", "max(len(self.parts) // 2, 1)"),
        ("integral += weight * factor.prod(axis=1, keepdims=True) / factor",
         "integral += weight * factor.prod(axis=1, keepdims=True)"),
        ("shape[axis + 1 :]", "shape[axis:]"),
        ("self.met.all(axis=1)", "self.met.any(axis=1)"),
        ("share * (1 - point) + self.met * point",
         "share * point + self.met * (1 - point)"),
    ],
    ("evidence/metrics.py", "test_evidence"): [
        ("- negatives / 2", ""),
        ("found / np.maximum(ranked.size - ranked.below", "found / np.maximum(ranked.size"),
        ("taken = np.clip(share * ranked.size - above, 0, ranked.weights)",
         "taken = np.clip(share * ranked.size - above, 0, 1) * ranked.weights"),
        ("np.minimum(bins, count_bins - 1)", "np.minimum(bins, count_bins)"),
        ("ranked.size * ranked.totals.sum(axis=0)) - 1",
         "ranked.size * ranked.totals.sum(axis=0))"),
        ("- groups.sum(axis=0) / 2", ""),
        ("10 * top_share(ranked, 0.1)", "10 * top_share(ranked, 0.2)"),
        ("np.sqrt(ratio(squared, ranked.size))", "ratio(squared, ranked.size)"),
        ("ratio(expected, spent)", "ratio(spent, expected)"),
        ("top_share(ranked, 0.2),", "top_share(ranked, 0.25),"),
        ("found[\"mean_predicted_raw\"] = ratio(raw @ weights, ranked.size)",
         "found[\"mean_predicted_raw\"] = ratio(predicted @ weights, ranked.size)"),
        ("last + 1 - hits", "last - hits"),
        ("np.einsum(\"nb,nb,nb->b\", weights, y, y)", "np.einsum(\"nb,nb->b\", y, y)"),
        ("before = Ranked.of(actual, raw, weights)", "before = ranked"),
    ],
    ("evidence/bootstrap.py", "test_evidence"): [
        ("LEVEL = 0.95", "LEVEL = 0.9"),
        ("(1 - LEVEL) / 2, (1 + LEVEL) / 2", "(1 - LEVEL), (1 + LEVEL) / 2"),
        ("(1 - LEVEL) / 2, (1 + LEVEL) / 2", "(1 - LEVEL) / 2, LEVEL"),
        ("rng.integers(count_customers, size=count_customers)",
         "rng.permutation(count_customers)"),
        ("weights[origin.customers]", "weights[: len(origin.customers)]"),
        ("values + (point - known.mean())", "values"),
        ("rng = np.random.default_rng(seed)", "rng = np.random.default_rng()"),
        ("most = max(1, _CELLS // count_customers)", "most = bootstrap_samples + 1"),
    ],
    ("evidence/lift.py", "test_evidence"): [
        ("np.argsort(-predicted", "np.argsort(predicted"),
        ("10 * np.arange(n) // n + 1", "np.arange(n) // 10 + 1"),
        ("found.cumsum() / known", "found / known"),
        ("* count / known", "/ known"),
        ("actual_mean=(\"actual\", \"mean\")", "actual_mean=(\"predicted\", \"mean\")"),
    ],
    ("evidence/calibration.py", "test_evidence"): [
        ("_Z = 1.959963984540054", "_Z = 1.6448536269514722"),
        ("_Z**2 / (2 * count)", "_Z / (2 * count)"),
        ("ranked.predicted * ranked.weights[:, 0]", "ranked.predicted"),
        ("ranked.bins()[:, 0] + 1", "ranked.bins()[:, 0]"),
        ("(False, forecast.raw)", "(False, forecast.predicted)"),
    ],
    ("evidence/coverage.py", "test_evidence"): [
        ("1 - atom_share, actual", "atom_share, actual"),
        ("actual > upper", "actual >= upper"),
        ("actual >= lower", "actual > lower"),
        ("1 - below - above", "1 - above"),
    ],
    ("evidence/judgement.py", "test_evidence"): [
        ("sign = 1 if is_higher_better else -1\n        ours",
         "sign = 1\n        ours"),
        ("interval(values - others[metric])", "interval(values - value)"),
        ("float(value - beside)", "float(beside - value)"),
        ("lower = max(lower, 0.0)", "pass"),
        ("any(n not in at_origin", "all(n not in at_origin"),
    ],
    ("evidence/champion.py", "test_evidence"): [
        ("self.lower > 0", "self.difference > 0"),
        ("sign = 1 if is_higher_better else -1", "sign = 1"),
        ("-np.inf if np.isnan(score)", "np.inf if np.isnan(score)"),
        ("if incumbent not in contenders:", "if incumbent in contenders:"),
    ],
    ("evidence/predictions.py", "test_evidence"): [
        ('.sort_values("number", kind="stable")', ""),
        ("raw if np.isfinite(raw).all() else None", "raw if np.isfinite(raw).any() else None"),
    ],
    ("clv/summaries.py", "test_purchases"): [
        ('frame["day"] < end', 'frame["day"] <= end'),
        ("(end - 1 -", "(end -"),
        ('customers["purchases"] - 1', 'customers["purchases"]'),
        ('(days["amount"] > 0)', '(days["amount"] >= 0)'),
        ('(days["day"] > first)', '(days["day"] >= first)'),
        ('/ customers["x_valued"].where', '/ customers["purchases"].where'),
        ("np.log1p(t / origin)", "t / origin"),
        ("counts * t_x, counts * T", "t_x, T"),
        ("if size * len(values) >= 2**63:", "if False:"),
    ],
    ("clv/spend.py", "test_purchases"): [
        ("(counts * x * zbar).sum() / (counts * x).sum()", "(counts * zbar).sum() / counts.sum()"),
        ("model.q <= 1", "model.q <= 0"),
        ("mean * (q - 1) / p", "mean * q / p"),
        ("(x > 0) & (zbar > 0)", "(x >= 0) & (zbar > 0)"),
        ("maximum.mean_log_likelihood * buyers", "maximum.mean_log_likelihood"),
    ],
    ("clv/gammagamma.py", "test_purchases"): [
        ("+ self.q - 1)\n", "+ self.q)\n"),
        ("self.p * self.v / (self.q - 1)", "self.p * self.v / self.q"),
        ("(p * x - 1) * np.log(zbar)", "p * x * np.log(zbar)"),
        ("+ p * n * np.log(n)", ""),
    ],
    ("clv/value.py", "test_purchases"): [
        ("(ends + np.append(0.0, ends[:-1])) / 2", "ends"),
        ("** (-middles", "** (middles"),
        ("DAYS_PER_YEAR = 365.25", "DAYS_PER_YEAR = 360"),
        ("np.diff(by_end, axis=0, prepend=0.0)", "by_end"),
        ("worth * amount * margin", "worth * amount"),
        ("1 - buys)", "1 - alive)"),
        ("alive * by_end[-1][inverse]", "by_end[-1][inverse]"),
        ("buys = alive * buys[inverse]", "buys = buys[inverse]"),
        ("end / unit, some_x", "end, some_x"),
    ],
    ("clv/nbd.py", "test_purchases"): [
        ("(self.r + np.asarray(x)) / (self.alpha", "(self.r + np.asarray(x) + 1) / (self.alpha"),
        ("- (self.r + x) * np.log", "- self.r * np.log"),
    ],
    ("clv/beta_geometric.py", "test_purchases"): [
        ("np.maximum(tosses, 1) - 1)\n            +", "np.maximum(tosses, 1))\n            +"),
        ("** first", "** (1 - first)"),
        ("z = t / (self.alpha + T + t)", "z = t / (self.alpha + T)"),
        ("c / (a - 1) * (1 - stays)", "c / a * (1 - stays)"),
    ],
    ("clv/paretonbd.py", "test_purchases"): [
        ("if alpha >= beta:", "if alpha < beta:"),
        ("(1 - self.s) * logs", "(self.s - 1) * logs"),
        ("np.minimum(alive - total, 0.0)", "np.minimum(total - alive, 0.0)"),
        ("if self.s == 1:", "if False:"),
    ],
    ("clv/models.py", "test_purchases"): [
        ("np.where(np.asarray(x) > 0, T, 0.0)", "0.0 * T"),
        ("/ self.probability_alive(x, t_x, T), 1.0", ", 1.0"),
    ],
    ("clv/fit.py", "test_purchases"): [
        ("len(fit.parameter_names) - len(nbd.parameter_names)", "0"),
        ("(t_x > T).any()", "(t_x > T).all()"),
        ("fits[-1] = replace(fits[-1], is_served=True)", "pass"),
    ],
    ("learning/origins.py", "test_learning"): [
        ("n >= origin + self.gap", "n > origin"),
        ("n >= origin + self.gap", "n >= origin"),
        ("m >= n + self.gap", "m > n"),
        ("np.ceil(self.horizon_days / self.step_days)",
         "np.floor(self.horizon_days / self.step_days)"),
        ("known[: self.window]", "known[-self.window :]"),
        ("and self.season >= self.gap", ""),
        ("[:count]", "[-count:]"),
        ("round(DAYS_PER_YEAR / self.step_days)", "DAYS_PER_YEAR // self.step_days - 1"),
    ],
    ("learning/calibration.py", "test_learning"): [
        ("- slope * middle", "+ slope * middle"),
        ("found[:count].mean()", "found[0]"),
        ("found[count] / scale", "found[count]"),
        ("LEAST_SLOPE = 0.05", "LEAST_SLOPE = -10"),
    ],
    ("learning/tuning.py", "test_learning"): [
        ("ascending[-count:]", "ascending[:count]"),
        ("np.argmax(np.nan_to_num(scores", "np.argmin(np.nan_to_num(scores"),
        ("origins.known_at(origin)", "origins.numbers"),
        ("RandomState(seed)", "RandomState()"),
    ],
    ("learning/groups.py", "test_groups"): [
        ("LEAST_CUSTOMERS = 50", "LEAST_CUSTOMERS = 5"),
        ("np.nan if is_small else here[\"actual\"].mean()", "here[\"actual\"].mean()"),
        ('here["predicted"].mean()', 'here["actual"].mean()'),
    ],
    ("learning/past.py", "test_learning"): [
        ('<= pd.Timestamp(fit_date)]', '< pd.Timestamp(fit_date)]'),
        ("age >= refit_every_days", "age > refit_every_days"),
        ("iloc[-1]", "iloc[0]"),
    ],
    ("learning/suspects.py", "test_learning"): [
        ("SUSPICIOUS_AUC, CERTAIN_AUC = 0.95, 0.99", "SUSPICIOUS_AUC, CERTAIN_AUC = 0.6, 0.99"),
        ("if auc > too_good", "if auc < too_good"),
        ("reverse=True)[2]", "reverse=True)[0]"),
    ],
    ("learning/candidates.py", "test_learning"): [
        ("1 / (1 + np.exp(-margin))", "1 / (1 + np.exp(margin))"),
        ('how="all"', 'how="any"'),
    ],
    ("learning/intervals.py", "test_amounts"): [
        ("LOW, HIGH = 0.1, 0.9", "LOW, HIGH = 0.05, 0.95"),
        ("np.floor(LOW * (n + 1))) - 1", "np.floor(LOW * (n + 1))) + 1"),
        ("np.ceil(HIGH * (n + 1))) - 1", "np.ceil(HIGH * (n + 1))) - 3"),
        ("np.ceil(HIGH * (n + 1))) - 1", "np.ceil(HIGH * (n + 1))) + 1"),
        ("(expected > low) & (expected <= high)", "(expected >= low) & (expected < high)"),
        ("bands = interval_bands(outcomes[half == 0])", "bands = interval_bands(outcomes)"),
    ],
    ("predictions/value_models.py", "test_amounts"): [
        ("[n for n in known if n != number]", "known"),
        ("(actual / expected) **", "(expected / actual) **"),
        ("unseen[expected] * own", "unseen[expected]"),
        ("self.origins.same_season(origin) or min(known)", "min(known)"),
        ("is_seasonal and has_season else 0.5", "is_seasonal and has_season else 1"),
    ],
    ("predictions/forecasts.py", "test_amounts test_scoring"): [
        ('"T": (first - 1)', '"T": first'),
        ('"x": order_days - 1', '"x": order_days'),
        ("year * horizon_days / DAYS_PER_YEAR", "year * horizon_days / 360"),
        ("np.fmax(2 * gap, 91)", "np.fmax(gap, 91)"),
        ("np.maximum(age, 91)", "np.maximum(age, 30)"),
        ("discounted * level)", "discounted)"),
        ("np.log(horizon_days))", "horizon_days)"),
        ("np.diff(ends, prepend=0.0) @ factors / horizon_days", "factors.sum() / horizon_days"),
        ("horizon_days / (horizon_days + silence)", "silence / (horizon_days + silence)"),
    ],
    ("predictions/probability_models.py", "test_learning"): [
        ("rest, unseen = rows[codes == 0], rows[codes == 1]", "rest, unseen = rows, rows"),
        ("margin - model.margin(unseen)", "model.margin(unseen) - margin"),
        ("if n not in held_out)", ")"),
        ('"predicted": probability(slope * margin + intercept)',
         '"predicted": probability(margin)'),
    ],
    ("predictions/probabilities.py", "test_learning"): [
        (".scaled(slope, intercept)", ".scaled(1.0, 0.0)"),
    ],
    ("predictions/order_regressions.py", "test_amounts"): [
        ("sample_weight=expected,", ""),
        ('terms.loc[terms["feature"] == OFFSET, "weight"] += 1', "pass"),
        ("PRIOR_PRECISION / expected.sum()", "PRIOR_PRECISION"),
    ],
    ("predictions/order_days.py", "test_scoring"): [
        ("knots[i] + (np.log(2) - hazards[i]) / rate", "knots[i] + np.log(2) / rate"),
        ("hazards[i + 1] >= np.log(2)", "hazards[i + 1] >= np.log(4)"),
        ("np.where(left > 0, left, gap)", "left"),
        ("0.5 * (days[:, None] == days[None, :])", "0.0"),
        ("came[:, None] < came[None, :]", "came[:, None] <= came[None, :]"),
        ("np.minimum(kept[shorter], kept[longer])", "np.maximum(kept[shorter], kept[longer])"),
        ("np.maximum(kept[shorter], kept[longer])", "np.minimum(kept[shorter], kept[longer])"),
        ("interval(some[1:])", "interval(some)"),
        ("skipna=False) <= known", "skipna=True) <= known"),
    ],
    ("predictions/tastes.py", "test_categories"): [
        ("(hits.sum() + 1) / (len(hits) + 2)", "hits.sum() / len(hits)"),
        ("own * (1 - weight), shop * (1 - weight)", "own, shop"),
        ("rest = 1 - shares[tastes.favourite]", "rest = 1 + 0 * shares[tastes.favourite]"),
        ("weights.alpha * shop / total", "shop / total"),
    ],
    ("predictions/category_evidence.py", "test_categories"): [
        ("probability > chance", "probability >= chance"),
        ("& is_before)", ")"),
        ("inverse_rank >= 1 / 3", "inverse_rank > 1 / 3"),
        ("np.where(chance > 0, 1 / rank, 0.0)", "1 / rank"),
    ],
    ("predictions/category_models.py", "test_categories"): [
        ("to_numpy() < days", "to_numpy() <= days"),
        ("if number > origin)", "if number >= origin)"),
        ("(number - origin) * self", "number * self"),
    ],
    ("predictions/reasons.py", "test_scoring"): [
        ("np.argsort(-np.abs(terms.contributions)", "np.argsort(-terms.contributions"),
        ("terms.contributions.sum(axis=1) - top.sum(axis=1)", "terms.contributions.sum(axis=1)"),
        ("np.log(found.amount / usual_amount)", "np.log(found.amount)"),
    ],
    ("predictions/scoring.py", "test_scoring"): [
        ('np.exp(fit["level_intercept"])', 'fit["level_intercept"]'),
        ('"discounted_net_amount": found.discounted', '"discounted_net_amount": found.net_amount'),
    ],
}

# what no test can tell apart from the right text, and why
EQUIVALENT: dict[tuple[str, str, str], str] = {}


@dataclass(frozen=True)
class Mutant:
    """One place of the library, and what it becomes; no text for the library as it is."""

    file: str
    old: str
    new: str
    tests: str

    @property
    def said(self) -> str:
        old, new = (" ".join(text.split()) for text in (self.old, self.new))
        return f"{self.file}: {old}  ->  {new}"

    @property
    def reason(self) -> str | None:
        return EQUIVALENT.get((self.file, self.old, self.new))

    @property
    def is_stale(self) -> bool:
        return bool(self.old) and self.old not in (LIBRARY / self.file).read_text()

    def result(self) -> str:
        """Return 'killed', 'survived', or what went wrong."""
        if self.is_stale:
            return "stale"
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "segmentation"
            shutil.copytree(LIBRARY, copy, ignore=shutil.ignore_patterns("__pycache__"))
            if self.old:
                text = (copy / self.file).read_text()
                (copy / self.file).write_text(text.replace(self.old, self.new, 1))
            child = multiprocessing.get_context("fork").Process(
                target=_test, args=(folder, self.tests)
            )
            child.start()
            child.join(SECONDS)
            if child.is_alive():
                child.kill()
                return "killed"
        return {0: "survived", 1: "killed"}.get(child.exitcode, "not tested")


def _test(folder: str, tests: str) -> None:
    """Test the library in a folder, in a process that already knows its dependencies."""
    import pytest

    sys.path.insert(0, folder)
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = folder
    said = os.open(Path(folder) / "said.txt", os.O_WRONLY | os.O_CREAT)
    os.dup2(said, 1), os.dup2(said, 2)
    files = [str(TESTS / f"{name}.py") for name in tests.split()]
    plain = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir", ROOT]
    os._exit(pytest.main([*map(str, plain), *files]))


def _know_dependencies() -> None:
    """Import what every child needs, once."""
    sys.dont_write_bytecode = True
    import hypothesis  # noqa: F401
    import pyarrow  # noqa: F401
    import scipy.optimize  # noqa: F401
    import sklearn.cluster
    import sklearn.ensemble
    import sklearn.mixture
    import sklearn.svm
    import sklearn.tree  # noqa: F401


def _report(row: Mutant, result: str, counts: dict[str, int]) -> None:
    if result == "survived" and row.reason:
        result = "equivalent"
    counts[result] += 1
    if result in ("survived", "stale", "not tested"):
        print(f"{result}: {row.said}", flush=True)


def main(words: list[str]) -> int:
    """Run the rows that have one of the words, all where there are none."""
    rows = [
        Mutant(file, old, new, tests)
        for (file, tests), pairs in TABLE.items()
        for old, new in pairs
    ]
    rows = [row for row in rows if not words or any(word in row.said for word in words)]
    _know_dependencies()
    began, counts = time.monotonic(), dict.fromkeys(
        ("killed", "survived", "equivalent", "stale", "not tested"), 0
    )
    # a mutant is only killed by tests that pass without it
    whole = [Mutant("", "", "", tests) for tests in {row.tests: None for row in rows}]
    with ProcessPoolExecutor(
        min(os.cpu_count() or 1, 4), multiprocessing.get_context("fork")
    ) as pool:
        for row, result in zip(whole, pool.map(Mutant.result, whole), strict=True):
            if result != "survived":
                print(f"{row.tests}: the tests fail as the library is")
                return 2
        results = pool.map(Mutant.result, rows)
        for row, result in zip(rows, results, strict=True):
            _report(row, result, counts)
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    print(f"{len(rows)} mutants in {time.monotonic() - began:.0f} seconds: {told}")
    return int(counts["killed"] + counts["equivalent"] < len(rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

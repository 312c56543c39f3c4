"""The section on models: whether their predictions came true, and beat a naive rule."""

import pandas as pd
from markupsafe import Markup

from segmentation.cards.wording import purpose_of
from segmentation.evidence.calibration import wilson
from segmentation.report import charts
from segmentation.report.figures import (
    Number,
    day,
    known,
    number,
    percent,
    ranged,
)
from segmentation.report.parts import (
    Column,
    Contents,
    Figure,
    Section,
    Table,
    Words,
    ends_of,
    tabulate,
    text,
)
from segmentation.report.wording import LEADING

FITS, SCORES = "dim_model_fits", "fct_model_scorecards"
CALIBRATION, LIFT = "fct_model_calibration", "fct_model_lift"


def models(contents: Contents) -> Section:
    """Return verdicts, calibration and lift of the models that serve."""
    figures = []
    if len(contents["models"]):
        figures.append(_verdicts(contents))
    titles = titles_of(contents)
    calibrated = dict(list(contents["calibration"].groupby("model_name")))
    lifted = dict(list(contents["lift"].groupby("model_name")))
    # what can come true or not has both charts, side by side; amounts have the second
    for name in sorted({*calibrated, *lifted}, key=lambda n: (n not in calibrated, n)):
        title = titles.get(name, name)
        if name in calibrated:
            figures.append(_calibration(name, title, calibrated[name]))
        if name in lifted:
            figures.append(_lift(name, title, lifted[name], name in calibrated))
    return Section(
        "models",
        "Model health",
        "Did predictions come true, and do they beat naive rules?",
        tuple(figures),
        empty="No model has been learned yet.",
    )


def titles_of(contents: Contents) -> dict[str, str]:
    """Return what models predict, by name."""
    return {
        row["model_name"]: purpose_of(
            row["model_name"],
            None if known(row["horizon_days"]) is None else int(row["horizon_days"]),
            known(row["label"]),
        ).title
        for row in contents["models"].to_dict("records")
    }


def _verdicts(contents: Contents) -> Figure:
    rows, titles = contents["models"], titles_of(contents)
    serving = rows[rows["is_serving_now"].astype(bool)]
    naive = serving["is_baseline"].fillna(False).astype(bool)
    source = f"{FITS}.is_serving_now"
    summary = Markup("{} of {} models serve; in {} of them a naive rule does.").format(
        number(len(serving), source, "models:serving"),
        number(len(rows), source),
        number(int(naive.sum()), f"{FITS}.is_baseline", "models:naive"),
    )
    table = Table(
        "Models, and why they serve",
        (
            ("Predicts", f"{FITS}.target"),
            ("Serves", f"{FITS}.champion"),
            ("Measure", f"{SCORES}.metric"),
            ("Value, 95 % interval", f"{SCORES}.metric_value"),
            ("Best naive rule", f"{SCORES}.baseline_value"),
            ("Verdict", f"{FITS}.verdict"),
            ("Learned on", f"{FITS}.fit_date"),
        ),
        tuple(
            (
                titles[row["model_name"]],
                text(row["champion"])
                + (" (naive rule)" if known(row["is_baseline"]) else ""),
                *_score(contents, row["model_name"]),
                text(row["verdict"]),
                day(row["fit_date"], f"{FITS}.fit_date"),
            )
            for row in rows.to_dict("records")
        ),
    )
    return Figure("verdicts", "Models, and why they serve", summary, table, FITS)


def _score(contents: Contents, model: str) -> tuple[Words, Words, Number | str]:
    """Return the measure that tells most of a model, and that of a naive rule."""
    scores = contents["scores"]
    scores = scores[scores["model_name"] == model].set_index("metric")
    for metric, name in LEADING.items():
        if metric in scores.index:
            row = scores.loc[metric]
            return (
                name,
                ranged(
                    number(
                        row["metric_value"],
                        f"{SCORES}.metric_value",
                        f"{model}:{metric}",
                        3,
                    ),
                    number(row["lower_bound"], f"{SCORES}.lower_bound", "", 3),
                    number(row["upper_bound"], f"{SCORES}.upper_bound", "", 3),
                ),
                number(row["baseline_value"], f"{SCORES}.baseline_value", "", 3),
            )
    return "–", "–", "–"


def _calibration(model: str, title: str, rows: pd.DataFrame) -> Figure:
    total = rows["count_customers"].sum()
    predicted, observed = (
        (rows[name] * rows["count_customers"]).sum() / total
        for name in ("mean_predicted", "observed_rate")
    )
    return Figure(
        f"calibration-{model}",
        f"{title}: predicted, and what came true",
        Markup(
            "Seen from {}: {} predicted on average, {} came true, of {} customers."
        ).format(
            day(rows["anchor_date"].iloc[0], f"{CALIBRATION}.anchor_date"),
            percent(predicted, f"{CALIBRATION}.mean_predicted"),
            percent(observed, f"{CALIBRATION}.observed_rate"),
            number(total, f"{CALIBRATION}.count_customers"),
        ),
        tabulate(
            f"{title}: by tenth of customers, lowest first",
            rows,
            CALIBRATION,
            (
                Column("Tenth", "bin", number),
                Column("Customers", "count_customers", number),
                Column("Predicted", "mean_predicted", percent),
                Column(
                    "Came true",
                    "observed_rate",
                    percent,
                    ends=("observed_lower", "observed_upper"),
                ),
            ),
        ),
        CALIBRATION,
        charts.calibration(
            [
                {
                    "predicted": known(row["mean_predicted"]),
                    "observed": known(row["observed_rate"]),
                    "lower": known(row["observed_lower"]),
                    "upper": known(row["observed_upper"]),
                    "count": int(row["count_customers"]),
                }
                for row in rows.to_dict("records")
            ]
        ),
        is_half=True,
    )


def _lift(model: str, title: str, rows: pd.DataFrame, is_share: bool) -> Figure:
    rows = rows.assign(lift_lower=None, lift_upper=None).reset_index(drop=True)
    mean = rows["actual_total"].sum() / rows["count_customers"].sum()
    if is_share and mean > 0:
        # the interval of the tenth's share, in units of the share of all
        lower, upper = wilson(rows["actual_mean"], rows["count_customers"])
        rows = rows.assign(lift_lower=lower / mean, lift_upper=upper / mean)
    best = rows.iloc[0]
    return Figure(
        f"lift-{model}",
        f"{title}: how much more often in each tenth"
        if is_share
        else f"{title}: how much more in each tenth",
        Markup(
            "The tenth predicted highest has {} times the average; it holds {} of all."
        ).format(
            _times(best["lift"], f"{LIFT}.lift", f"{model}:top-lift"),
            percent(best["cumulative_capture"], f"{LIFT}.cumulative_capture"),
        )
        + (" Whiskers are 95 % intervals of the tenth." if is_share else ""),
        tabulate(
            f"{title}: lift by tenth of customers, highest first",
            rows,
            LIFT,
            (
                Column("Tenth", "decile", number),
                Column("Customers", "count_customers", number),
                Column(
                    "Lift", "lift", _times, ends_of("lift"), of_ends="lift_interval"
                ),
                Column("Together so far", "cumulative_capture", percent),
            ),
        ),
        LIFT,
        charts.lift(
            [
                {
                    "decile": int(row["decile"]),
                    "lift": known(row["lift"]),
                    "lower": known(row["lift_lower"]),
                    "upper": known(row["lift_upper"]),
                }
                for row in rows.to_dict("records")
            ]
        ),
        is_half=True,
    )


def _times(value: float, source: str, key: str = "") -> Number:
    """Write a lift."""
    return number(value, source, key, 2)

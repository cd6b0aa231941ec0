"""What an experiment's results must be, from a file of events (a JSON object a line), by pandas and GrowthBook's statistics.

Called with a JSON object: file, flag, variants, start, end. Prints a JSON object: by metric, by variant the sums, and
the estimates for each test variant.
"""

import json
import sys

import numpy as np
import pandas as pd
from gbstats.bayesian.tests import BayesianConfig, EffectBayesianABTest, EffectBayesianConfig, GaussianPrior  # noqa: F401
from gbstats.frequentist.tests import FrequentistConfig, TwoSidedTTest
from gbstats.models.statistics import ProportionStatistic, RatioStatistic, RegressionAdjustedStatistic, SampleMeanStatistic, compute_theta

LOOKBACK = pd.Timedelta(days=14)


def read(path):
    rows = []
    with open(path) as lines:
        for line in lines:
            event = json.loads(line)
            properties = event["properties"]
            rows.append(
                (
                    event["uuid"],
                    event["event"],
                    event["distinct_id"],
                    event["timestamp"],
                    properties.get("$feature_flag"),
                    properties.get("$feature_flag_response"),
                    properties.get("amount"),
                    properties.get("$anon_distinct_id"),
                )
            )
    columns = ["uuid", "event", "id", "ts", "flag", "variant", "amount", "anonymous"]
    events = pd.DataFrame(rows, columns=columns).drop_duplicates("uuid")
    events["ts"] = pd.to_datetime(events["ts"], utc=True)
    merges = events[events["event"] == "$identify"][["anonymous", "id"]]
    names = dict(zip(merges["anonymous"], merges["id"]))
    events["person"] = events["id"].map(lambda name: names.get(name, name))
    return events


def exposures(events, scene):
    start, end = pd.Timestamp(scene["start"]), pd.Timestamp(scene["end"])
    seen = events[
        (events["event"] == "$feature_flag_called")
        & (events["flag"] == scene["flag"])
        & events["variant"].isin(scene["variants"])
        & (events["ts"] >= start)
        & (events["ts"] <= end)
    ]
    grouped = seen.groupby("person")
    people = pd.DataFrame({"first": grouped["ts"].min(), "count": grouped["variant"].nunique(), "variant": grouped["variant"].first()})
    multiple = int((people["count"] > 1).sum())
    return people[people["count"] == 1], multiple


def after(events, people, name, scene):
    """Events of a name that a person made at or after the first exposure, within the experiment."""
    some = events[(events["event"] == name) & (events["ts"] <= pd.Timestamp(scene["end"]))]
    joined = some.join(people[["first"]], on="person", how="inner")
    return joined[joined["ts"] >= joined["first"]]


def before(events, people, name):
    joined = events[events["event"] == name].join(people[["first"]], on="person", how="inner")
    return joined[(joined["ts"] < joined["first"]) & (joined["ts"] >= joined["first"] - LOOKBACK)]


def sums(people, values):
    by = values.reindex(people.index).fillna(0.0)
    rows = {}
    for variant, own in by.groupby(people["variant"]):
        rows[variant] = {"number_of_samples": len(own), "sum": float(own.sum()), "sum_squares": float((own**2).sum())}
    return rows


def mean_of(row):
    return SampleMeanStatistic(n=row["number_of_samples"], sum=row["sum"], sum_squares=row["sum_squares"])


def estimate(control, test):
    result = TwoSidedTTest(control, test, FrequentistConfig(difference_type="relative")).compute_result()
    return {"p_value": result.p_value, "interval": list(result.ci), "effect": result.expected}


def bayesian(control, test):
    result = EffectBayesianABTest(control, test, EffectBayesianConfig(difference_type="relative")).compute_result()
    return {"chance_to_win": result.chance_to_win, "interval": list(result.ci), "effect": result.expected}


def main(scene):
    events = read(scene["file"])
    people, multiple = exposures(events, scene)
    purchases = after(events, people, "purchase", scene)
    amount = purchases.groupby("person")["amount"].sum()
    count = purchases.groupby("person")["amount"].count().astype(float)
    metrics = {}

    rows = sums(people, amount)
    metrics["amount"] = {"sums": rows, "frequentist": estimate(mean_of(rows["control"]), mean_of(rows["test"])), "bayesian": bayesian(mean_of(rows["control"]), mean_of(rows["test"]))}
    rows = sums(people, count)
    metrics["purchases"] = {"sums": rows, "frequentist": estimate(mean_of(rows["control"]), mean_of(rows["test"]))}

    whole = np.sort(amount.reindex(people.index).fillna(0.0).to_numpy())
    top = float(whole[min(int(0.99 * len(whole)), len(whole) - 1)])
    rows = sums(people, amount.clip(upper=top))
    metrics["winsorized"] = {"sums": rows, "frequentist": estimate(mean_of(rows["control"]), mean_of(rows["test"])), "bound": top}

    viewed = after(events, people, "pricing viewed", scene)
    first_view = viewed.groupby("person")["ts"].min()
    signed = after(events, people, "signed up", scene).join(first_view.rename("viewed"), on="person", how="inner")
    converted = signed[signed["ts"] >= signed["viewed"]].groupby("person")["ts"].min()
    ones = pd.Series(1.0, index=converted.index)
    rows = sums(people, ones)
    steps = {
        variant: [int(len(own)), int(own.index.isin(first_view.index).sum()), int(own.index.isin(converted.index).sum())]
        for variant, own in people.groupby("variant")
    }
    proportion = lambda row: ProportionStatistic(n=row["number_of_samples"], sum=int(row["sum"]))  # noqa: E731
    metrics["funnel"] = {
        "sums": rows,
        "steps": steps,
        "frequentist": estimate(proportion(rows["control"]), proportion(rows["test"])),
        "bayesian": bayesian(proportion(rows["control"]), proportion(rows["test"])),
    }

    rows, ratios = sums(people, amount), {}
    bottom = sums(people, count)
    both = (amount * count).reindex(people.index).fillna(0.0)
    for variant in rows:
        product = float(both[people["variant"] == variant].sum())
        below = bottom[variant]
        rows[variant] |= {"denominator_sum": below["sum"], "denominator_sum_squares": below["sum_squares"], "numerator_denominator_sum_product": product}
        ratios[variant] = RatioStatistic(
            n=rows[variant]["number_of_samples"], m_statistic=mean_of(rows[variant]), d_statistic=mean_of(below), m_d_sum_of_products=product
        )
    metrics["ratio"] = {"sums": rows, "frequentist": estimate(ratios["control"], ratios["test"])}

    earlier = before(events, people, "purchase").groupby("person")["amount"].sum()
    rows, covariate = sums(people, amount), sums(people, earlier)
    x, y = earlier.reindex(people.index).fillna(0.0), amount.reindex(people.index).fillna(0.0)
    products = {variant: float((x * y)[people["variant"] == variant].sum()) for variant in rows}
    adjusted = {
        variant: RegressionAdjustedStatistic(
            n=rows[variant]["number_of_samples"],
            post_statistic=mean_of(rows[variant]),
            pre_statistic=mean_of(covariate[variant]),
            post_pre_sum_of_products=products[variant],
            theta=0.0,
        )
        for variant in rows
    }
    theta = compute_theta(adjusted["control"], adjusted["test"])
    for statistic in adjusted.values():
        statistic.theta = theta
    for variant in rows:
        rows[variant] |= {
            "covariate_sum": covariate[variant]["sum"],
            "covariate_sum_squares": covariate[variant]["sum_squares"],
            "covariate_sum_product": products[variant],
        }
    metrics["cuped"] = {"sums": rows, "frequentist": estimate(adjusted["control"], adjusted["test"])}

    days = people.groupby([people["first"].dt.strftime("%Y-%m-%d"), "variant"]).size()
    exposed = {variant: {day: int(n) for (day, own), n in days.items() if own == variant} for variant in scene["variants"]}
    print(json.dumps({"exposures": exposed, "multiple": multiple, "events": len(events), "metrics": metrics}))


main(json.loads(sys.argv[1]))

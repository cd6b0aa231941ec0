"""Tells what MLflow itself makes of filters and orders: a line of JSON for each on standard input."""

import json
import sys

from mlflow.utils.search_utils import SearchLoggedModelsUtils, SearchUtils

KINDS = {"runs": SearchUtils, "logged-models": SearchLoggedModelsUtils}


def canonical(utils, kind, key):
    # MLflow also renames a tag or param that is called like an alias, so that it cannot be found.
    return utils.translate_key_alias(key) if kind == "attribute" else key


def require_comparator(utils, kind, key, comparator):
    # The stores check comparators after parsing, by these.
    checks = (utils.is_string_attribute, utils.is_numeric_attribute)
    if not any(check(kind, key, comparator) for check in checks):
        checks = (utils.is_metric, utils.is_param, utils.is_tag, utils.is_dataset)
        any(check(kind, comparator) for check in checks)


def filter_of(utils, text):
    found = []
    for one in utils.parse_search_filter(text):
        comparator = one["comparator"].upper()
        key = canonical(utils, one["type"], one["key"])
        require_comparator(utils, one["type"], key, comparator)
        is_number = one["type"] == "metric"
        value = float(one["value"]) if is_number else one["value"]
        # SQL fails there.
        if isinstance(value, tuple) and comparator not in ("IN", "NOT IN"):
            raise ValueError(f"A list cannot follow {comparator}")
        found.append([one["type"], key, comparator, value])
    return found


def order_of(utils, text):
    kind, key, is_ascending = utils.parse_order_by_for_search_runs(text)
    if kind == "dataset":
        raise ValueError("The stores know no such order")
    return [kind, canonical(utils, kind, key), is_ascending]


for line in sys.stdin:
    what, kind, text = json.loads(line)
    try:
        parse = filter_of if what == "filter" else order_of
        answer = {"found": parse(KINDS[kind], text)}
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer))

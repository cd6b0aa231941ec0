"""Asks the real task engine about graphs: JSON on stdin, JSON on stdout.

Static typing is switched off: it is not what is compared.
"""

import json
import sys

import original
import yaml
from dioptra.task_engine import type_validation, util, validation

type_validation.check_types = lambda description: []
validation._check_union_member_duplicates = lambda description: []


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def errors_in(document):
    return [str(issue) for issue in validation.validate(document) if issue.severity.name == "ERROR"]


def judge(case):
    """What the engine says about the original's document, and whether ours is the same."""
    try:
        document = original.render(case["source"])
        errors = errors_in(document)
    except (yaml.YAMLError, original.InvalidYamlError) as error:
        return {"errors": [str(error)], "same": None, "ours": None, "order": None}
    return {
        "errors": errors,
        "same": case["complete"] and canonical(json.loads(case["complete"])) == canonical(document),
        "ours": case["rendered"] and errors_in(json.loads(case["rendered"])),
        "order": None if errors else util.get_sorted_steps(document["graph"]),
    }


def read_scalar(text):
    try:
        return canonical(yaml.safe_load("[" + text + "]")[0])
    except (yaml.YAMLError, TypeError, ValueError):
        return None


def cast(type_name, text):
    try:
        return canonical(original.coerce_to_type(text, type_name))
    except ValueError:
        return None


request = json.load(sys.stdin)
answer = {
    "cases": {case["id"]: judge(case) for case in request["cases"]},
    "scalars": [read_scalar(text) for text in request["scalars"]],
    "casts": [cast(type_name, text) for type_name, text in request["casts"]],
}
json.dump(answer, sys.stdout)

"""Asks the real task engine about graphs: JSON on stdin, JSON on stdout."""

import json
import sys

import original
import yaml
from dioptra.sdk.api.swappable_validation import (
    get_swappable_experiment_schema,
    get_swappable_json_schema_resources,
)
from dioptra.sdk.utilities import entrypoint_swaps as swaps
from dioptra.task_engine import util, validation


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def errors_of(issues):
    return [str(issue) for issue in issues if issue.severity.name == "ERROR"]


def attempt(check, document):
    try:
        return check(document)
    except Exception as error:  # The server answers 500 to some of these.
        return [f"{type(error).__name__}: {error}"]


def compiled_errors(document):
    return attempt(lambda it: errors_of(swaps.compile_swaps_config(it).validate()), document)


def choices_of(step):
    """The invocations under each swap of a step."""
    for name, declaration in step.items():
        if name.startswith("?"):
            yield name, declaration, swaps.get_swap_choices(declaration)


def interface_errors(document):
    """What the server checks before it renders: tasks, and the outputs of swaps."""
    tasks, errors = document["tasks"], []
    for step_name, step in document["graph"].items():
        found = list(choices_of(step))
        calls = [call for _, _, choices in found for call in choices.values()]
        for call in calls or [step]:
            name = util.step_get_plugin_short_name(call)
            if name not in tasks:
                errors.append(f"{step_name}: no task {name}")
        for swap, declaration, choices in found:
            kinds = set()
            for call in choices.values():
                outputs = tasks.get(util.step_get_plugin_short_name(call), {}).get("outputs", [])
                outputs = outputs if isinstance(outputs, list) else [outputs]
                kinds.add(tuple(next(iter(output.values())) for output in outputs))
            if len(kinds) > 1 or any(len(kind) != len(declaration["?outputs"]) for kind in kinds):
                errors.append(f"{swap}: outputs {kinds}")
    return errors


def combinations(graph):
    """The default choices, then each that differs in one swap."""
    offered = swaps.extract_swaps(graph)
    defaults = {name: aliases[0] for name, aliases in offered.items()}
    yield defaults
    for name, aliases in offered.items():
        for alias in aliases[1:]:
            yield {**defaults, name: alias}


def save_errors(document):
    """What the server has against saving this."""
    errors = errors_of(
        validation.schema_validate(
            document,
            get_swappable_experiment_schema(),
            resources=get_swappable_json_schema_resources(),
        )
    )
    if errors:
        return errors
    graph = document["graph"]
    errors = interface_errors(document) + errors_of(
        swaps.check_duplicate_swap_names(graph) + swaps.check_multiple_swaps_per_step(graph)
    )
    if errors:
        return errors
    errors = errors_of(swaps.check_swaps_graph_dependencies(graph))
    for choices in combinations(graph):
        rendered = swaps.render_swaps_config(document, choices)
        errors += compiled_errors(rendered)
    return errors


def default_order(graph):
    return util.get_sorted_steps(swaps.render_swaps_graph(graph, next(combinations(graph))))


def judge(case):
    """What the engine says about the original's document, and whether ours is the same."""
    try:
        document = original.render(case["source"])
        errors = attempt(save_errors, document)
    except (yaml.YAMLError, original.InvalidYamlError) as error:
        return {"errors": [str(error)], "same": None, "ours": None, "order": None}
    return {
        "errors": errors,
        "same": case["complete"] and canonical(json.loads(case["complete"])) == canonical(document),
        "ours": [error for text in case["rendered"] for error in compiled_errors(json.loads(text))],
        "order": None if errors else default_order(document["graph"]),
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

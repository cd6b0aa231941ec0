"""What the sample registers on the server: names, types, tasks, parameters and the two jobs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PLUGINS = HERE / "plugins"

QUEUE = "digits"
EXPERIMENT = "digits under attack"
ENTRYPOINT = "attack the digit classifier"
TASK_GRAPH = (HERE / "task-graph.yaml").read_text("utf-8")
ARTIFACT_GRAPH = (HERE / "artifact-graph.yaml").read_text("utf-8")

# Name, structure, description. A type without a structure fits only itself, so the engine
# refuses to start a graph that hands the digits to a task that wants the table.
TYPES: list[tuple[str, dict[str, Any] | None, str]] = [
    ("digit_arrays", None, "NumPy arrays by name"),
    ("digit_picture", None, "A grey picture as a NumPy array"),
    ("number_list", {"list": "number"}, "Numbers"),
    ("number_table", {"list": "number_list"}, "Rows of numbers"),
]

Params = list[tuple[str, str]]

FUNCTION_TASKS: list[tuple[str, Params, Params]] = [
    ("load_digits", [("test_share", "number"), ("seed", "integer")], [("digits", "digit_arrays")]),
    ("train_classifier", [("digits", "digit_arrays")], [("model", "digit_arrays")]),
    (
        "attack_classifier",
        [("model", "digit_arrays"), ("digits", "digit_arrays"), ("strengths", "number_list")],
        [("table", "number_table"), ("picture", "digit_picture")],
    ),
    ("report_metrics", [("table", "number_table")], []),
]

ARTIFACT_TASKS: list[tuple[str, Params]] = [
    ("CsvTable", [("table", "number_table")]),
    ("PngPicture", [("picture", "digit_picture")]),
    ("NpzArrays", [("arrays", "digit_arrays")]),
]

STRENGTHS = [0.0, 0.02, 0.05, 0.1, 0.2]

PARAMETERS = [
    {"name": "test_share", "parameterType": "float", "defaultValue": "0.25"},
    {"name": "strengths", "parameterType": "list", "defaultValue": json.dumps(STRENGTHS)},
    {"name": "seed", "parameterType": "integer", "defaultValue": "1"},
]

# Description and values; what a job leaves out takes the entry point's default.
JOBS: list[tuple[str, dict[str, str]]] = [
    ("three quarters of the digits to learn from", {"seed": "1"}),
    (
        "one quarter of the digits to learn from",
        {"test_share": "0.75", "seed": "2", "strengths": "[0.0, 0.02, 0.05, 0.1, 0.15, 0.2]"},
    ),
]

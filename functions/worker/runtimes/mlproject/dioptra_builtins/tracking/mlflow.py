"""Numbers and settings of the job's run."""

from __future__ import annotations

from typing import Any, Mapping

import mlflow
from dioptra import pyplugs


@pyplugs.register
def log_metrics(metrics: Mapping[str, float]) -> None:
    """Logs each number under its name; NumPy's numbers may be among them."""
    mlflow.log_metrics({name: float(value) for name, value in metrics.items()})


@pyplugs.register
def log_parameters(parameters: Mapping[str, Any]) -> None:
    """Logs each setting under its name."""
    mlflow.log_params(dict(parameters))

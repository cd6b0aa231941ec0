"""How well a classifier did. Needs scikit-learn among the packages of the pool.

Every function takes the true classes and the predicted ones, and hands further arguments on to the
function of `sklearn.metrics` that it stands for.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Mapping

from dioptra import pyplugs

Metric = Callable[..., float]


@pyplugs.register
def get_performance_metric_list(request: Iterable[Mapping[str, str]]) -> list[tuple[str, Metric]]:
    """Pairs of a name to show and the function `func`, for each `{"name": …, "func": …}`."""
    return [(wish["name"], get_performance_metric(wish["func"])) for wish in request]


@pyplugs.register
def get_performance_metric(func: str) -> Metric:
    """The function of that name in this module."""
    if func not in METRICS:
        raise ValueError(f"{func!r} is none of the metrics {', '.join(METRICS)}")
    return METRICS[func]


@pyplugs.register
def accuracy(y_true: Any, y_pred: Any, **kwargs: Any) -> float:
    """The share of predictions that are right."""
    return _ask("accuracy_score", y_true, y_pred, kwargs)


@pyplugs.register
def categorical_accuracy(y_true: Any, y_pred: Any) -> float:
    """The same for rows of one-hot classes, or of a score for each class: the highest counts."""
    import numpy as np

    hits = np.argmax(np.asarray(y_true), axis=-1) == np.argmax(np.asarray(y_pred), axis=-1)
    return float(np.mean(hits))


@pyplugs.register
def balanced_accuracy(y_true: Any, y_pred: Any, **kwargs: Any) -> float:
    """The mean of the recalls of all classes, however many there are of each."""
    return _ask("balanced_accuracy_score", y_true, y_pred, kwargs)


@pyplugs.register
def f1(y_true: Any, y_pred: Any, **kwargs: Any) -> float:
    """The harmonic mean of precision and recall; more than two classes need an `average`."""
    return _ask("f1_score", y_true, y_pred, kwargs)


@pyplugs.register
def mcc(y_true: Any, y_pred: Any, **kwargs: Any) -> float:
    """Matthews' correlation of truth and prediction, from -1 to 1."""
    return _ask("matthews_corrcoef", y_true, y_pred, kwargs)


@pyplugs.register
def precision(y_true: Any, y_pred: Any, **kwargs: Any) -> float:
    """Of what was predicted as a class, the share that is; see `f1` for `average`."""
    return _ask("precision_score", y_true, y_pred, kwargs)


@pyplugs.register
def recall(y_true: Any, y_pred: Any, **kwargs: Any) -> float:
    """Of what is of a class, the share that was predicted so; see `f1` for `average`."""
    return _ask("recall_score", y_true, y_pred, kwargs)


@pyplugs.register
def roc_auc(y_true: Any, y_pred: Any, **kwargs: Any) -> float:
    """The area below the curve of true against false positives; `y_pred` are scores."""
    return _ask("roc_auc_score", y_true, y_pred, kwargs)


def _ask(name: str, y_true: Any, y_pred: Any, options: Mapping[str, Any]) -> float:
    # Imported late: a pool without scikit-learn can use the rest of the package.
    from sklearn import metrics

    return float(getattr(metrics, name)(y_true, y_pred, **options))


METRICS: dict[str, Metric] = {
    metric.__name__: metric
    for metric in (
        accuracy,
        categorical_accuracy,
        balanced_accuracy,
        f1,
        mcc,
        precision,
        recall,
        roc_auc,
    )
}

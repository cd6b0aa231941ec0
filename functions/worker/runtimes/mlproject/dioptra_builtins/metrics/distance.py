"""How far apart two batches of arrays are: one number for each pair. Needs NumPy.

The first axis counts the pairs, such as originals and what an attack made of them; all other axes
are taken as one long vector.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Mapping

import numpy as np
from dioptra import pyplugs

Distance = Callable[[Any, Any], np.ndarray]


@pyplugs.register
def get_distance_metric_list(request: Iterable[Mapping[str, str]]) -> list[tuple[str, Distance]]:
    """Pairs of a name to show and the function `func`, for each `{"name": …, "func": …}`."""
    return [(wish["name"], get_distance_metric(wish["func"])) for wish in request]


@pyplugs.register
def get_distance_metric(func: str) -> Distance:
    """The function of that name in this module."""
    if func not in DISTANCES:
        raise ValueError(f"{func!r} is none of the distances {', '.join(DISTANCES)}")
    return DISTANCES[func]


@pyplugs.register
def l_inf_norm(y_true: Any, y_pred: Any) -> np.ndarray:
    """The largest difference of any element."""
    return _norm(y_true, y_pred, np.inf)


@pyplugs.register
def l_1_norm(y_true: Any, y_pred: Any) -> np.ndarray:
    """The sum of all differences, without their signs."""
    return _norm(y_true, y_pred, 1)


@pyplugs.register
def l_2_norm(y_true: Any, y_pred: Any) -> np.ndarray:
    """The root of the sum of all squared differences."""
    return _norm(y_true, y_pred, 2)


@pyplugs.register
def paired_euclidean_distances(y_true: Any, y_pred: Any) -> np.ndarray:
    """The same as `l_2_norm`, by its name among distances."""
    return l_2_norm(y_true, y_pred)


@pyplugs.register
def paired_manhattan_distances(y_true: Any, y_pred: Any) -> np.ndarray:
    """The same as `l_1_norm`, by its name among distances."""
    return l_1_norm(y_true, y_pred)


@pyplugs.register
def paired_cosine_similarities(y_true: Any, y_pred: Any) -> np.ndarray:
    """The cosine of the angle between both, 0 where one of them is all zeros."""
    first, second = _rows(y_true, y_pred)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    products = np.einsum("ij,ij->i", first, second)
    return np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)


@pyplugs.register
def paired_wasserstein_distances(y_true: Any, y_pred: Any) -> np.ndarray:
    """How far values must be moved to make one distribution of them the other."""
    first, second = _rows(y_true, y_pred)
    # As many values on both sides: the smallest goes to the smallest, and so on.
    return np.mean(np.abs(np.sort(first, axis=1) - np.sort(second, axis=1)), axis=1)


def _norm(y_true: Any, y_pred: Any, order: float) -> np.ndarray:
    first, second = _rows(y_true, y_pred)
    return np.linalg.norm(first - second, ord=order, axis=1)


def _rows(y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
    if first.shape != second.shape or first.ndim == 0:
        raise ValueError(f"both need the same shape, not {first.shape} and {second.shape}")
    count = first.shape[0]
    width = first.size // count if count else 1
    return first.reshape(count, width), second.reshape(count, width)


DISTANCES: dict[str, Distance] = {
    distance.__name__: distance
    for distance in (
        l_inf_norm,
        l_1_norm,
        l_2_norm,
        paired_cosine_similarities,
        paired_euclidean_distances,
        paired_manhattan_distances,
        paired_wasserstein_distances,
    )
}

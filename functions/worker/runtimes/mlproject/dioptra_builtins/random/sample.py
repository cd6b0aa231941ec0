"""Draws from a generator, such as `rng.init_rng` makes. Needs NumPy."""

from __future__ import annotations

import numpy as np
from dioptra import pyplugs

LARGEST = 2**31 - 1


@pyplugs.register
def draw_random_integer(rng: np.random.Generator, low: int = 0, high: int = LARGEST) -> int:
    """One integer from `low` to below `high`."""
    return int(rng.integers(low, high))


@pyplugs.register
def draw_random_integers(
    rng: np.random.Generator,
    low: int = 0,
    high: int = LARGEST,
    size: int | tuple[int, ...] | None = None,
) -> np.ndarray:
    """Integers from `low` to below `high`, as many as `size` says, or one."""
    return np.asarray(rng.integers(low, high, size=size))

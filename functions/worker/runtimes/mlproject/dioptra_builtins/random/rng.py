"""Generators of random numbers. Needs NumPy."""

from __future__ import annotations

import numpy as np
from dioptra import pyplugs

LARGEST_SEED = 2**31 - 1


@pyplugs.register
def init_rng(seed: int = -1) -> tuple[int, np.random.Generator]:
    """A generator, and the seed that makes it again; a negative one is drawn anew."""
    known = int(seed)
    if known < 0:
        known = int(np.random.default_rng().integers(LARGEST_SEED, endpoint=True))
    return known, np.random.default_rng(known)

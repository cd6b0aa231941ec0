"""The data, the classifier and the attack.

The data are the 1,797 handwritten digits (8 x 8 pixels) that ship with scikit-learn. The
classifier is a softmax regression, so the gradient that the attack follows is exact.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import numpy as np
from dioptra import pyplugs
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

BRIGHTEST = 16.0  # the bundled images count ink from 0 to 16
MODEL = "model.npz"

Model = dict[str, np.ndarray]


def builtin(task: str, *args: Any, **kwargs: Any) -> Any:
    """Calls a task of the plugins that Assay brings along, such as `metrics.performance.accuracy`."""
    package, module, function = task.split(".")
    return pyplugs.call(f"dioptra_builtins.{package}", module, function, *args, **kwargs)


def arguments() -> ArgumentParser:
    """What both entry points take: they must split the digits in the same way."""
    parser = ArgumentParser()
    parser.add_argument("--test-share", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    return parser


def split_digits(test_share: float, seed: int) -> dict[str, np.ndarray]:
    """A training and a test set; the same seed gives the same split."""
    if not 0 < test_share < 1:
        raise ValueError(f"test_share must lie between 0 and 1, not {test_share}")
    digits = load_digits()
    _, rng = builtin("random.rng.init_rng", seed)
    order = rng.permutation(len(digits.target))
    test, train = np.split(order, [round(len(order) * test_share)])
    images, labels = digits.data / BRIGHTEST, digits.target
    return {
        "train_images": images[train],
        "train_labels": labels[train],
        "test_images": images[test],
        "test_labels": labels[test],
    }


def fit(images: np.ndarray, labels: np.ndarray) -> Model:
    classifier = LogisticRegression(max_iter=1000).fit(images, labels)
    return {"weights": classifier.coef_, "bias": classifier.intercept_}


def scores(model: Model, images: np.ndarray) -> np.ndarray:
    return images @ model["weights"].T + model["bias"]


def predict(model: Model, images: np.ndarray) -> np.ndarray:
    """The classes are the digits 0 to 9, so the best row's number is the answer."""
    return np.argmax(scores(model, images), axis=1)


def fast_gradient_sign(
    model: Model, images: np.ndarray, labels: np.ndarray, strength: float
) -> np.ndarray:
    """Moves every pixel by `strength` in the direction that raises the loss most."""
    raw = scores(model, images)
    chances = np.exp(raw - raw.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    chances[np.arange(len(labels)), labels] -= 1.0
    return np.clip(images + strength * np.sign(chances @ model["weights"]), 0.0, 1.0)

"""How does a digit classifier stand up to an attack?

The data are the 1,797 handwritten digits (8 x 8 pixels) that ship with scikit-learn. The
classifier is a softmax regression, so the gradient that the attack follows is exact.
"""

import os
from typing import Any

import numpy as np
import structlog
from sklearn.datasets import load_digits as load_bundled_digits
from sklearn.linear_model import LogisticRegression

from dioptra import pyplugs
from dioptra.sdk.utilities.auth_client import get_authenticated_worker_client

LOGGER = structlog.stdlib.get_logger()
BRIGHTEST = 16.0  # the bundled images count ink from 0 to 16


@pyplugs.register
def load_digits(test_share: float, seed: int) -> dict[str, np.ndarray]:
    """Splits the digits into a training and a test set; the same seed gives the same split."""
    if not 0 < test_share < 1:
        raise ValueError(f"test_share must lie between 0 and 1, not {test_share}")
    digits = load_bundled_digits()
    images, labels = digits.data / BRIGHTEST, digits.target
    order = np.random.default_rng(seed).permutation(len(labels))
    test_rows, train_rows = np.split(order, [round(len(labels) * test_share)])
    LOGGER.info("digits loaded", train=len(train_rows), test=len(test_rows))
    return {
        "train_images": images[train_rows],
        "train_labels": labels[train_rows],
        "test_images": images[test_rows],
        "test_labels": labels[test_rows],
        "test_rows": test_rows,
    }


@pyplugs.register
def train_classifier(digits: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Fits a softmax regression and returns nothing but its numbers."""
    classifier = LogisticRegression(C=1.0, max_iter=1000)
    classifier.fit(digits["train_images"], digits["train_labels"])
    LOGGER.info("classifier trained", iterations=int(classifier.n_iter_[0]))
    return {
        "weights": classifier.coef_,
        "bias": classifier.intercept_,
        "test_rows": digits["test_rows"],
    }


@pyplugs.register
def attack_classifier(
    model: dict[str, np.ndarray], digits: dict[str, np.ndarray], strengths: list[float]
) -> tuple[list[list[float]], np.ndarray]:
    """Attacks the test images at each strength.

    Returns the table of (strength, accuracy) and a picture of one digit per class: the
    originals in the first row, below them one row per strength.
    """
    if not strengths or not all(0 <= strength <= 1 for strength in strengths):
        raise ValueError(f"strengths must be numbers from 0 to 1, not {strengths}")
    images, labels = digits["test_images"], digits["test_labels"]
    shown = [int(np.flatnonzero(labels == digit)[0]) for digit in np.unique(labels)]
    table, rows = [], [images[shown]]
    for strength in strengths:
        attacked = fast_gradient_sign(model, images, labels, strength)
        accuracy = float(np.mean(predict(model, attacked) == labels))
        LOGGER.info("attacked", strength=strength, accuracy=round(accuracy, 4))
        table.append([float(strength), accuracy])
        rows.append(attacked[shown])
    return table, tile(rows)


@pyplugs.register
def report_metrics(table: list[list[float]]) -> None:
    """Posts one accuracy per strength; the step is the strength's place in the list."""
    client = get_authenticated_worker_client(LOGGER, client_type="json")
    for step, (_strength, accuracy) in enumerate(table):
        client.jobs.append_metric_by_id(
            job_id=os.environ["__JOB_ID"],
            metric_name="accuracy",
            metric_value=accuracy,
            metric_step=step,
        )
    client.close()


def scores(model: dict[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    return images @ model["weights"].T + model["bias"]


def predict(model: dict[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """The classes are the digits 0 to 9, so the best row's number is the answer."""
    return np.argmax(scores(model, images), axis=1)


def fast_gradient_sign(
    model: dict[str, np.ndarray], images: np.ndarray, labels: np.ndarray, strength: float
) -> np.ndarray:
    """Moves every pixel by `strength` in the direction that raises the loss most."""
    raw = scores(model, images)
    chances = np.exp(raw - raw.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    chances[np.arange(len(labels)), labels] -= 1.0
    gradient = chances @ model["weights"]
    return np.clip(images + strength * np.sign(gradient), 0.0, 1.0)


def tile(rows: list[np.ndarray]) -> Any:
    """One grey picture of rows of 8 x 8 digits, one pixel of white between them."""
    picture = np.full((9 * len(rows) + 1, 9 * len(rows[0]) + 1), 255, dtype=np.uint8)
    for row, images in enumerate(rows):
        for column, image in enumerate(images):
            top, left = 9 * row + 1, 9 * column + 1
            ink = np.rint(255 * (1 - image.reshape(8, 8))).astype(np.uint8)
            picture[top : top + 8, left : left + 8] = ink
    return picture

"""Files that need more than one request."""

import os
from contextlib import contextmanager

from areas.artifacts import MIB, there_and_back


@contextmanager
def environment(**values):
    os.environ |= values
    try:
        yield
    finally:
        for name in values:
            del os.environ[name]


def check_two_hundred_megabytes_in_parts(scene):
    parts = {
        "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": str(4 * MIB),
        "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(10 * MIB),
    }
    with environment(**parts):
        for size in [4 * MIB, 4 * MIB + 1, 30_000_000, 200_000_000]:
            there_and_back(scene, size)


def check_two_hundred_megabytes_in_one_piece(scene):
    there_and_back(scene, 200_000_000)

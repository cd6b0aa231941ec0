"""What answers must be."""

from contextlib import contextmanager

from mlflow.exceptions import MlflowException

MISSING_RUN = "0123456789abcdef0123456789abcdef"


@contextmanager
def refused(code, *words):
    """The calls inside must be refused by this error code and a message with these words."""
    try:
        yield
    except MlflowException as error:
        assert error.error_code == code, f"{error.error_code}: {error.message}"
        for word in words:
            assert word in error.message, f"{word!r} is not in {error.message!r}"
        return
    raise AssertionError(f"This was not refused with {code}.")


def same(seen, wanted, what="the answer"):
    assert seen == wanted, f"{what}: {seen!r} instead of {wanted!r}"


def pages(search, **more):
    """All rows of a search, page by page; every page but the last is full."""
    size, rows, token = more.pop("max_results", 2), [], None
    while True:
        page = search(max_results=size, page_token=token, **more)
        rows += page
        token = page.token
        if not token:
            return rows
        assert len(page) == size, f"a page of {len(page)} that is not the last"

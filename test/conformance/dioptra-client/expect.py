"""What answers must be."""

import json
from contextlib import contextmanager
from urllib.parse import parse_qs, urlparse

from dioptra.client.base import StatusCodeError

MISSING = 987_654_321


@contextmanager
def refused(status, error=None, **detail):
    """The calls inside must be answered with this status, class of error and parts of its detail."""
    try:
        yield
    except StatusCodeError as refusal:
        assert refusal.status_code == status, refusal
        if error is not None:
            body = json.loads(refusal.message)
            assert body.get("error") == error, refusal
            assert {name: body["detail"].get(name) for name in detail} == detail, refusal
        return
    raise AssertionError(f"This was not refused with {status}.")


def has(answer, **fields):
    """Asserts that an answer has these fields, and returns it."""
    shown = {name: answer.get(name, "(missing)") for name in fields}
    assert shown == fields, f"{shown} instead of {fields}"
    return answer


def ids(rows):
    return [row["id"] for row in rows]


def is_time(text):
    assert text.endswith("+00:00") and "T" in text, text


def is_resource(answer, **fields):
    """A resource as it is after it was made or changed."""
    has(answer, latestSnapshot=True, deleted=False, **fields)
    assert answer["group"]["url"] == f"/api/v1/groups/{answer['group']['id']}"
    assert answer["user"]["url"] == f"/api/v1/users/{answer['user']['id']}"
    for name in ["createdOn", "snapshotCreatedOn", "lastModifiedOn"]:
        is_time(answer[name])
    return answer


def index_in(link):
    query = parse_qs(urlparse(link).query)
    return int(query["index"][0]), int(query["pageLength"][0])


def walk(get, page_length=2, **query):
    """All rows of a list: by its links to the end, and back to the start."""
    page = get(index=0, page_length=page_length, **query)
    rows, total = list(page["data"]), page["totalNumResults"]
    has(page, index=0)
    assert "prev" not in page and index_in(page["first"]) == (0, page_length)
    while not page["isComplete"]:
        index, length = index_in(page["next"])
        assert (index, length) == (page["index"] + page_length, page_length)
        page = get(index=index, page_length=length, **query)
        has(page, index=index, totalNumResults=total)
        assert page["first"].startswith("/api/v1/")
        rows += page["data"]
    assert "next" not in page
    while page["index"] > 0:
        index, length = index_in(page["prev"])
        assert index == max(page["index"] - page_length, 0)
        page = get(index=index, page_length=length, **query)
        assert page["data"] == rows[index : index + length]
    assert len(rows) == total
    return rows

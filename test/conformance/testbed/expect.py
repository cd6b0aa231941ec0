"""What answers must look like."""

import re
from datetime import datetime

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
RUN_ID = re.compile(r"[0-9a-f]{32}")
NAIVE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")
STATES = {"queued", "started", "deferred", "finished", "failed"}


def text(value):
    return isinstance(value, str)


def whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def time(value):
    return text(value) and NAIVE.fullmatch(value) and datetime.fromisoformat(value).tzinfo is None


def uuid(value):
    return text(value) and UUID4.fullmatch(value)


def texts(value):
    return isinstance(value, list) and all(map(text, value))


def or_none(kind):
    return lambda value: value is None or kind(value)


EXPERIMENT = {"experimentId": whole, "createdOn": time, "lastModified": time, "name": text}
QUEUE = {"queueId": whole, "createdOn": time, "lastModified": time, "name": text}
TASK_PLUGIN = {"taskPluginName": text, "collection": text, "modules": texts}
USER = {
    "userId": whole,
    "username": text,
    "emailAddress": text,
    "createdOn": time,
    "lastModifiedOn": time,
    "lastLoginOn": time,
    "userExpireOn": time,
    "passwordExpireOn": time,
}
JOB = {
    "jobId": uuid,
    "mlflowRunId": or_none(lambda value: text(value) and RUN_ID.fullmatch(value)),
    "experimentId": whole,
    "queueId": whole,
    "createdOn": time,
    "lastModified": time,
    "timeout": lambda value: re.fullmatch(r"\d+[dhms]", value),
    "workflowUri": lambda value: re.fullmatch(r"s3://workflow/[0-9a-f]{32}/[\w.-]+", value),
    "entryPoint": text,
    "entryPointKwargs": or_none(text),
    "dependsOn": or_none(uuid),
    "status": STATES.__contains__,
}


def is_a(model, value, exactly=True):
    """The value has every field of the model, each of its type; a job may have more."""
    missing = [name for name in model if name not in value]
    assert not missing, f"{missing} missing in {value}"
    wrong = [(name, value[name]) for name, kind in model.items() if not kind(value[name])]
    assert not wrong, f"wrong: {wrong}"
    more = [name for name in value if name not in model]
    assert not (exactly and more), f"nobody knows {more}"
    return value


def ok(answer):
    """The JSON of a call that succeeded."""
    told = f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:1000]}"
    assert answer.status_code == 200, told
    assert answer.headers["content-type"].startswith("application/json"), told
    return answer.json()


def refused(answer, status, begins, *holds):
    """An error: its status, and nothing but a message."""
    told = f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:1000]}"
    assert answer.status_code == status, told
    body = answer.json()
    assert list(body) == ["message"], told
    assert body["message"].startswith(begins), told
    for part in holds:
        assert part in body["message"], f"{part!r} is not in {told}"


def same(found, wanted):
    assert found == wanted, f"{found!r} is not {wanted!r}"

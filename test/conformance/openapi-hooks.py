"""What schemathesis loads beside the document, see openapi.test.ts."""

import base64
import itertools
import urllib.parse

import schemathesis
from schemathesis.specs.openapi import _auth_retry

# Twenty wrong passwords make a name wait, with 429. The check that credentials are looked at shows the
# same wrong ones to each operation, so each of its tries gets a name of its own here.
wrong_names = itertools.count()
wrong_value_for = _auth_retry._invalid_value_for


def wrong_value_of_another(parameter):
    value = wrong_value_for(parameter)
    if not value.startswith("Basic "):
        return value
    name = f"nobody-{next(wrong_names)}:wrong"
    return "Basic " + base64.b64encode(name.encode()).decode()


_auth_retry._invalid_value_for = wrong_value_of_another

LONGEST_TEXT = 100_000


def without_large_limits(schema):
    if isinstance(schema, list):
        for each in schema:
            without_large_limits(each)
    elif isinstance(schema, dict):
        if isinstance(limit := schema.get("maxLength"), int) and limit > LONGEST_TEXT:
            del schema["maxLength"]
        for each in schema.values():
            without_large_limits(each)


# Where a pattern stands beside a limit of megabytes no text is found in time, and some cases then send
# `0` for a body that is right. Tests of our own go to the limits.
@schemathesis.hook
def before_load_schema(context, raw_schema):
    without_large_limits(raw_schema)


LONGEST_QUERY = 6_000


# Longer ones are the server's to refuse, before it knows whose they are; tests of our own go there.
@schemathesis.hook
def filter_query(context, query):
    text = urllib.parse.urlencode(query, doseq=True) if isinstance(query, dict) else str(query)
    return len(text) < LONGEST_QUERY

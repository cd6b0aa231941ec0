"""What schemathesis loads beside the document, see openapi.test.ts."""

import base64
import itertools

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

"""What flask-restx, which the original is made with, shows of values.

Each line in is a list of a mask and a value, as JSON; each line out what is shown of it, as a text of
JSON, or what is wrong with the mask. Where it breaks, there is neither.
"""

import json
import sys

from flask_restx.mask import Mask, ParseError


def shown(text, value):
    try:
        return {"json": json.dumps(Mask(text).apply(value), ensure_ascii=False, separators=(",", ":"))}
    except ParseError as error:
        return {"refused": f"Mask parse error: {error.msg}"}
    except (AttributeError, IndexError):
        return {}


for line in sys.stdin:
    print(json.dumps(shown(*json.loads(line))))

"""Progress of the sample: JSON lines for a program, plain lines for a person."""

from __future__ import annotations

import json
import time
from typing import Any


class SampleError(Exception):
    """The sample cannot go on, or a check failed; the message is for a person."""


class Events:
    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._begun = time.monotonic()

    def say(self, phase: str, message: str, **more: Any) -> None:
        elapsed = time.monotonic() - self._begun
        if self._as_json:
            event = {"phase": phase, "message": message, "elapsed": round(elapsed, 3), **more}
            print(json.dumps(event), flush=True)
        else:
            print(f"{elapsed:7.2f} s  {phase:<9} {message}", flush=True)


def as_table(strengths: list[float], columns: dict[str, dict[float, float]]) -> dict[str, Any]:
    """Accuracies by strength, one column per job, and the same as aligned text."""
    rows = [[s, *(by_strength.get(s) for by_strength in columns.values())] for s in strengths]
    header = ["strength", *columns]
    widths = [max(len(name), 8) for name in header]
    lines = ["  ".join(name.rjust(width) for name, width in zip(header, widths))]
    for strength, *accuracies in rows:
        cells = [f"{strength:g}", *("" if a is None else f"{a:.1%}" for a in accuracies)]
        lines.append("  ".join(cell.rjust(width) for cell, width in zip(cells, widths)))
    return {"columns": header, "rows": rows, "text": lines}

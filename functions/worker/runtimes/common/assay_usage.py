"""What a job used, for the record that ends every job's log descriptor."""

from __future__ import annotations

import resource
import sys
from typing import Any

# Linux counts in KiB, macOS in bytes.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def usage_record() -> dict[str, Any]:
    """CPU of this process and of all that it waited for; the most memory that one of them had."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    peak = max(own.ru_maxrss, ended.ru_maxrss) * RSS_UNIT
    return {"usage": {"cpuSeconds": round(cpu, 3), "peakMemoryBytes": peak}}

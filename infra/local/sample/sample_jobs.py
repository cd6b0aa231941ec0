"""Submits jobs and follows them to their end, with their logs as they arrive."""

from __future__ import annotations

import time
from typing import Any

import sample_definitions as definitions
from sample_events import Events, SampleError
from sample_resources import Client, Sample

FINAL = ("finished", "failed")
POLL_SECONDS = 0.25
LOG_PAGE = 100
# A worker may hand in its last lines just after the final status.
LAST_LINES_SECONDS = 0.75


def submit(client: Client, sample: Sample, events: Events) -> list[int]:
    jobs = []
    for description, values in definitions.JOBS:
        job = client.experiments.jobs.create(
            experiment_id=sample.experiment_id,
            entrypoint_id=sample.entrypoint_id,
            queue_id=sample.queue_id,
            values=values,
            timeout="10m",
            description=description,
        )
        jobs.append(job["id"])
        events.say("submit", f"job {job['id']}: {description}", job=job["id"], values=values)
    return jobs


def follow(client: Client, jobs: list[int], timeout: float, events: Events) -> None:
    """Returns when every job has finished; a failed or endless job is an error."""
    states = dict.fromkeys(jobs, "")
    seen = dict.fromkeys(jobs, 0)
    deadline = time.monotonic() + timeout
    while not all(state in FINAL for state in states.values()):
        if time.monotonic() > deadline:
            raise SampleError(f"after {timeout:g} s the jobs are still {_listed(states)}")
        for job, state in states.items():
            if state in FINAL:
                continue
            states[job] = client.jobs.get_status(job)["status"]
            seen[job] = _show_log(client, job, seen[job], events)
            if states[job] != state:
                events.say("status", f"job {job}: {states[job]}", job=job, status=states[job])
        time.sleep(POLL_SECONDS)
    time.sleep(LAST_LINES_SECONDS)
    for job in jobs:
        seen[job] = _show_log(client, job, seen[job], events)
    if "failed" in states.values():
        raise SampleError(f"not every job finished: {_listed(states)}; its log says why")


def _show_log(client: Client, job: int, seen: int, events: Events) -> int:
    """Shows what was logged since and returns how many lines have been seen."""
    while True:
        page = client.jobs.get_logs_by_id(job, index=seen, page_length=LOG_PAGE)
        for line in page["data"]:
            events.say(
                "log",
                f"job {job}: {line['message']}",
                job=job,
                severity=line["severity"],
                logger=line["loggerName"],
            )
        seen += len(page["data"])
        if page["isComplete"] or not page["data"]:
            return seen


def _listed(states: dict[int, str]) -> str:
    return ", ".join(f"job {job} {state or 'unknown'}" for job, state in states.items())

"""The sample with the official Dioptra client: how does a digit classifier stand up to an attack?

    python run_sample.py --url http://127.0.0.1:5000 --username ada --out results

The password comes from ASSAY_SAMPLE_PASSWORD or --password (which other users of the machine can
see). Exit code 0 only if both jobs finished and every downloaded byte was checked.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from dioptra.client import connect_json_dioptra_client
from dioptra.client.base import APIConnectionError, DioptraClientError, StatusCodeError

import sample_definitions as definitions
from sample_events import Events, SampleError, as_table
from sample_jobs import FINAL, follow, submit
from sample_resources import Client, find, register, sign_in

SHOWN_JOBS = 20


def main() -> int:
    args = _arguments()
    events = Events(args.json_progress)
    client = connect_json_dioptra_client(address=args.url)
    try:
        only_look = args.show or args.verify_only
        group = sign_in(client, args.username, args.password, not only_look, events)
        if only_look:
            finished = _show(client, group, events)
            if args.verify_only:
                _verify(client, finished, args.out, events)
        else:
            sample = register(client, group, events)
            jobs = submit(client, sample, events)
            follow(client, jobs, args.timeout, events)
            _verify(client, jobs, args.out, events)
    except StatusCodeError as error:
        return _fail(events, f"the server answered {error.args[0]}: {error.args[1][:500]}")
    except APIConnectionError:
        return _fail(events, f"nothing answers at {args.url}")
    except (SampleError, DioptraClientError, OSError) as error:
        return _fail(events, str(error))
    except KeyboardInterrupt:
        return _fail(events, "interrupted")
    finally:
        client.close()
    return 0


def _show(client: Client, group: int, events: Events) -> list[int]:
    """Lists what the server holds; returns the finished jobs of the sample."""
    page = client.experiments.get(group_id=group, page_length=100)
    for experiment in page["data"]:
        jobs = _jobs(client, experiment["id"])
        listed = "; ".join(
            f"job {job['id']} {job['status']}: {job['description'] or job['entrypoint']['name']}"
            for job in jobs
        )
        events.say(
            "earlier",
            f"experiment {experiment['name']} (id {experiment['id']}): {listed or 'no jobs'}",
            experiment={"id": experiment["id"], "name": experiment["name"]},
            jobs=[_summary(job) for job in jobs],
        )
    total = page["totalNumResults"]
    sample = find(client.experiments, group, definitions.EXPERIMENT)
    finished = [] if sample is None else [
        job["id"] for job in _jobs(client, sample["id"]) if job["status"] == "finished"
    ]
    events.say("shown", f"{total} experiments", experiments=total, finished=finished)
    return sorted(finished)


def _jobs(client: Client, experiment: int) -> list[dict[str, Any]]:
    """The newest jobs first."""
    page = client.experiments.jobs.get(
        experiment, sort_by="createdOn", descending=True, page_length=SHOWN_JOBS
    )
    return page["data"]


def _summary(job: dict[str, Any]) -> dict[str, Any]:
    kept = ("id", "status", "description", "createdOn", "values")
    return {name: job[name] for name in kept} | {"isOver": job["status"] in FINAL}


def _verify(client: Client, jobs: list[int], out: Path, events: Events) -> None:
    # scikit-learn takes a second to load, which the wait for the jobs should not begin with.
    from sample_check import check_job

    checked = [check_job(client, job, out.resolve(), events) for job in jobs]
    columns = {f"job {result.job}": result.accuracies for result in checked}
    table = as_table(sorted({s for by in columns.values() for s in by}), columns)
    for line in table["text"]:
        events.say("result", line)
    events.say(
        "done",
        f"{len(checked)} jobs, {sum(len(c.files) for c in checked)} artifacts in {out.resolve()}",
        ok=True,
        table=table,
        jobs=[{"id": c.job, "artifacts": c.files} for c in checked],
    )


def _fail(events: Events, message: str) -> int:
    events.say("error", message, ok=False)
    return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", required=True, help="origin of the server, without /api/v1")
    parser.add_argument("--username", required=True)
    parser.add_argument("--password", default=os.environ.get("ASSAY_SAMPLE_PASSWORD"))
    parser.add_argument("--out", type=Path, default=Path("results"), help="where artifacts go")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds for both jobs")
    parser.add_argument("--json-progress", action="store_true", help="one JSON object per line")
    parser.add_argument("--show", action="store_true", help="only list experiments and jobs")
    parser.add_argument(
        "--verify-only", action="store_true", help="list, then check the finished jobs once more"
    )
    args = parser.parse_args()
    if not args.password:
        parser.error("a password is needed: set ASSAY_SAMPLE_PASSWORD")
    return args


if __name__ == "__main__":
    sys.exit(main())

"""Jobs from their submission to their end. Those that take a worker are submitted together, by the first check."""

import projects
from areas.plugins import register
from expect import JOB, is_a, ok, refused, same


def jobs(scene):
    """The answers to what was submitted, by name."""

    def submit():
        plugin = register(scene, "greetings")
        assert plugin.status_code == 200 or "exists already" in plugin.text, plugin.text
        main = scene.submitted(
            ("digits.tar.gz", None),
            entry_point="main",
            entry_point_kwargs="-P epochs=5 -P name='two words'",
            timeout="1h",
        )
        return {
            "main": main,
            "after": scene.submitted(
                ("digits.zip", projects.zipped()),
                depends_on=main["jobId"],
                entry_point_kwargs="-P word=afterwards",
            ),
            "slow": scene.submitted(entry_point="wait", timeout="1s"),
            "plugin": scene.submitted(entry_point="plugin"),
            "fails": scene.submitted(
                entry_point="fail", retry_attempts=2, retry_exit_codes="3", retry_backoff=0
            ),
            "never": scene.submitted(entry_point="wait", depends_on=scene.submitted()["jobId"]),
        }

    return scene.once("jobs", submit)


def check_has_every_field_when_it_is_submitted(scene):
    experiment = ok(scene.get(f"/experiment/name/{scene.experiment()}"))
    queue = ok(scene.get(f"/queue/name/{scene.queue}"))
    main, after = jobs(scene)["main"], jobs(scene)["after"]
    wanted = {
        "mlflowRunId": None,
        "experimentId": experiment["experimentId"],
        "queueId": queue["queueId"],
        "timeout": "1h",
        "entryPoint": "main",
        "entryPointKwargs": "-P epochs=5 -P name='two words'",
        "dependsOn": None,
        "status": "queued",
    }
    same({name: main[name] for name in wanted}, wanted)
    assert main["workflowUri"].endswith("/digits.tar.gz")
    wanted = {"timeout": "24h", "dependsOn": main["jobId"], "status": "deferred"}
    same({name: after[name] for name in wanted}, wanted)
    same(after["entryPointKwargs"], "-P word=afterwards")
    same(jobs(scene)["plugin"]["entryPointKwargs"], None)
    for slash in ("", "/"):
        found = ok(scene.get(f"/job/{main['jobId']}{slash}"))
        kept = ("jobId", "experimentId", "queueId", "createdOn", "timeout", "workflowUri")
        same([found[name] for name in kept], [main[name] for name in kept])
        rows = {row["jobId"]: row for row in ok(scene.get(f"/job{slash}"))}
        for job in jobs(scene).values():
            is_a(JOB, rows[job["jobId"]], exactly=False)


def check_can_be_cancelled_while_it_is_deferred(scene):
    job = jobs(scene)["never"]
    same(job["status"], "deferred")
    cancelled = ok(scene.post(f"/job/{job['jobId']}/cancel"))
    same((cancelled["status"], cancelled["reason"]), ("failed", "cancelled"))
    refused(scene.post(f"/job/{job['jobId']}/cancel/"), 409, "Conflict - ")


def check_runs_in_mlflow_with_parameters_metrics_and_artifacts(scene):
    job = scene.finished(jobs(scene)["main"]["jobId"])
    same(job["lastModified"] > job["createdOn"], True)
    run = scene.mlflow("runs/get", run_id=job["mlflowRunId"])["run"]
    same(run["info"]["experiment_id"], str(job["experimentId"]))
    same(run["info"]["status"], "FINISHED")
    params = {param["key"]: param["value"] for param in run["data"]["params"]}
    same(params, {"epochs": "5", "name": "two words", "learning_rate": "0.25"})
    same({metric["key"]: metric["value"] for metric in run["data"]["metrics"]}, {"accuracy": 0.75})
    history = scene.mlflow("metrics/get-history", run_id=job["mlflowRunId"], metric_key="accuracy")
    same([point["value"] for point in history["metrics"]], [0.5, 0.625, 0.75])
    files = scene.mlflow("artifacts/list", run_id=job["mlflowRunId"], path="tables")["files"]
    same([file["path"] for file in files], ["tables/digits.csv"])
    where = {"run_uuid": job["mlflowRunId"], "path": "tables/digits.csv"}
    artifact = scene.http.get(f"{scene.server}/get-artifact", params=where)
    same((artifact.status_code, artifact.text), (200, "digit,count\n7,11\n"))


def check_has_a_log_to_follow_and_to_download(scene):
    job_id = jobs(scene)["main"]["jobId"]
    scene.finished(job_id)
    said = "training for 5.0 epochs as two words"
    assert said in scene.log(job_id), scene.log(job_id)
    first = ok(scene.get(f"/job/{job_id}/log", params={"limit": 1}))
    same((len(first["lines"]), first["hasMore"]), (1, True))
    same(sorted(first["lines"][0]), ["createdOn", "logger", "message", "severity"])
    lines = ok(scene.get(f"/job/{job_id}/log/"))
    same((lines["hasMore"], lines["ended"]), (False, True))
    nothing = ok(scene.get(f"/job/{job_id}/log", params={"cursor": lines["cursor"]}))
    same((nothing["lines"], nothing["ended"]), ([], True))
    whole = scene.get(f"/job/{job_id}/log/download")
    assert whole.status_code == 200 and said in whole.text, whole.text


def check_runs_after_what_it_depends_on(scene):
    first = scene.finished(jobs(scene)["main"]["jobId"])
    job = scene.finished(jobs(scene)["after"]["jobId"])
    assert "said afterwards" in scene.log(job["jobId"]), scene.log(job["jobId"])
    runs = [scene.mlflow("runs/get", run_id=each["mlflowRunId"]) for each in (first, job)]
    ended, began = runs[0]["run"]["info"]["end_time"], runs[1]["run"]["info"]["start_time"]
    assert began >= ended, runs


def check_fails_when_its_time_is_over(scene):
    job = scene.wait(jobs(scene)["slow"]["jobId"])
    same((job["status"], job["reason"], job["timeout"]), ("failed", "timeout", "1s"))


def check_imports_the_task_plugins_of_its_group(scene):
    job = scene.finished(jobs(scene)["plugin"]["jobId"])
    assert "greetings to plugins" in scene.log(job["jobId"])


def check_is_tried_again_as_it_asks_for(scene):
    job = scene.wait(jobs(scene)["fails"]["jobId"])
    same((job["status"], job["attempt"]), ("failed", 2))
    assert "3" in job["message"], job
    assert scene.log(job["jobId"]).count("failing\n") == 2, scene.log(job["jobId"])


def check_tells_its_progress_and_is_cancelled_while_it_runs(scene):
    job_id = scene.submitted(entry_point="wait")["jobId"]
    job = scene.wait(job_id, "started")
    same(job["progress"], None)
    for way in ("json", "data"):
        told = {"fraction": 0.5, "message": f"half of it, by {way}"}
        same(ok(scene.put(f"/job/{job_id}/progress", **{way: told})), {"jobId": job_id} | told)
        same(scene.job(job_id)["progress"], told)
    wrong = scene.put(f"/job/{job_id}/progress", json={"fraction": 2})
    refused(wrong, 400, "Bad Request - ", "fraction")
    early = scene.post(f"/job/{job_id}/retry")
    refused(early, 409, "Conflict - ")

    ok(scene.post(f"/job/{job_id}/cancel"))

    job = scene.wait(job_id)
    same((job["status"], job["reason"]), ("failed", "cancelled"))
    late = scene.put(f"/job/{job_id}/progress", json={"fraction": 1, "message": ""})
    refused(late, 409, "Conflict - ")


def check_is_retried_by_hand(scene):
    job_id = jobs(scene)["fails"]["jobId"]
    scene.wait(job_id)
    again = ok(scene.post(f"/job/{job_id}/retry"))
    same((again["status"], again["reason"]), ("queued", None))
    ok(scene.post(f"/job/{job_id}/cancel"))
    same(scene.wait(job_id)["reason"], "cancelled")


def check_has_its_archive_and_can_be_deleted(scene):
    content = projects.tarball()
    job = scene.submitted(("again.tar.gz", content), entry_point="wait")
    ok(scene.post(f"/job/{job['jobId']}/cancel"))
    archive = scene.get(f"/job/{job['jobId']}/workflow")
    same((archive.status_code, archive.content == content), (200, True))
    done = {"status": "Success", "id": [job["jobId"]]}
    same(ok(scene.delete(f"/job/{job['jobId']}")), done)
    refused(scene.get(f"/job/{job['jobId']}"), 404, "Not Found - There is no such job.")

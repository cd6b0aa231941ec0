import projects
from expect import ok, refused

BEGINS = "Bad Request - The job was not submitted."


def check_names_what_is_missing(scene):
    for field in ("experiment_name", "queue", "entry_point"):
        refused(scene.submit(**{field: None}), 400, BEGINS, f"{field}: is required")
        refused(scene.submit(**{field: ""}), 400, BEGINS, f"{field}: is required")
    refused(scene.post("/job/", data=scene.job_form()), 400, BEGINS, "workflow: ")
    refused(scene.post("/job/", json=scene.job_form()), 400, BEGINS, "workflow: ")
    refused(scene.post("/job/"), 400, BEGINS)


def check_names_what_is_wrong(scene):
    unknown = "00000000-0000-4000-8000-000000000001"
    refused(scene.submit(experiment_name="none"), 400, BEGINS, "experiment")
    refused(scene.submit(queue="none"), 400, BEGINS, "queue")
    refused(scene.submit(entry_point="none"), 400, BEGINS, "entry_point", "none")
    refused(scene.submit(timeout="soon"), 400, BEGINS, "timeout")
    refused(scene.submit(depends_on="x"), 400, BEGINS, "job x")
    refused(scene.submit(depends_on=unknown), 400, BEGINS, "There is no job", unknown)
    refused(scene.submit(entry_point_kwargs="-P word"), 400, BEGINS, "entry_point_kwargs")
    refused(scene.submit(entry_point_kwargs="-P word='x"), 400, BEGINS, "entry_point_kwargs")


def check_names_what_is_no_workflow(scene):
    plain = projects.tarball({"a.py": ""})
    for name, content in [
        ("w.txt", projects.tarball()),
        ("w.zip", b"no archive"),
        ("w.tar.gz", projects.tarball()[:-20]),
        ("w.tar.gz", plain),
        ("w.tar.gz", projects.tarball({"MLproject": "a: ["})),
    ]:
        refused(scene.submit((name, content)), 400, BEGINS, "workflow: ")


def check_takes_no_locked_queue(scene):
    name = scene.name("locked")
    ok(scene.post("/queue/", data={"name": name}))
    ok(scene.put(f"/queue/name/{name}/lock"))
    refused(scene.submit(queue=name), 400, BEGINS, "queue")


def check_knows_no_other_jobs(scene):
    for job_id in ("x", "1", "00000000-0000-4000-8000-000000000001"):
        for slash in ("", "/"):
            missing = scene.get(f"/job/{job_id}{slash}")
            refused(missing, 404, "Not Found - There is no such job.")
        for path in ("log", "log/download", "workflow"):
            refused(scene.get(f"/job/{job_id}/{path}"), 404, "Not Found - There is no such job.")
        for path in ("cancel", "retry"):
            refused(scene.post(f"/job/{job_id}/{path}"), 404, "Not Found - There is no such job.")
        refused(scene.delete(f"/job/{job_id}"), 404, "Not Found - There is no such job.")

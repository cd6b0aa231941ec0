"""Large archives in the form itself, which takes 100 MiB where no gateway stands before it."""

import projects
from expect import JOB, is_a, ok, refused


def check_takes_what_is_large(scene):
    content = projects.tarball(mode="w", megabytes=scene.megabytes)
    job = is_a(JOB, ok(scene.submit(("large.tar", content))), exactly=False)
    scene.finished(job["jobId"])


def check_says_what_to_do_where_it_is_too_large(scene):
    content = bytes(101 * projects.MEGABYTE)
    for body in (scene.submit(("large.tar", content)), scene.post("/job/", data=content)):
        refused(body, 413, "Content Too Large - ", "POST /api/job/workflowUpload", "104857600 bytes")

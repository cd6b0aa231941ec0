"""Archives that are large, put into the store before their job is submitted."""

import base64
import hashlib
import tempfile
from urllib.parse import urlsplit

import projects
import requests
from expect import JOB, is_a, ok, refused, same


def put_archive(scene, archive, told):
    """Streams a file to where the API says; gives what a job names it by."""
    upload = ok(scene.post("/job/workflowUpload", **told))
    same(list(upload), ["workflowUpload", "method", "url", "headers"])
    archive.seek(0)
    put = requests.request(
        upload["method"], upload["url"], data=archive, headers=upload["headers"], timeout=60
    )
    assert put.status_code == 200, f"{put.status_code} {put.text[:500]}"
    return upload


def check_goes_to_its_address_and_is_run(scene):
    content = projects.zipped(megabytes=scene.megabytes)
    with tempfile.TemporaryFile() as archive:
        archive.write(content)
        described = {"filename": "large.zip", "size": len(content)}
        upload = put_archive(scene, archive, {"json": described})

        form = scene.job_form(workflow_upload=upload["workflowUpload"])
        job = is_a(JOB, ok(scene.post("/job/", data=form)), exactly=False)

        same(job["workflowUri"], f"s3://workflow/{upload['workflowUpload']}/large.zip")
        same(scene.finished(job["jobId"])["status"], "finished")
        assert "said hello" in scene.log(job["jobId"])
        stored = scene.get(f"/job/{job['jobId']}/workflow")
        assert stored.content == content, "the archive came back changed"


def check_is_checked_by_its_sum(scene):
    content = projects.tarball()
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    told = {"filename": "w.tar.gz", "size": str(len(content)), "sha256": digest}
    with tempfile.TemporaryFile() as archive:
        archive.write(content)
        upload = put_archive(scene, archive, {"data": told})
    form = scene.job_form(workflow_upload=upload["workflowUpload"], entry_point="wait")
    job = ok(scene.post("/job/", data=form))
    ok(scene.post(f"/job/{job['jobId']}/cancel"))


def check_is_refused(scene):
    begins = "Bad Request - The job was not submitted."
    for told in ({}, {"filename": "w.txt", "size": 9}, {"filename": "w.zip", "size": 0}):
        refused(scene.post("/job/workflowUpload/", json=told), 400, begins)
    huge = {"filename": "w.zip", "size": 101 * projects.MEGABYTE}
    told = scene.post("/job/workflowUpload", json=huge)
    refused(told, 413, "Content Too Large - ", "104857600 bytes")
    upload = ok(scene.post("/job/workflowUpload", json={"filename": "w.zip", "size": 9}))
    assert urlsplit(upload["url"]).query, upload
    for key in (upload["workflowUpload"], "0" * 32):
        form = scene.job_form(workflow_upload=key)
        refused(scene.post("/job/", data=form), 400, begins, "workflow_upload: there is no such")
    both = scene.submit(workflow_upload=upload["workflowUpload"])
    refused(both, 400, begins, "workflow: Give the archive")
    other = requests.put(upload["url"], data=b"x" * 10, headers=upload["headers"])
    assert other.status_code >= 400, other.text

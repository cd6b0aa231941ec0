"""What the gateway of a deployment does with a form that is too large for it, and the way around."""

import tempfile

import projects
from areas.uploads import put_archive
from expect import ok, same


def check_refuses_a_large_form(scene):
    for megabytes in (5, 11):
        answer = scene.submit(("w.zip", projects.zipped(megabytes=megabytes)))
        same(answer.status_code, 413)
        same(answer.json(), {"message": "Request Entity Too Large"})


def check_never_sees_an_upload(scene):
    content = projects.zipped(megabytes=scene.megabytes)
    with tempfile.TemporaryFile() as archive:
        archive.write(content)
        told = {"json": {"filename": "w.zip", "size": len(content)}}
        upload = put_archive(scene, archive, told)
    assert not upload["url"].startswith(scene.server), upload
    form = scene.job_form(workflow_upload=upload["workflowUpload"])
    same(ok(scene.post("/job/", data=form))["status"], "queued")

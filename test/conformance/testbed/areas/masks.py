import json

import projects
from expect import ok, refused, same

ERRORS = {
    "{name": "Missing closing bracket",
    "name{a": "Missing closing bracket",
    "name}": "Unexpected closing bracket",
    "{{name}}": "Unexpected opening bracket",
    ",name": "Unexpected comma",
    "name,,x": "Unexpected comma",
}


def header(mask):
    return {"X-Fields": mask}


def fields(answer):
    """The names of the answer's fields, in the order in which they came."""
    ok(answer)
    found = json.loads(answer.text, object_pairs_hook=list)
    return [name for name, _ in found]


def check_thins_out_whatever_is_got(scene):
    experiment = ok(scene.get(f"/experiment/name/{scene.experiment()}"))
    queue = ok(scene.get(f"/queue/name/{scene.queue}"))
    user = ok(scene.get(f"/user/name/{scene.user}"))
    job = scene.submitted(entry_point="wait")
    ok(scene.post(f"/job/{job['jobId']}/cancel"))
    ones = {
        f"/experiment/{experiment['experimentId']}": ["name", "experimentId"],
        f"/experiment/name/{experiment['name']}": ["lastModified", "name"],
        f"/queue/{queue['queueId']}": ["name", "queueId"],
        f"/queue/name/{queue['name']}": ["queueId"],
        f"/user/{user['userId']}": ["username", "userId"],
        f"/user/name/{user['username']}": ["emailAddress"],
        f"/job/{job['jobId']}": ["status", "jobId"],
        f"/job/{job['jobId']}/log": ["ended", "lines"],
        "/taskPlugin/dioptra_builtins/tracking": ["modules", "collection"],
    }
    for path, names in ones.items():
        whole = fields(scene.get(path))
        mask = ",".join(names)
        same(fields(scene.get(path, headers=header(mask))), names)
        same(fields(scene.get(path, headers=header(f"{{ {mask} }}"))), names)
        same(fields(scene.get(path, headers=header("*"))), whole)
        rest = [name for name in whole if name not in names]
        same(fields(scene.get(path, headers=header(f"{{{mask},*}}"))), names + rest)
        same(fields(scene.get(path, headers=header(f"zzz,*,{names[0]}")))[:2], ["zzz", names[0]])


def check_thins_out_every_element_of_lists(scene):
    scene.experiment()
    lists = ["experiment/", "queue/", "job/", "taskPlugin/", "user/"]
    lists += ["taskPlugin/dioptra_builtins", "taskPlugin/dioptra_custom"]
    for path in lists:
        rows = ok(scene.get(f"/{path}", headers=header("name,zzz")))
        assert all(list(row) == ["name", "zzz"] and row["zzz"] is None for row in rows), rows
    for path in lists[:5]:
        assert ok(scene.get(f"/{path}", headers=header("name")))


def check_goes_as_deep_as_what_it_names(scene):
    job = scene.submitted(entry_point="wait")
    place = f"/job/{job['jobId']}"
    cancelled = ok(scene.post(f"{place}/cancel", headers=header("status,progress{fraction}")))
    same(cancelled, {"status": "failed", "progress": None})
    same(ok(scene.get(place, headers=header("jobId{x}")))["jobId"], job["jobId"])
    log = ok(scene.get(f"{place}/log", headers=header("lines{message,x},ended{y}")))
    assert log["ended"] is True and log["lines"]
    assert all(list(line) == ["message", "x"] for line in log["lines"]), log
    deep = ok(scene.get("/job/", headers=header("dependencies{a{b}},resources{seconds}")))
    assert all(list(row) == ["dependencies", "resources"] for row in deep)


def check_thins_out_what_is_made_and_changed(scene):
    for resource, key in (("experiment", "experimentId"), ("queue", "queueId")):
        name = scene.name("thin")
        made = scene.post(f"/{resource}/", data={"name": name}, headers=header(f"name,{key}"))
        same(fields(made), ["name", key])
        for place in (f"/{resource}/name/{name}", f"/{resource}/{made.json()[key]}"):
            changed = scene.put(place, json={"name": name}, headers=header("{name}"))
            same(ok(changed), {"name": name})
    name = scene.name("thin").replace("-", "_")
    made = scene.post(
        "/taskPlugin/",
        data={"task_plugin_name": name, "collection": "dioptra_custom"},
        files={"task_plugin_file": ("x.zip", projects.zipped(projects.GREETINGS))},
        headers=header("modules"),
    )
    same(ok(made), {"modules": ["__init__.py", "words.py"]})
    ok(scene.delete(f"/taskPlugin/dioptra_custom/{name}"))
    person = scene.name("thin")
    form = {"username": person, "password": "a long password", "email_address": f"{person}@a.test"}
    form["password_confirm"] = form["password"]
    same(ok(scene.post("/user/", data=form, headers=header("username"))), {"username": person})
    job = scene.post(
        "/job/",
        data=scene.job_form(entry_point="wait"),
        files={"workflow": ("w.tar.gz", projects.tarball())},
        headers=header("{jobId,status,zzz}"),
    )
    same(fields(job), ["jobId", "status", "zzz"])
    ok(scene.post(f"/job/{job.json()['jobId']}/cancel"))


def check_leaves_alone_what_is_no_resource(scene):
    queue = ok(scene.post("/queue/", data={"name": scene.name("plain")}))
    place = f"/queue/{queue['queueId']}"
    done = {"status": "Success", "id": [queue["queueId"]]}
    same(ok(scene.put(f"{place}/lock", headers=header("status"))), done)
    same(ok(scene.delete(f"{place}/lock", headers=header("id"))), done)
    same(ok(scene.delete(place, headers=header("status"))), done)
    refused(scene.get(place, headers=header("name")), 404, "Not Found - There is no such queue.")


def check_that_is_none_is_refused_before_anything_is_done(scene):
    queue = ok(scene.post("/queue/", data={"name": scene.name("kept")}))
    place = f"/queue/{queue['queueId']}"
    for mask, says in ERRORS.items():
        name = scene.name("never")
        for call in (
            scene.get("/queue/", headers=header(mask)),
            scene.post("/queue/", data={"name": name}, headers=header(mask)),
            scene.put(place, json={"name": name}, headers=header(mask)),
        ):
            same(call.status_code, 400)
            same(call.json(), {"message": f"Mask parse error: {says}"})
        same(scene.get(f"/queue/name/{name}").status_code, 404)
    same(ok(scene.get(place)), queue)

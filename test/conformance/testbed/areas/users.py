import time

from expect import USER, is_a, ok, refused, same

PASSWORD = "a long password"


def form(username, **more):
    return {
        "username": username,
        "password": PASSWORD,
        "password_confirm": PASSWORD,
        "email_address": f"{username}@assay.test",
    } | more


def until(status, call):
    """What a call is answered as soon as every process has heard of a deletion: some seconds, as documented."""
    for _ in range(20):
        answer = call()
        if answer.status_code == status:
            break
        time.sleep(0.5)
    return answer


def check_registers_by_every_kind_of_body(scene):
    nobody = scene.session()
    for way, path in [("data", "/user/"), ("files", "/user/"), ("json", "/user")]:
        username = scene.name("user")
        fields = form(username)
        if way == "files":
            fields = {name: (None, value) for name, value in fields.items()}
        made = is_a(USER, ok(nobody.post(scene.url(path), **{way: fields})))
        same((made["username"], made["emailAddress"]), (username, f"{username}@assay.test"))
        for slash in ("", "/"):
            same(ok(scene.get(f"/user/{made['userId']}{slash}")), made)
            assert made in ok(scene.get(f"/user{slash}"))
        same(ok(scene.get(f"/user/name/{username}"))["userId"], made["userId"])
    ok(nobody.get(scene.url("/queue/"), auth=(username, PASSWORD)))


def check_is_deleted_by_an_administrator(scene):
    username = scene.name("user")
    made = ok(scene.post("/user/", data=form(username)))
    other = ok(scene.post("/user/", data=form(scene.name("user"))))
    stranger = scene.session().delete(
        scene.url(f"/user/{other['userId']}"), auth=(username, PASSWORD)
    )
    refused(stranger, 403, "Forbidden - ")

    same(ok(scene.delete(f"/user/{made['userId']}")), {"status": "Success", "id": [made["userId"]]})
    same(ok(scene.delete(f"/user/{made['userId']}/")), {"status": "Success", "id": []})

    place, login = scene.url(f"/user/{made['userId']}"), (username, PASSWORD)
    missing = until(404, lambda: scene.http.get(place))
    refused(missing, 404, "Not Found - There is no such user.")
    gone = until(401, lambda: scene.session().get(scene.url("/queue/"), auth=login))
    refused(gone, 401, "Unauthorized - ")


def check_is_refused(scene):
    username = scene.name("user")
    ok(scene.post("/user/", data=form(username)))
    taken = "Bad Request - The username or the address is taken."
    refused(scene.post("/user/", data=form(username)), 400, taken)
    same_address = form(scene.name("user"), email_address=f"{username}@assay.test")
    refused(scene.post("/user/", json=same_address), 400, taken)
    begins = "Bad Request - The user was not registered."
    refused(scene.post("/user/"), 400, begins)
    for field in form(""):
        fields = form(scene.name("user")) | {field: ""}
        refused(scene.post("/user/", data=fields), 400, begins, field)
    fields = form(scene.name("user"), password_confirm="another long password")
    refused(scene.post("/user/", data=fields), 400, begins, "password_confirm")
    refused(scene.get("/user/987654321"), 404, "Not Found - There is no such user.")

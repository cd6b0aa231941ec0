from expect import QUEUE, ok, refused, same
from registers import Register

QUEUES = Register("queue", "queueId", QUEUE)


def check_registers_by_every_kind_of_body(scene):
    QUEUES.takes_every_kind_of_body(scene)


def check_is_found_by_id_and_by_name(scene):
    QUEUES.is_found(scene)


def check_is_renamed(scene):
    QUEUES.is_renamed(scene)


def check_is_deleted(scene):
    QUEUES.is_deleted(scene)


def check_is_refused(scene):
    QUEUES.is_refused(scene)


def check_is_locked_and_unlocked(scene):
    made = QUEUES.register(scene, scene.name("locked"))
    by_id, by_name = {"id": [made["queueId"]]}, {"name": [made["name"]]}
    for place, told in zip(QUEUES.places(made), [by_id, by_id, by_name, by_name]):
        lock = place + "lock/" if place.endswith("/") else place + "/lock"
        done = {"status": "Success"} | told
        same(ok(scene.put(lock)), done)
        same(ok(scene.put(lock)), done)
        assert made["name"] not in [queue["name"] for queue in QUEUES.listed(scene)]
        same(ok(scene.get(place))["name"], made["name"])
        renaming = scene.put(place, json={"name": scene.name("other")})
        refused(renaming, 403, "Forbidden - The queue is locked.")
        same(ok(scene.delete(lock)), done)
        same(ok(scene.delete(lock)), done)
        assert made["name"] in [queue["name"] for queue in QUEUES.listed(scene)]


def check_that_is_missing_has_no_lock(scene):
    for place in ("/queue/987654321", f"/queue/name/{scene.name('nobody')}"):
        for call in (scene.put, scene.delete):
            refused(call(f"{place}/lock"), 404, "Not Found - There is no such queue.")

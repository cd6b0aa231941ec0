from expect import EXPERIMENT, is_a, ok, refused, same
from registers import Register

EXPERIMENTS = Register("experiment", "experimentId", EXPERIMENT)


def check_registers_by_every_kind_of_body(scene):
    EXPERIMENTS.takes_every_kind_of_body(scene)


def check_is_found_by_id_and_by_name(scene):
    EXPERIMENTS.is_found(scene)


def check_is_renamed(scene):
    EXPERIMENTS.is_renamed(scene)


def check_is_deleted(scene):
    EXPERIMENTS.is_deleted(scene)


def check_is_refused(scene):
    EXPERIMENTS.is_refused(scene)


def check_is_an_experiment_of_mlflow(scene):
    made = EXPERIMENTS.register(scene, scene.name("tracked"))
    number = str(made["experimentId"])
    found = scene.mlflow("experiments/get", experiment_id=number)["experiment"]
    same((found["name"], found["lifecycle_stage"]), (made["name"], "active"))

    renamed = ok(scene.put(f"/experiment/{number}", json={"name": scene.name("renamed")}))
    found = scene.mlflow("experiments/get-by-name", experiment_name=renamed["name"])
    same(found["experiment"]["experiment_id"], number)

    ok(scene.delete(f"/experiment/{number}"))
    found = scene.mlflow("experiments/get", experiment_id=number)["experiment"]
    same(found["lifecycle_stage"], "deleted")


def check_that_mlflow_has_already_is_refused(scene):
    name = scene.name("tracked")
    made = ok(scene.post("/2.0/mlflow/experiments/create", json={"name": name}))

    taken = scene.post("/experiment/", data={"name": name})

    refused(taken, 400, "Bad Request - The experiment exists already.")
    found = is_a(EXPERIMENT, ok(scene.get(f"/experiment/name/{name}")))
    same(str(found["experimentId"]), made["experiment_id"])

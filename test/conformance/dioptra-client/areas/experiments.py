"""Experiments and their entrypoints."""

from areas.shared import (
    list_behaves,
    modify_drafts_behave,
    new_drafts_behave,
    snapshots_behave,
    tags_behave,
)
from expect import MISSING, has, ids, is_resource, refused, walk


def check_life_of_an_experiment(scene):
    experiments = scene.client.experiments
    name, entrypoint = scene.name("experiment"), scene.entrypoint()

    made = experiments.create(scene.group, name, "of a check", [entrypoint])
    is_resource(made, name=name, description="of a check", tags=[], hasDraft=False)
    assert ids(made["entrypoints"]) == [entrypoint]
    assert experiments.get_by_id(made["id"]) == made
    changed = experiments.modify_by_id(made["id"], f"{name}b", "changed", None)
    is_resource(changed, name=f"{name}b", description="changed", entrypoints=[])
    rows = walk(lambda **query: experiments.snapshots.get(made["id"], **query), page_length=1)
    assert [row["name"] for row in rows] == [name, f"{name}b"]

    has(experiments.delete_by_id(made["id"]), status="Success", id=[made["id"]])
    has(experiments.get_by_id(made["id"]), deleted=True)
    with refused(423, "EntityDeletedError"):
        experiments.modify_by_id(made["id"], name, None, None)
    search = f'name:"{name}*"'
    assert experiments.get(search=search)["data"] == []
    assert ids(experiments.get(search=search, show_deleted=True)["data"]) == [made["id"]]


def check_versions(scene):
    experiments = scene.client.experiments
    made = experiments.create(scene.group, scene.name("experiment"))
    changed = experiments.modify_by_id(made["id"], scene.name("experiment"), "changed", None)
    snapshots_behave(experiments.snapshots, (made["id"],), made, changed)


def check_entrypoints_of_an_experiment(scene):
    links = scene.client.experiments.entrypoints
    first, second, third = scene.entrypoint(), scene.entrypoint(), scene.entrypoint()
    experiment = scene.experiment(first)

    assert ids(links.get(experiment)) == [first]
    assert sorted(ids(links.create(experiment, [second]))) == sorted([first, second])
    assert ids(links.modify_by_id(experiment, [third])) == [third]
    has(links.delete_by_id(experiment, third), status="Success", id=[third])
    assert links.get(experiment) == []
    links.modify_by_id(experiment, [first, second])
    cleared = has(links.delete(experiment), status="Success")
    assert sorted(cleared["id"]) == sorted([first, second])
    assert links.get(experiment) == []
    with refused(404):
        links.create(experiment, [MISSING])


def check_refusals(scene):
    experiments = scene.client.experiments
    taken = experiments.create(scene.group, scene.name("experiment"))

    with refused(409, "EntityExistsError", existing_id=taken["id"]):
        experiments.create(scene.group, taken["name"])
    with refused(400, "ResourceNameError"):
        experiments.create(scene.group, "a/b")
    with refused(404, "EntityDoesNotExistError"):
        experiments.create(scene.group, scene.name("experiment"), entrypoints=[MISSING])
    with refused(404, "EntityDoesNotExistError"):
        experiments.get_by_id(MISSING)


def check_lists(scene):
    experiments = scene.client.experiments
    list_behaves(scene, experiments.get, lambda name: experiments.create(scene.group, name))


def check_tags(scene):
    tags_behave(scene, scene.client.experiments.tags, scene.experiment())


def check_drafts(scene):
    experiments = scene.client.experiments
    entrypoint = scene.entrypoint()

    def fields():
        return {"name": scene.name("draft"), "description": "draft", "entrypoints": []}

    changed = fields() | {"entrypoints": [entrypoint]}

    def is_changed(answer, name=changed["name"]):
        is_resource(answer, name=name, description="draft")
        assert ids(answer["entrypoints"]) == [entrypoint]

    new_drafts_behave(
        scene,
        experiments.new_resource_drafts,
        (),
        fields,
        changed,
        committed=lambda made: is_changed(experiments.get_by_id(made)),
    )
    experiment, changed = scene.experiment(), fields() | {"entrypoints": [entrypoint]}
    after = modify_drafts_behave(
        scene,
        experiments.modify_resource_drafts,
        (experiment,),
        lambda: experiments.get_by_id(experiment),
        fields(),
        changed,
    )
    is_changed(after, changed["name"])


def check_metrics_of_the_jobs(scene):
    experiments = scene.client.experiments
    experiment, entrypoint, queue = scene.workshop()
    jobs = [experiments.jobs.create(experiment, entrypoint, queue)["id"] for _ in range(3)]
    for step, job in enumerate(jobs):
        scene.client.jobs.append_metric_by_id(job, "loss", step / 4)

    def get(**query):
        return experiments.get_metrics_by_id(experiment, **query)

    rows = walk(get, page_length=2)
    assert {row["id"]: row["metrics"] for row in rows} == {
        job: [{"name": "loss", "value": step / 4}] for step, job in enumerate(jobs)
    }

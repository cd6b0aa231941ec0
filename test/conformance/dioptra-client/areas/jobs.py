"""Jobs: their states, values and choices."""

from areas.shared import tags_behave
from expect import MISSING, has, ids, is_resource, refused, walk

RUN = "0123456789abcdef0123456789abcdef"


def check_life_of_a_job(scene):
    jobs, of_experiment = scene.client.jobs, scene.client.experiments.jobs
    experiment, entrypoint, queue = scene.workshop()

    made = of_experiment.create(
        experiment, entrypoint, queue, values={"who": "all"}, timeout="2h", description="of a check"
    )
    is_resource(made, description="of a check", timeout="2h", values={"who": "all"})
    has(made, status="queued", artifacts=[], artifactValues={}, swaps=[], tags=[])
    for field, wanted in [("experiment", experiment), ("entrypoint", entrypoint), ("queue", queue)]:
        has(made[field], id=wanted)
        assert made[field]["url"].endswith(f"/snapshots/{made[field]['snapshotId']}")
    assert jobs.get_by_id(made["id"]) == made
    assert of_experiment.get_by_id(experiment, made["id"]) == made
    assert jobs.get_parameters(made["id"]) == {"who": "all"}
    assert jobs.get_artifact_parameters(made["id"]) == {}
    has(jobs.get_config(made["id"])["tasks"]["greet"]["outputs"], words="string")

    has(of_experiment.delete_by_id(experiment, made["id"]), status="Success", id=[made["id"]])
    for call in [
        lambda: jobs.get_by_id(made["id"]),
        lambda: jobs.delete_by_id(made["id"]),
        lambda: of_experiment.get_by_id(experiment, made["id"]),
    ]:
        with refused(404, "EntityDoesNotExistError"):
            call()
    _, other = scene.job()
    has(jobs.delete_by_id(other), status="Success", id=[other])


def check_states(scene):
    jobs, of_experiment = scene.client.jobs, scene.client.experiments.jobs
    experiment, job = scene.job()

    has(jobs.get_status(job), id=job, status="queued")
    with refused(400, "JobInvalidStatusTransitionError"):
        of_experiment.set_status(experiment, job, "finished")
    with refused(400):
        of_experiment.set_status(experiment, job, "no such state")
    before = jobs.get_by_id(job)
    for state in ["started", "finished"]:
        has(of_experiment.set_status(experiment, job, state), id=job, status=state)
        has(of_experiment.get_status(experiment, job), id=job, status=state)
    after = has(jobs.get_by_id(job), status="finished")
    assert after["snapshot"] > before["snapshot"]
    has(of_experiment.set_status(experiment, job, "reset"), status="queued")

    versions = walk(lambda **query: jobs.snapshots.get(job, **query))
    assert [row["status"] for row in versions] == ["queued", "started", "finished", "queued"]
    old = jobs.snapshots.get_by_id(job, snapshot_id=before["snapshot"])
    has(old, id=job, status="queued", latestSnapshot=False)


def check_run_of_a_job(scene):
    jobs, of_experiment = scene.client.jobs, scene.client.experiments.jobs
    (experiment, first), (other, second) = scene.job(), scene.job()
    for where, job in [(experiment, first), (other, second)]:
        of_experiment.set_status(where, job, "started")

    assert jobs.get_mlflow_run_id(first)["mlflowRunId"] is None
    root = scene.new_run(experiment)
    has(jobs.set_mlflow_run_id(first, root), mlflowRunId=root)
    has(of_experiment.get_mlflow_run_id(experiment, first), mlflowRunId=root)
    with refused(400, "JobMlflowRunAlreadySetError"):
        jobs.set_mlflow_run_id(first, root)
    root = scene.new_run(other)
    has(of_experiment.set_mlflow_run_id(other, second, root), mlflowRunId=root)
    has(jobs.get_mlflow_run_id(second), mlflowRunId=root)
    with refused(404):
        jobs.set_mlflow_run_id(MISSING, RUN)


def check_refusals(scene):
    create = scene.client.experiments.jobs.create
    experiment, entrypoint, queue = scene.workshop()

    with refused(404, "EntityDoesNotExistError"):
        create(MISSING, entrypoint, queue)
    with refused(400, "EntityNotRegisteredError"):
        create(experiment, scene.entrypoint(queues=[queue]), queue)
    with refused(400, "EntityNotRegisteredError"):
        create(experiment, entrypoint, scene.queue())
    with refused(400, "JobInvalidParameterNameError"):
        create(experiment, entrypoint, queue, values={"nobody": "x"})
    number = [{"name": "who", "parameterType": "integer", "defaultValue": None}]
    numbers, number_queue = scene.entrypoint(parameters=number, plugins=[plugin_of_any(scene)]), queue
    scene.client.entrypoints.queues.create(numbers, [number_queue])
    scene.client.experiments.entrypoints.create(experiment, [numbers])
    with refused(400, "JobParameterMissingError"):
        create(experiment, numbers, queue)
    with refused(400, "EntrypointParameterTypeMismatchError"):
        create(experiment, numbers, queue, values={"who": "x"})
    assert create(experiment, numbers, queue, values={"who": "3"})["values"] == {"who": "3"}
    with refused(404, "EntityDoesNotExistError"):
        scene.client.jobs.get_by_id(MISSING)


def plugin_of_any(scene):
    """Tasks as usual, which take whatever they are given."""
    plugin, anything = scene.plugin(), scene.builtin("any")
    tasks = scene.function_tasks()
    for task in tasks:
        for param in task["inputParams"]:
            param["parameterType"] = anything
    scene.client.plugins.files.create(plugin, "greetings.py", "# none", tasks)
    return plugin


def check_versions_of_the_entrypoint(scene):
    experiment, entrypoint, queue = scene.workshop()
    first = scene.client.entrypoints.get_by_id(entrypoint)["snapshot"]
    scene.client.entrypoints.plugins.create(entrypoint, [scene.plugin()])
    latest = scene.client.entrypoints.get_by_id(entrypoint)["snapshot"]
    create = scene.client.experiments.jobs.create

    assert latest > first
    has(create(experiment, entrypoint, queue)["entrypoint"], snapshotId=latest)
    old = create(experiment, entrypoint, queue, entrypoint_snapshot_id=first)
    has(old["entrypoint"], id=entrypoint, snapshotId=first)


def check_swaps_of_a_job(scene):
    entrypoint = scene.entrypoint_with_swaps()
    queue = scene.client.entrypoints.queues.get(entrypoint)[0]["id"]
    experiment = scene.experiment(entrypoint)
    create = scene.client.experiments.jobs.create

    with refused(400, "UnspecifiedSwapsError"):
        create(experiment, entrypoint, queue)
    with refused(400, "SwapChoiceError"):
        create(experiment, entrypoint, queue, swaps={"GREETING": "rude"})
    loud = create(experiment, entrypoint, queue, swaps={"GREETING": "loud"})
    has(loud["swaps"][0], swapName="GREETING", taskAlias="loud", taskName="shout")
    # What the chosen task does not read is not kept.
    assert loud["values"] == {"whom": "whom"}
    choice = [{"swap_name": "GREETING", "task_alias": "polite"}]
    polite = create(experiment, entrypoint, queue, swaps=choice)
    assert "loud" not in str(scene.client.jobs.get_config(polite["id"])["graph"])


def check_lists(scene):
    jobs, of_experiment = scene.client.jobs, scene.client.experiments.jobs
    experiment, entrypoint, queue = scene.workshop()
    word = scene.name("listed").replace("_", "")
    made = [
        of_experiment.create(experiment, entrypoint, queue, description=f"{word} {letter}")["id"]
        for letter in "bca"
    ]
    of_experiment.set_status(experiment, made[1], "started")

    def get_own(**query):
        return of_experiment.get(experiment, **query)

    assert sorted(ids(walk(get_own))) == made
    search = f'description:"{word}*"'
    for get in [jobs.get, get_own]:
        assert sorted(ids(walk(get, search=search))) == made
        by_text = [made[2], made[0], made[1]]
        assert ids(walk(get, search=search, sort_by="description")) == by_text
        down = walk(get, search=search, sort_by="description", descending=True)
        assert ids(down) == by_text[::-1]
        started = get(search=f"{search},status:started")
        assert ids(started["data"]) == [made[1]]
    assert ids(jobs.get(group_id=scene.group, search=search)["data"])
    with refused(400, "SortParameterValidationError"):
        jobs.get(sort_by="nothing")


def check_tags(scene):
    _, job = scene.job()
    tags_behave(scene, scene.client.jobs.tags, job)


def check_artifact_below_a_job(scene):
    """The client has a method for an address that the server never had."""
    experiment, job = scene.job()
    with refused(404):
        scene.client.experiments.jobs.create_artifact(experiment, job, "s3://bucket/file", "text")

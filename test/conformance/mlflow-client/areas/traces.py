"""Traces: what they hold, how they are searched, what people say of them."""

import mlflow
from expect import pages, refused, same
from mlflow.entities import AssessmentSource, SpanType


def record(scene, experiment, name="question", outcome="OK", tags=None):
    """The id of a new trace of two spans."""
    mlflow.set_experiment(experiment_id=experiment)
    try:
        with mlflow.start_span(name, span_type=SpanType.CHAIN, attributes={"a": 1}) as root:
            root.set_inputs({"q": "why?"})
            mlflow.update_current_trace(tags=tags or {})
            with mlflow.start_span("inner", span_type=SpanType.TOOL) as inner:
                inner.set_outputs([1, 2])
            if outcome == "ERROR":
                raise ValueError("of the check")
            root.set_outputs({"a": "because"})
    except ValueError:
        pass
    id = root.trace_id
    mlflow.flush_trace_async_logging()
    return id


def check_life_of_a_trace(scene):
    experiment, client = scene.experiment(), scene.client
    id = record(scene, experiment, tags={"team": "vision"})
    trace = mlflow.get_trace(id)

    same((trace.info.trace_id, trace.info.experiment_id), (id, experiment))
    same((trace.info.state.value, trace.info.tags["team"]), ("OK", "vision"))
    assert "why?" in trace.info.request_preview and "because" in trace.info.response_preview
    assert trace.info.execution_duration >= 0 and trace.info.request_time > 1e12
    spans = {span.name: span for span in trace.data.spans}
    same(set(spans), {"question", "inner"})
    same((spans["question"].inputs, spans["question"].outputs), ({"q": "why?"}, {"a": "because"}))
    same((spans["inner"].outputs, spans["inner"].span_type), ([1, 2], "TOOL"))
    same(spans["inner"].parent_id, spans["question"].span_id)
    same(spans["question"].attributes["a"], 1)
    client.set_trace_tag(id, "b", "2")
    client.delete_trace_tag(id, "team")
    tags = mlflow.get_trace(id).info.tags
    same((tags["b"], "team" in tags), ("2", False))
    same(client.delete_traces(experiment, trace_ids=[id]), 1)
    assert mlflow.get_trace(id) is None


def check_traces_that_fail(scene):
    id = record(scene, scene.experiment(), outcome="ERROR")
    trace = mlflow.get_trace(id)
    same((trace.info.state.value, trace.data.spans[0].status.status_code.value), ("ERROR", "ERROR"))


def check_the_decorator_and_its_run(scene):
    mlflow.set_experiment(experiment_id=scene.experiment())

    @mlflow.trace
    def double(x):
        return 2 * x

    with mlflow.start_run() as run:
        double(4)
    mlflow.flush_trace_async_logging()
    id = mlflow.get_last_active_trace_id()
    trace = mlflow.get_trace(id)
    same((trace.data.spans[0].inputs, trace.data.spans[0].outputs), ({"x": 4}, 8))
    same(trace.info.trace_metadata["mlflow.sourceRun"], run.info.run_id)
    found = mlflow.search_traces(run_id=run.info.run_id, return_type="list")
    same([row.info.trace_id for row in found], [id])


def check_search(scene):
    experiment, client = scene.experiment(), scene.client
    ids = [
        record(scene, experiment, "one", tags={"t": "a"}),
        record(scene, experiment, "two", "ERROR", tags={"t": "b", "x y": "1"}),
        record(scene, experiment, "three", tags={"t": "A"}),
    ]
    times = [mlflow.get_trace(id).info.request_time for id in ids]

    def find(text=None, **more):
        found = client.search_traces(locations=[experiment], filter_string=text, **more)
        return [ids.index(row.info.trace_id) for row in found]

    cases = {
        None: {0, 1, 2},
        "attributes.status = 'ERROR'": {1},
        "status != 'ERROR'": {0, 2},
        "status IN ('OK', 'IN_PROGRESS')": {0, 2},
        "tags.t = 'a'": {0},
        "tag.t != 'a'": {1, 2},
        "tags.t ILIKE 'a'": {0, 2},
        "tags.t LIKE '%b'": {1},
        "tags.`x y` = '1'": {1},
        "attributes.name = 'three'": {2},
        f"timestamp_ms >= {times[1]}": {n for n in range(3) if times[n] >= times[1]},
        f"attributes.timestamp_ms < {times[0]}": set(),
        "execution_time_ms >= 0": {0, 1, 2},
        f"request_id = '{ids[2]}'": {2},
    }
    for text, wanted in cases.items():
        same(set(find(text)), wanted, str(text))
    same(find(), [2, 1, 0], "the default order")
    same(find(order_by=["timestamp_ms ASC"]), [0, 1, 2])
    found = pages(client.search_traces, locations=[experiment])
    same([ids.index(row.info.trace_id) for row in found], [2, 1, 0])
    for wrong in ["what = 'a'", "tags.t > 'a'", "status > 'OK'"]:
        with refused("INVALID_PARAMETER_VALUE"):
            find(wrong)
    with refused("INVALID_PARAMETER_VALUE"):
        client.search_traces(locations=[experiment], max_results=501)


def check_assessments(scene):
    id = record(scene, scene.experiment())
    human = AssessmentSource("HUMAN", "ada")
    feedback = mlflow.log_feedback(
        trace_id=id, name="good", value=True, source=human, rationale="why not", metadata={"a": "b"}
    )
    mlflow.log_expectation(trace_id=id, name="answer", value={"a": [1]}, source=human)

    rows = {a.name: a for a in mlflow.get_trace(id).info.assessments}
    same((rows["good"].feedback.value, rows["good"].rationale), (True, "why not"))
    same((rows["good"].source.source_type, rows["good"].source.source_id), ("HUMAN", "ada"))
    same((rows["answer"].expectation.value, rows["good"].metadata), ({"a": [1]}, {"a": "b"}))
    one = mlflow.get_assessment(id, feedback.assessment_id)
    same((one.name, one.feedback.value), ("good", True))
    from mlflow.entities import Feedback

    mlflow.update_assessment(id, feedback.assessment_id, Feedback("good", False, rationale="changed"))
    changed = mlflow.get_assessment(id, feedback.assessment_id)
    same((changed.feedback.value, changed.rationale), (False, "changed"))
    mlflow.delete_assessment(id, feedback.assessment_id)
    same([a.name for a in mlflow.get_trace(id).info.assessments], ["answer"])
    with refused("RESOURCE_DOES_NOT_EXIST"):
        mlflow.get_assessment(id, feedback.assessment_id)


def check_deletion_by_time(scene):
    experiment, client = scene.experiment(), scene.client
    ids = [record(scene, experiment) for _ in range(3)]
    times = [mlflow.get_trace(id).info.request_time for id in ids]

    gone = client.delete_traces(experiment, max_timestamp_millis=times[2], max_traces=1)
    same(gone, 1)
    left = {row.info.trace_id for row in client.search_traces(locations=[experiment])}
    same(left, set(ids[1:]))
    client.delete_traces(experiment, max_timestamp_millis=scene.now())
    same(len(client.search_traces(locations=[experiment])), 0)


def check_traces_that_are_not_there(scene):
    client, id = scene.client, f"tr-{'0' * 32}"
    with refused(scene.differs("tag of a trace that is not there")):
        client.set_trace_tag(id, "a", "b")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.delete_trace_tag(id, "a")
    assert mlflow.get_trace(id) is None
    same(client.delete_traces(scene.experiment(), trace_ids=[id]), 0)

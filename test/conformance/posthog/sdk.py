"""What programs do with PostHog's SDK for Python: called with what to do and a JSON object, prints a JSON object."""

import json
import sys

from posthog import Posthog


def person_of(index):
    return {
        "id": f"ünï-日本-{index}" if index % 7 == 0 else f"user-{index}",
        "properties": {
            "email": f"p{index}@{['example.org', 'example.com', 'example.net'][index % 3]}",
            "age": 10 + index % 50,
            "plan": ["free", "pro", "team", "vip"][index % 4],
        },
    }


def client_of(scene, **options):
    options = {"host": scene["host"], "max_retries": 5, "flush_interval": 0.2, **options}
    return Posthog(scene["token"], **options)


def evaluate(scene, local):
    options = {"personal_api_key": scene["key"], "poll_interval": 3600} if local else {}
    client = client_of(scene, **options)
    if local:
        client.load_feature_flags()
    lines = []
    for index in range(scene["people"]):
        person = person_of(index)
        asked = {"person_properties": person["properties"]}
        if local:
            asked["only_evaluate_locally"] = True
        values = client.get_all_flags(person["id"], **asked) or {}
        shown = " ".join(f"{key}={shown_value(values.get(key, False))}" for key in scene["flags"])
        lines.append(f"{person['id']}: {shown}")
    client.shutdown()
    return {"lines": lines}


def shown_value(value):
    return str(value).lower() if isinstance(value, bool) else value


def payloads(scene):
    client = client_of(scene)
    answers = {}
    for index in range(40):
        person = person_of(index)
        result = client.get_feature_flag_result("three-arms", person["id"], send_feature_flag_events=False)
        answers[person["id"]] = [result.variant, result.payload]
    client.shutdown()
    return {"payloads": answers}


def send(scene):
    """Sends events of all kinds and ends at once: what is queued must arrive all the same."""
    client = client_of(scene, gzip=scene.get("gzip", False), flush_at=50)
    for index in range(scene["events"]):
        client.capture("bought", distinct_id=f"py-{index % 20}", properties={"amount": index, "from": "python"})
    client.set(distinct_id="py-0", properties={"plan": "pro"})
    client.alias("py-anonymous", "py-0")
    client.group_identify("company", "acme", {"size": 3}, distinct_id="py-0")
    client.get_feature_flag("three-arms", "py-1")
    client.shutdown()
    return {"sent": scene["events"]}


def remote_config(scene):
    client = client_of(scene, personal_api_key=scene["key"])
    payload = client.get_remote_config_payload(scene["flag"])
    client.shutdown()
    return {"payload": payload}


ACTS = {
    "local": lambda scene: evaluate(scene, True),
    "remote": lambda scene: evaluate(scene, False),
    "payloads": payloads,
    "send": send,
    "remote_config": remote_config,
}
act, scene = sys.argv[1:3]
print(json.dumps(ACTS[act](json.loads(scene))))

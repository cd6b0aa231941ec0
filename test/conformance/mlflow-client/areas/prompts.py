"""Prompts, which are registered models with tags."""

import mlflow
from expect import refused, same


def check_life_of_a_prompt(scene):
    client, name = scene.client, scene.name("prompt")
    one = client.register_prompt(name, "Say {{word}}.", commit_message="first", tags={"a": "1"})
    same((one.name, one.version, one.template), (name, 1, "Say {{word}}."))
    two = client.register_prompt(name, "Shout {{word}}!")
    same(two.version, 2)

    got = client.load_prompt(name, 1)
    same((got.template, got.commit_message, got.tags), ("Say {{word}}.", "first", {"a": "1"}))
    same(got.format(word="hi"), "Say hi.")
    client.set_prompt_alias(name, "production", 1)
    same(client.load_prompt(f"prompts:/{name}@production").version, 1)
    client.set_prompt_alias(name, "production", 2)
    same(client.load_prompt(f"prompts:/{name}@production").template, "Shout {{word}}!")
    client.delete_prompt_alias(name, "production")
    client.set_prompt_version_tag(name, "1", "b", "2")
    same(client.load_prompt(name, 1).tags["b"], "2")


def check_prompts_and_models_are_apart(scene):
    client, prefix = scene.client, scene.name("p")
    client.register_prompt(f"{prefix}-prompt", "Say {{word}}.")
    client.create_registered_model(f"{prefix}-model")
    text = f"name LIKE '{prefix}-%'"

    same([row.name for row in client.search_registered_models(text)], [f"{prefix}-model"])
    same([row.name for row in client.search_prompts(text)], [f"{prefix}-prompt"])
    with refused("INVALID_PARAMETER_VALUE", "same name"):
        client.register_prompt(f"{prefix}-model", "Say {{word}}.")


def check_prompts_that_are_not_there(scene):
    name = scene.name("prompt")
    assert scene.client.load_prompt(name, 1, allow_missing=True) is None
    try:
        scene.client.load_prompt(name, 1)
    except mlflow.MlflowException:
        return
    raise AssertionError("it was found")

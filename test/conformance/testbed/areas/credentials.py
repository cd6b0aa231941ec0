import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from expect import ok, refused

SCRIPT = Path(__file__).parent.parent / "old_script.py"
RESOURCES = ("experiment/", "job/", "queue/", "taskPlugin/", "user/")


def check_are_a_name_and_a_password(scene):
    nobody = scene.session()
    for resource in RESOURCES:
        ok(nobody.get(scene.url(f"/{resource}"), auth=(scene.user, scene.password)))
        refused(nobody.get(scene.url(f"/{resource}")), 401, "Unauthorized - ")
    for wrong in ((scene.user, "wrong"), (scene.name("nobody"), "wrong")):
        refused(nobody.get(scene.url("/queue/"), auth=wrong), 401, "Unauthorized - ")


def check_are_a_token(scene):
    made = ok(scene.post("/v1/users/current/tokens", json={"name": scene.name("script")}))
    bearer = {"Authorization": f"Bearer {made['token']}"}
    for resource in RESOURCES:
        ok(scene.session().get(scene.url(f"/{resource}"), headers=bearer))
    made = {"name": scene.name("by-token")}
    ok(scene.session().post(scene.url("/queue/"), data=made, headers=bearer))
    wrong = {"Authorization": "Bearer nothing"}
    refused(scene.session().get(scene.url("/queue/"), headers=wrong), 401, "Unauthorized - ")


def check_are_those_of_netrc_for_a_script_that_knows_none(scene):
    with tempfile.TemporaryDirectory() as home:
        machine = urlsplit(scene.server).hostname
        netrc = Path(home, ".netrc")
        netrc.write_text(f"machine {machine} login {scene.user} password {password(scene)}\n")
        netrc.chmod(0o600)
        env = {"HOME": home, "PATH": os.environ["PATH"], "DIOPTRA_RESTAPI_URI": scene.server}
        command = [sys.executable, str(SCRIPT), scene.name("netrc"), scene.queue]
        script = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    assert script.returncode == 0, script.stdout + script.stderr
    assert "finished" in script.stdout, script.stdout


def password(scene):
    """As netrc takes it: one word, or quoted."""
    return f'"{scene.password}"' if " " in scene.password else scene.password

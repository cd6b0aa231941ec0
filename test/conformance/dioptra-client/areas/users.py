"""Accounts, sessions and groups."""

from expect import MISSING, has, ids, is_time, refused, walk
from scene import PASSWORD


def check_account_of_the_caller(scene):
    me = scene.client.users.get_current()

    has(me, username=scene.username, email=f"{scene.username}@assay.test")
    assert scene.group in ids(me["groups"])
    for name in ["createdOn", "lastModifiedOn", "lastLoginOn", "passwordExpiresOn"]:
        is_time(me[name])


def check_lists_and_finds_users(scene):
    _, username = scene.another_user()

    found = scene.client.users.get(search=f"username:{username}")["data"]
    has(found[0], username=username, email=f"{username}@assay.test")
    assert scene.client.users.get_by_id(found[0]["id"]) == found[0]
    everybody = walk(scene.client.users.get, page_length=50)
    assert {scene.username, username} <= {user["username"] for user in everybody}


def check_unknown_user(scene):
    with refused(401, "UserDoesNotExistError"):
        scene.client.users.get_by_id(MISSING)


def check_refuses_names_that_are_taken(scene):
    with refused(409, "EntityExistsError", entity_type="user"):
        scene.client.users.create(scene.username, f"{scene.name()}@assay.test", PASSWORD)
    with refused(409, "EntityExistsError", entity_type="user"):
        scene.client.users.create(scene.name(), f"{scene.username}@assay.test", PASSWORD)


def check_sessions(scene):
    client, username = scene.another_user()

    has(client.auth.logout(), username=username, everywhere=False, status="Logout successful")
    with refused(401):
        client.users.get_current()
    with refused(401, "UserAuthenticationError"):
        client.auth.login(username, "wrong")
    has(client.auth.login(username, PASSWORD), username=username, status="Login successful")
    client.users.get_current()
    # Through the recorded client, whose session comes back at once.
    left = scene.client.auth.logout(everywhere=True)
    has(left, username=scene.username, everywhere=True)
    with refused(401):
        scene.client.users.get_current()
    scene.client.auth.login(scene.username, PASSWORD)


def check_changes_of_an_account(scene):
    users, login = scene.client.users, scene.client.auth.login
    own, renamed, newer = scene.username, scene.name("renamed"), "another password"
    changed = users.modify_current_user(renamed, f"{renamed}@assay.test")
    has(changed, username=renamed, email=f"{renamed}@assay.test")
    users.modify_current_user(own, f"{own}@assay.test")

    with refused(403, "UserPasswordChangeError"):
        users.change_current_user_password("wrong", newer)
    users.change_current_user_password(PASSWORD, newer)
    login(own, newer)
    me = users.get_current()
    users.change_password_by_id(me["id"], newer, PASSWORD)
    login(own, PASSWORD)
    assert users.get_current()["id"] == me["id"]


def check_removal_of_an_account(scene):
    username = scene.name("leaver")
    scene.client.users.create(username, f"{username}@assay.test", PASSWORD)
    scene.client.auth.login(username, PASSWORD)
    leaver = scene.client.users.get_current()["id"]

    with refused(401, "UserPasswordError"):
        scene.client.users.delete_current_user("wrong")
    gone = scene.client.users.delete_current_user(PASSWORD)
    has(gone, status="Success", id=[leaver])
    with refused(401):
        scene.client.users.get_current()
    with refused(401, "UserAuthenticationError"):
        scene.client.auth.login(username, PASSWORD)
    scene.client.auth.login(scene.username, PASSWORD)


def check_groups(scene):
    groups = scene.client.groups
    mine = groups.get_by_id(scene.group)

    assert scene.username in [member["user"]["username"] for member in mine["members"]]
    assert {"read", "write", "owner", "admin"} <= set(mine["members"][0]["permissions"])
    assert mine["id"] in ids(walk(groups.get, page_length=1))
    assert ids(groups.get(search=f'name:"{mine["name"]}"')["data"]) == [scene.group]
    with refused(404, "EntityDoesNotExistError", entity_type="group"):
        groups.get_by_id(MISSING)

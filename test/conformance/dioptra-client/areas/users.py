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
    has(client.auth.logout(everywhere=True), username=username, everywhere=True)
    with refused(401):
        client.users.get_current()


def check_changes_of_an_account(scene):
    client, username = scene.another_user()
    renamed, newer = scene.name("renamed"), "another password"

    changed = client.users.modify_current_user(renamed, f"{renamed}@assay.test")
    has(changed, username=renamed, email=f"{renamed}@assay.test")
    with refused(403, "UserPasswordChangeError"):
        client.users.change_current_user_password("wrong", newer)
    client.users.change_current_user_password(PASSWORD, newer)
    client.auth.login(renamed, newer)
    me = client.users.get_current()
    client.users.change_password_by_id(me["id"], newer, PASSWORD)
    client.auth.login(renamed, PASSWORD)
    assert client.users.get_current()["id"] == me["id"]


def check_removal_of_an_account(scene):
    client, username = scene.another_user()
    leaver = client.users.get_current()["id"]

    with refused(401, "UserPasswordError"):
        client.users.delete_current_user("wrong")
    has(client.users.delete_current_user(PASSWORD), status="Success", id=[leaver])
    with refused(401):
        client.users.get_current()
    with refused(401, "UserAuthenticationError"):
        client.auth.login(username, PASSWORD)


def check_groups(scene):
    groups = scene.client.groups
    mine = groups.get_by_id(scene.group)

    assert scene.username in [member["user"]["username"] for member in mine["members"]]
    assert {"read", "write", "owner", "admin"} <= set(mine["members"][0]["permissions"])
    assert mine["id"] in ids(walk(groups.get, page_length=1))
    assert ids(groups.get(search=f'name:"{mine["name"]}"')["data"]) == [scene.group]
    with refused(404, "EntityDoesNotExistError", entity_type="group"):
        groups.get_by_id(MISSING)

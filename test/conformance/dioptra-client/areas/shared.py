"""What every kind of resource does alike: tags, snapshots, drafts, lists."""

from expect import MISSING, has, ids, is_resource, is_time, refused, walk


def tags_behave(scene, tags, *path):
    first, second, third = scene.tag(), scene.tag(), scene.tag()
    assert tags.get(*path) == []

    added = tags.append(*path, ids=[first, second])
    assert sorted(ids(added)) == [first, second]
    assert {tag["url"] for tag in added} == {f"/api/v1/tags/{tag}" for tag in (first, second)}
    assert sorted(ids(tags.append(*path, ids=[second]))) == [first, second]

    assert ids(tags.modify(*path, ids=[third])) == [third]
    assert ids(tags.get(*path)) == [third]
    has(tags.remove(*path, tag_id=third), status="Success", id=[third])
    with refused(404):
        tags.remove(*path, tag_id=third)

    tags.append(*path, ids=[first, second])
    removed = has(tags.remove_all(*path), status="Success")
    assert sorted(removed["id"]) == [first, second]
    assert tags.get(*path) == []
    with refused(404):
        tags.append(*path, ids=[MISSING])


def snapshots_behave(snapshots, path, before, after):
    """`before` and `after` are the resource's two versions as they were answered."""
    rows = walk(lambda **query: snapshots.get(*path, **query), page_length=1)
    assert [row["snapshot"] for row in rows] == [before["snapshot"], after["snapshot"]]
    assert [row["latestSnapshot"] for row in rows] == [False, True]

    old = snapshots.get_by_id(*path, snapshot_id=before["snapshot"])
    # What an experiment or a file belongs to is of now, not of a version.
    own = {"latestSnapshot", "hasDraft", "lastModifiedOn", "entrypoints", "plugin"}
    has(old, **{name: value for name, value in before.items() if name not in own})
    has(old, latestSnapshot=False, lastModifiedOn=after["lastModifiedOn"])
    assert "hasDraft" not in old
    with refused(404, "EntityDoesNotExistError"):
        snapshots.get_by_id(*path, snapshot_id=MISSING)


def new_drafts_behave(scene, drafts, path, fields, changed, committed):
    """Drafts of what does not exist yet; `committed` gets what the last of them becomes."""
    group = {} if path else {"group_id": scene.group}
    made = drafts.create(*path, **group, **fields())
    has(made, resource=None, resourceSnapshot=None)
    is_time(made["createdOn"])
    assert drafts.get_by_id(*path, draft_id=made["id"])["payload"] == made["payload"]
    other = drafts.create(*path, **group, **fields())
    listed = walk(lambda **query: drafts.get(*path, draft_type="new", **query), page_length=1)
    assert ids(listed)[-2:] == [made["id"], other["id"]]
    every = drafts.get(*path, page_length=1000)
    assert {made["id"], other["id"]} <= set(ids(every["data"]))

    modified = drafts.modify(*path, draft_id=made["id"], **changed)
    assert_payload(modified, changed)
    has(drafts.delete(*path, draft_id=other["id"]), status="Success", id=[other["id"]])
    with refused(404, "DraftDoesNotExistError"):
        drafts.get_by_id(*path, draft_id=other["id"])

    done = has(scene.client.workflows.commit_draft(made["id"]), status="Success")
    committed(done["id"][-1])
    with refused(404):
        drafts.get_by_id(*path, draft_id=made["id"])


def assert_payload(draft, fields):
    shown = {name.lower(): value for name, value in draft["payload"].items()}
    for name, value in fields.items():
        assert shown[name.replace("_", "").lower()] == value, (name, draft["payload"])


def modify_drafts_behave(scene, drafts, path, get, fields, changed):
    """The one draft that a user may have of a resource, from its start to its commit."""
    resource = get()
    has(resource, hasDraft=False)
    with refused(404, "DraftDoesNotExistError"):
        drafts.get_by_id(*path)

    made = drafts.create(*path, **fields)
    has(made, resource=path[-1], resourceSnapshot=resource["snapshot"])
    assert made["metadata"] == {"num_other_drafts": 0}
    assert_payload(made, fields)
    has(get(), hasDraft=True, snapshot=resource["snapshot"])
    with refused(400, "DraftAlreadyExistsError"):
        drafts.create(*path, **fields)

    modified = drafts.modify(*path, resource_snapshot_id=resource["snapshot"], **changed)
    assert_payload(modified, changed)
    assert drafts.get_by_id(*path)["payload"] == modified["payload"]
    with refused(400, "InvalidDraftBaseResourceSnapshotError"):
        drafts.modify(*path, resource_snapshot_id=resource["snapshot"] - 1, **changed)

    has(drafts.delete(*path), status="Success", id=[made["id"]])
    again = drafts.create(*path, **changed)
    done = has(scene.client.workflows.commit_draft(again["id"]), status="Success")
    assert path[-1] in done["id"]
    after = is_resource(get(), hasDraft=False)
    assert after["snapshot"] > resource["snapshot"]
    return after


def list_behaves(scene, get, make, name_field="name"):
    """Three new ones in a list: found by search, page by page, sorted."""
    prefix = scene.name("listed").replace("_", "")
    made = [make(f"{prefix}{letter}")["id"] for letter in "bca"]
    search = f'{name_field}:"{prefix}*"'
    assert sorted(ids(walk(get, group_id=scene.group, search=search))) == sorted(made)
    by_name = [made[2], made[0], made[1]]
    assert ids(walk(get, search=search, sort_by=name_field)) == by_name
    assert ids(walk(get, search=search, sort_by=name_field, descending=True)) == by_name[::-1]
    assert ids(walk(get, search=search, sort_by="createdOn", descending=False)) == made
    exact = get(search=f'{name_field}:"{prefix}c"')
    assert ids(exact["data"]) == [made[1]]
    with refused(422, "SearchParseError"):
        get(search="nothing:this")
    with refused(400, "SortParameterValidationError"):
        get(sort_by="nothing")
    return made

"""What holds for experiments and for queues alike."""

from dataclasses import dataclass

from expect import is_a, ok, refused, same


@dataclass(frozen=True)
class Register:
    resource: str
    id_field: str
    model: dict

    def register(self, scene, name):
        return is_a(self.model, ok(scene.post(f"/{self.resource}/", data={"name": name})))

    def places(self, made):
        """Where it is, with and without a slash at the end, by id and by name."""
        by_id = f"/{self.resource}/{made[self.id_field]}"
        by_name = f"/{self.resource}/name/{made['name']}"
        return [by_id, f"{by_id}/", by_name, f"{by_name}/"]

    def listed(self, scene):
        rows = ok(scene.get(f"/{self.resource}/"))
        same(rows, ok(scene.get(f"/{self.resource}")))
        return [is_a(self.model, row) for row in rows]

    def takes_every_kind_of_body(self, scene):
        for way, path in [("data", "/"), ("files", "/"), ("json", "/"), ("data", "")]:
            name = scene.name(way)
            given = f"  {name.upper()} Two "
            body = {"name": (None, given)} if way == "files" else {"name": given}
            made = is_a(self.model, ok(scene.post(f"/{self.resource}{path}", **{way: body})))
            same(made["name"], f"{name}-two")

    def is_found(self, scene):
        made = self.register(scene, scene.name("found"))
        for place in self.places(made):
            same(is_a(self.model, ok(scene.get(place))), made)
        assert made in self.listed(scene)

    def is_renamed(self, scene):
        made = self.register(scene, scene.name("first"))
        for count, way in enumerate(["json", "data", "json", "data"]):
            name = scene.name("next")
            changed = ok(scene.put(self.places(made)[count], **{way: {"name": name.upper()}}))
            same(is_a(self.model, changed)["name"], name)
            same(changed[self.id_field], made[self.id_field])
            same(changed["createdOn"], made["createdOn"])
            assert changed["lastModified"] >= made["lastModified"]
            made = changed
            same(ok(scene.get(self.places(made)[0])), made)

    def is_deleted(self, scene):
        for at in range(4):
            made = self.register(scene, scene.name("gone"))
            place = self.places(made)[at]
            done = {"status": "Success", "id": [made[self.id_field]]}
            same(ok(scene.delete(place)), done)
            same(ok(scene.delete(place)), done | {"id": []})
            missing = f"Not Found - There is no such {self.resource}."
            for call in (scene.get(place), scene.put(place, json={"name": "other"})):
                refused(call, 404, missing)
            assert made not in self.listed(scene)

    def is_refused(self, scene):
        made = self.register(scene, scene.name("taken"))
        other = self.register(scene, scene.name("other"))
        taken = f"Bad Request - The {self.resource} exists already."
        unnamed = f"Bad Request - The {self.resource} was not registered."
        name = {"name": f" {made['name'].upper()} "}
        for way in ("data", "json"):
            refused(scene.post(f"/{self.resource}/", **{way: name}), 400, taken)
            refused(scene.post(f"/{self.resource}/", **{way: {"name": ""}}), 400, unnamed, "name")
            refused(scene.post(f"/{self.resource}/", **{way: {"nom": "x"}}), 400, unnamed, "name")
        for place in self.places(other):
            refused(scene.put(place, json=name), 400, taken)
            refused(scene.put(place, json={}), 400, unnamed, "name")
        refused(scene.post(f"/{self.resource}/"), 400, unnamed, "name")
        nobody = scene.get(f"/{self.resource}/name/{scene.name('nobody')}")
        refused(nobody, 404, f"Not Found - There is no such {self.resource}.")

import type { Fixture, Fixtures, Ids } from './fixture.ts';
import { entrypointBody, fileBody, post, type World } from './world.ts';

/** A kind of resource with tags, and how to make one in a world. */
interface Tagged {
  readonly title: string;
  /** Names one in an address. */
  readonly one: (world: World) => Ids | Promise<Ids>;
  readonly path: (ids: Ids) => string;
}

const tag = async ({ owner, group, name }: World): Promise<number> =>
  (await post(owner, '/tags', { name: name(), group: group.id })).id;

/** One with a tag of its own on it. */
const withTag =
  ({ one, path }: Tagged) =>
  async (world: World): Promise<Ids> => {
    const ids = await one(world);
    const tagId = await tag(world);
    await post(world.owner, `${path(ids)}/tags`, { ids: [tagId] });
    return { ...ids, tagId };
  };

function tagFixtures(kind: Tagged): Fixtures {
  const change: Fixture = {
    params: kind.one,
    body: async (world) => ({ ids: [await tag(world)] }),
    refs: (world) => ({ 'ids.0': world.tag }),
  };
  return {
    [`list${kind.title}Tags`]: { params: kind.one },
    [`add${kind.title}Tags`]: change,
    [`set${kind.title}Tags`]: change,
    [`clear${kind.title}Tags`]: { params: kind.one },
    [`remove${kind.title}Tag`]: { params: withTag(kind) },
  };
}

/** A kind of resource that people draft. */
interface Drafted extends Tagged {
  readonly collection: (world: World) => string;
  readonly fields: (world: World) => object;
  readonly changes: (world: World) => object;
  /** A new one that nobody drafts yet. */
  readonly fresh: (world: World) => Promise<Ids>;
  /** Drafts of new ones name their group. */
  readonly grouped: boolean;
  /** What addresses of its drafts name beside the draft. */
  readonly parent: (world: World) => Ids;
}

function draftFixtures(kind: Drafted): Fixtures {
  const { title, path, collection, fields, changes, parent } = kind;
  const newBody = (world: World) => ({
    ...fields(world),
    ...(kind.grouped ? { group: world.group.id } : {}),
  });
  const draft = async (world: World): Promise<Ids> => {
    const { id } = await post(world.owner, `${collection(world)}/drafts`, newBody(world));
    return { ...parent(world), draftId: id };
  };
  const latest = new WeakMap<World, number>();
  const drafted = async (world: World): Promise<Ids> => {
    const ids = await kind.fresh(world);
    const draft = await post(world.owner, `${path(ids)}/draft`, changes(world));
    latest.set(world, draft.resourceSnapshot);
    return ids;
  };
  /** Of the one that was drafted last, which is the one in the address. */
  const rewritten = (world: World) => ({
    resourceSnapshot: latest.get(world) ?? 1,
    resourceData: changes(world),
  });
  return {
    [`list${title}Drafts`]: { params: parent },
    [`create${title}Draft`]: {
      params: parent,
      body: newBody,
      ...(kind.grouped ? { refs: ({ group }: World) => ({ group: group.id }) } : {}),
    },
    [`get${title}Draft`]: { params: draft, secret: true },
    [`change${title}Draft`]: { params: draft, body: fields, secret: true },
    [`delete${title}Draft`]: { params: draft, secret: true },
    [`getDraftOf${title}`]: { params: drafted, secret: true },
    [`createDraftOf${title}`]: { params: kind.fresh, body: changes },
    [`changeDraftOf${title}`]: { params: drafted, body: rewritten, secret: true },
    [`deleteDraftOf${title}`]: { params: drafted, secret: true },
  };
}

const named = ({ name }: World) => ({ name: name() });

/** A kind of which a name is enough to make one. */
const simple = (title: string, path: string, one: (world: World) => number): Drafted => ({
  title,
  one: (world) => ({ id: one(world) }),
  path: ({ id }) => `/${path}/${id}`,
  collection: () => `/${path}`,
  fields: named,
  changes: named,
  fresh: async (world) => {
    const body = { ...named(world), group: world.group.id };
    return { id: (await post(world.owner, `/${path}`, body)).id };
  },
  grouped: true,
  parent: () => ({}),
});

/** The world has none, so each call makes its own. */
const model: Drafted = {
  ...simple('Model', 'models', () => 0),
  one: (world) => model.fresh(world),
};

const entrypoint: Drafted = {
  ...simple('Entrypoint', 'entrypoints', (world) => world.entrypoint),
  fields: (world) => ({ ...entrypointBody(world.name()), plugins: [world.plugin] }),
  changes: (world) => entrypointBody(world.name()),
  fresh: async (world) => {
    const body = { ...entrypointBody(world.name()), plugins: [world.plugin] };
    return { id: (await post(world.owner, '/entrypoints', { ...body, group: world.group.id })).id };
  },
};

const pluginFile: Drafted = {
  title: 'PluginFile',
  one: ({ plugin, file }) => ({ id: plugin, fileId: file }),
  path: ({ id, fileId }) => `/plugins/${id}/files/${fileId}`,
  collection: ({ plugin }) => `/plugins/${plugin}/files`,
  fields: ({ type }) => fileBody(type, 'drafted.py'),
  changes: ({ type }) => fileBody(type, 'drafted.py'),
  fresh: async ({ owner, type, name, group }) => {
    const plugin = await post(owner, '/plugins', { name: name(), group: group.id });
    const file = await post(owner, `/plugins/${plugin.id}/files`, fileBody(type, 'one.py'));
    return { id: plugin.id, fileId: file.id };
  },
  grouped: false,
  parent: ({ plugin }) => ({ id: plugin }),
};

const drafted: readonly Drafted[] = [
  simple('Queue', 'queues', (world) => world.queue),
  simple('Experiment', 'experiments', (world) => world.experiment),
  simple('PluginParameterType', 'pluginParameterTypes', (world) => world.type),
  simple('Plugin', 'plugins', (world) => world.plugin),
  model,
  entrypoint,
  pluginFile,
];

const job: Tagged = {
  title: 'Job',
  one: (world) => ({ id: world.job }),
  path: ({ id }) => `/jobs/${id}`,
};

const tags: Fixtures = {
  listTags: {},
  createTag: {
    body: (world) => ({ ...named(world), group: world.group.id }),
    refs: ({ group }) => ({ group: group.id }),
  },
  getTag: { params: ({ tag: id }) => ({ id }) },
  changeTag: { params: async (world) => ({ id: await tag(world) }), body: named },
  deleteTag: { params: async (world) => ({ id: await tag(world) }) },
  listTaggedResources: { params: ({ tag: id }) => ({ id }) },
};

/** A draft that becomes something. */
const commit: Fixtures = {
  commitDraft: {
    params: async (world) => {
      const body = { ...named(world), group: world.group.id };
      return { id: (await post(world.owner, '/queues/drafts', body)).id };
    },
    secret: true,
  },
};

/** How to call the routes that are mounted for several kinds of resources. */
export const mountFixtures: Fixtures = {
  ...tags,
  ...commit,
  ...Object.assign({}, ...[...drafted, job].map(tagFixtures)),
  ...Object.assign({}, ...drafted.map(draftFixtures)),
};

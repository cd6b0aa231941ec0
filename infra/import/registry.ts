import {
  API,
  callKey,
  type Import,
  isMarked,
  isTaken,
  markOf,
  orProblem,
  unmarked,
} from './import.ts';
import type { Message, Server } from './server.ts';
import { sourceHere } from './sources.ts';

const PAGE = 1_000;
const IS_PROMPT = "tags.`mlflow.prompt.is_prompt` = 'true'";
/** Most numbers of deleted versions before one that is there. */
const MAX_GAP = 1_000;

const search = (
  server: Server,
  path: string,
  filter: string,
  field: string,
): AsyncIterable<Message> =>
  server.pages(
    'GET',
    `${API}/${path}/search`,
    { max_results: PAGE, ...(filter === '' ? {} : { filter }) },
    field,
  );

/** All registered models there, and then all prompts, which searches leave out unless asked. */
export async function* registeredModelsOf({ from }: Import): AsyncGenerator<Message> {
  yield* search(from, 'registered-models', '', 'registered_models');
  yield* search(from, 'registered-models', IS_PROMPT, 'registered_models');
}

/** Versions of a model, the oldest first. */
export async function versionsOf(server: Server, name: string): Promise<readonly Message[]> {
  const quote = name.includes("'") ? '"' : "'";
  const named = `name = ${quote}${name}${quote}`;
  const byNumber = new Map<number, Message>();
  for (const filter of [named, `${named} AND ${IS_PROMPT}`]) {
    for await (const version of search(server, 'model-versions', filter, 'model_versions')) {
      byNumber.set(Number(version.version), version);
    }
  }
  return [...byNumber.entries()].sort(([a], [b]) => a - b).map(([, version]) => version);
}

/** Makes the model; whether it is ours, now or from an earlier start. */
async function create(job: Import, { name, description, tags }: Message): Promise<boolean> {
  const mark = markOf(job, 'registered-models', name);
  try {
    const body = { name, ...(description ? { description } : {}), tags: [...unmarked(tags), mark] };
    await job.to.ask('POST', `${API}/registered-models/create`, body);
    return true;
  } catch (error) {
    if (!isTaken(error)) throw error;
    const found = await job.to.ask('GET', `${API}/registered-models/get`, { name });
    if (isMarked(found.registered_model.tags, mark)) return true;
    job.problems.push(
      `registered model ${name}: one of that name is here already, so it was left out`,
    );
    return false;
  }
}

/** What a version is made of, by what its source and its run are here. */
function bodyOf({ journal, from }: Import, version: Message) {
  const { name, description, tags, run_link: link, source = '', run_id: runId } = version;
  const here = sourceHere(journal, source);
  const named = runId ? journal.get('run', runId)?.to : undefined;
  const run = here.run ?? named;
  return {
    name,
    source: here.source,
    ...(run === undefined ? {} : { run_id: run }),
    ...(here.loggedModel === undefined ? {} : { model_id: here.loggedModel }),
    ...(link ? { run_link: link } : {}),
    ...(description ? { description } : {}),
    tags: [...unmarked(tags), markOf({ from }, 'model-versions', `${name}/${version.version}`)],
  };
}

async function makeVersion(job: Import, version: Message, attempt: number): Promise<Message> {
  const body = bodyOf(job, version);
  const key = callKey(job.from.url, body, attempt);
  return (await job.to.ask('POST', `${API}/model-versions/create`, body, key)).model_version;
}

/**
 * A version under its own number. Numbers count up and are never used again, so those of versions that
 * are deleted there are used up here, too.
 */
async function createVersion(job: Import, version: Message): Promise<Message> {
  const wanted = Number(version.version);
  for (let attempt = 1; attempt <= MAX_GAP; attempt += 1) {
    const made = await makeVersion(job, version, attempt);
    if (Number(made.version) === wanted) return made;
    if (Number(made.version) > wanted) {
      job.problems.push(`${version.name}, version ${wanted}: it is version ${made.version} here`);
      return made;
    }
    const args = { name: made.name, version: made.version };
    await job.to.ask('DELETE', `${API}/model-versions/delete`, args);
  }
  throw new Error(`Version ${wanted} of ${version.name} could not be made.`);
}

async function importVersion(
  job: Import,
  version: Message,
  there: readonly Message[],
): Promise<void> {
  const { name } = version;
  const from = `${name}/${version.version}`;
  if (job.journal.get('version', from) !== undefined) return;
  const mark = markOf(job, 'model-versions', from);
  await orProblem(job, `${name}, version ${version.version}`, async () => {
    const found = there.find(({ tags }) => isMarked(tags, mark));
    const made = found ?? (await createVersion(job, version));
    const at = { name, version: made.version };
    const { current_stage: stage = 'None' } = version;
    if (stage !== 'None') {
      await job.to.ask('POST', `${API}/model-versions/transition-stage`, { ...at, stage });
    }
    const tags = unmarked(version.tags).length;
    job.journal.add({
      kind: 'version',
      from,
      to: `${name}/${made.version}`,
      counts: { versions: 1, tags },
    });
    job.progress.add({ versions: 1 });
  });
}

async function setAliases(job: Import, { name, aliases = [] }: Message): Promise<number> {
  let set = 0;
  for (const { alias, version } of aliases) {
    const entry = job.journal.get('version', `${name}/${version}`);
    if (entry === undefined) continue;
    const here = entry.to.slice(entry.to.lastIndexOf('/') + 1);
    await job.to.ask('POST', `${API}/registered-models/alias`, { name, alias, version: here });
    set += 1;
  }
  return set;
}

/** A registered model or prompt with its versions, under their numbers, and aliases. */
export async function importModel(job: Import, found: Message): Promise<void> {
  const { name } = found;
  if (job.journal.get('registeredModel', name) !== undefined) return;
  const { registered_model: model } = await job.from.ask('GET', `${API}/registered-models/get`, {
    name,
  });
  if (!(await create(job, model))) return;
  const there = await versionsOf(job.to, name);
  for (const version of await versionsOf(job.from, name)) await importVersion(job, version, there);
  await setAliases(job, model);
  const counts = {
    'registered models': 1,
    tags: unmarked(model.tags).length,
    aliases: model.aliases?.length ?? 0,
  };
  job.journal.add({ kind: 'registeredModel', from: name, to: name, counts });
  job.progress.add({ 'registered models': 1 });
}

import { artifactKey } from '#domain/tracking/index.ts';
import {
  type Answer,
  type Client,
  type Json,
  READER,
  type TestApp,
  type TestGroup,
  type TestUser,
} from '../../support/app.ts';

/** One group with one of everything in it, made through the API. */
export interface World {
  readonly app: TestApp;
  readonly owner: TestUser;
  /** In the group too, but may only read. */
  readonly reader: TestUser;
  readonly group: TestGroup;
  readonly tag: number;
  readonly queue: number;
  readonly type: number;
  readonly plugin: number;
  readonly pluginSnapshot: number;
  readonly file: number;
  readonly artifactPlugin: number;
  readonly entrypoint: number;
  readonly entrypointSnapshot: number;
  readonly experiment: number;
  /** Claimed by a worker, with a lease that does not end while the clock stands still. */
  readonly job: number;
  readonly claim: Json;
  readonly artifact: number;
  /** A new name for each call. */
  name(): string;
}

/** The answer's body, where there was nothing wrong. */
export function expectOk(answer: Answer): Json {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return answer.body;
}

export const post = async (client: Client, path: string, body: unknown): Promise<Json> =>
  expectOk(await client.post(`/api/v1${path}`, body));

const SOURCE = 'def greet(name):\n    return name\n';
export const fileBody = (anyType: number, filename: string) => ({
  filename,
  contents: SOURCE,
  tasks: {
    functions: [
      {
        name: 'greet',
        inputParams: [{ name: 'name', parameterType: anyType }],
        outputParams: [{ name: 'greeting', parameterType: anyType }],
      },
    ],
    artifacts: [],
  },
});

export const entrypointBody = (name: string) => ({
  name,
  taskGraph: 'hello:\n  greet: $who\n',
  parameters: [{ name: 'who', defaultValue: 'you', parameterType: 'string' }],
});

let made = 0;
const nextName = (): string => {
  made += 1;
  return `thing_${made}`;
};

/** Id of the group's own type `string`. */
async function stringType(owner: Client, group: number): Promise<number> {
  const url = `/api/v1/pluginParameterTypes?groupId=${group}&search=name:string`;
  return expectOk(await owner.get(url)).data[0].id;
}

/** A job of the world's experiment that nobody has claimed. */
export const newJob = async (
  world: Pick<World, 'owner' | 'experiment' | 'entrypoint' | 'queue'>,
): Promise<number> => {
  const { owner, experiment, entrypoint, queue } = world;
  const body = { entrypoint, queue, values: { who: 'all' } };
  return (await post(owner, `/experiments/${experiment}/jobs`, body)).id;
};

/** What a worker gets for a job. */
export async function claimJob(app: TestApp, jobId: number): Promise<Json> {
  const worker = app.bearer(await app.newWorkerToken());
  const wish = { pool: 'default', worker: `worker of ${jobId}`, jobId, attempt: 1, waitSeconds: 0 };
  const { claim } = expectOk(await worker.post('/api/worker/v1/claim', wish));
  if (claim === null) throw new Error(`Job ${jobId} could not be claimed.`);
  return claim;
}

/** An artifact of a claimed job, registered as the job's child does. */
export async function newArtifact(
  app: TestApp,
  claim: Json,
  path: string = nextName(),
): Promise<number> {
  await app.platform.blobs.put(artifactKey(claim.runId, path), 'the bytes');
  const artifactUri = `mlflow-artifacts:/${claim.experimentId}/${claim.runId}/artifacts/${path}`;
  const body = { group: claim.groupId, job: claim.jobId, artifactUri };
  return (await post(app.bearer(claim.jobToken), '/artifacts', body)).id;
}

/** What jobs are made of, in a group of the owner. */
async function newDefinitions(owner: TestUser, group: number) {
  const named = () => ({ group, name: nextName() });
  const tag: number = (await post(owner, '/tags', named())).id;
  const queue: number = (await post(owner, '/queues', named())).id;
  const structure = { list: 'string' };
  const type: number = (await post(owner, '/pluginParameterTypes', { ...named(), structure })).id;
  const plugin: number = (await post(owner, '/plugins', named())).id;
  const fileOf = fileBody(await stringType(owner, group), 'greetings.py');
  const file: number = (await post(owner, `/plugins/${plugin}/files`, fileOf)).id;
  const pluginSnapshot: number = expectOk(await owner.get(`/api/v1/plugins/${plugin}`)).snapshot;
  const artifactPlugin: number = (await post(owner, '/plugins', named())).id;
  const lists = { plugins: [plugin], artifactPlugins: [artifactPlugin], queues: [queue] };
  const body = { ...entrypointBody(nextName()), group, ...lists };
  const { id, snapshot } = await post(owner, '/entrypoints', body);
  const entrypoint: number = id;
  const entrypointSnapshot: number = snapshot;
  const experiment: number = (
    await post(owner, '/experiments', { ...named(), entrypoints: [entrypoint] })
  ).id;
  return {
    tag,
    queue,
    type,
    plugin,
    pluginSnapshot,
    file,
    artifactPlugin,
    entrypoint,
    entrypointSnapshot,
    experiment,
  };
}

/** One of everything in a group that is there. */
async function furnish(house: Pick<World, 'app' | 'owner' | 'reader' | 'group'>): Promise<World> {
  const { app, owner, group } = house;
  const definitions = await newDefinitions(owner, group.id);
  const job = await newJob({ owner, ...definitions });
  const claim = await claimJob(app, job);
  const artifact = await newArtifact(app, claim);
  return { ...house, ...definitions, job, claim, artifact, name: nextName };
}

export async function newWorld(app: TestApp): Promise<World> {
  const [owner, reader] = [await app.newUser(), await app.newUser()];
  const group = await app.newGroup(owner);
  await app.join(reader, group, READER);
  return furnish({ app, owner, reader, group });
}

/** The same people in the same group, with another one of everything. */
export const besideWorld = ({ app, owner, reader, group }: World): Promise<World> =>
  furnish({ app, owner, reader, group });

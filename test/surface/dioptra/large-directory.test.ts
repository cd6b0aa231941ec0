import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { must, newJob, newRun, newScene, type Scene } from '../../security/scene.ts';
import { type Answer, type TestApp, testApp } from '../../support/app.ts';

const MIB = 1024 * 1024;
const FILE_BYTES = 50 * MIB;
/** With FULL=1 more than is packed while a caller waits. */
const FULL = process.env.FULL === '1';
const FILES = FULL ? 22 : 3;
const MINUTES = 60_000;

let app: TestApp;
let scene: Scene;
let run: string;
let id: number;

/** Mostly zeros, which take no time to compress, and something that nothing makes smaller. */
async function* content(): AsyncGenerator<Uint8Array> {
  yield randomBytes(2 * MIB);
  const zeros = new Uint8Array(MIB);
  for (let left = FILE_BYTES - 2 * MIB; left > 0; left -= MIB) yield zeros;
}

beforeAll(async () => {
  app = testApp();
  scene = await newScene(app);
  run = await newRun(app, scene);
  for (let file = 0; file < FILES; file += 1) {
    await app.platform.blobs.putStream(`runs/${run}/artifacts/model/${file}.bin`, content());
  }
  const { user, group, experiment } = scene;
  const job = await newJob(scene);
  await must(user, 'POST', `/api/v1/jobs/${job}/mlflowRun`, { mlflowRunId: run });
  const artifactUri = `mlflow-artifacts:/${experiment}/${run}/artifacts/model`;
  const body = { group, job, artifactUri, description: '' };
  ({ id } = await must(user, 'POST', '/api/v1/artifacts', body));
}, 5 * MINUTES);
afterAll(() => app.close());

/** Asks until the archive is there, as the answer says to. */
async function askedUntilThere(): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  do {
    if (answers.length > 0) await new Promise((resolve) => setTimeout(resolve, 1_000));
    answers.push(await scene.user.get(`/api/v1/artifacts/${id}/contents`));
  } while (answers.at(-1)?.status === 503);
  return answers;
}

async function membersOf(url: string): Promise<Record<string, number>> {
  const answer = await app.platform.blobs.handleRequest(new Request(url));
  const tar = extract();
  Readable.from(answer.body ?? [])
    .pipe(createGunzip())
    .pipe(tar as unknown as NodeJS.WritableStream);
  const members: Record<string, number> = {};
  for await (const entry of tar) {
    let size = 0;
    for await (const chunk of entry) size += (chunk as Uint8Array).byteLength;
    members[entry.header.name] = size;
  }
  return members;
}

it(
  `a directory of ${FILES * 50} MiB is packed in little memory`,
  async () => {
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);

    const answers = await askedUntilThere();
    clearInterval(watch);

    expect(answers[0]?.status).toBe(FULL ? 503 : 302);
    expect(answers.at(-1)?.status).toBe(302);
    expect((most - before) / MIB).toBeLessThan(150);
    const members = await membersOf(answers.at(-1)?.headers.get('location') ?? '');
    expect(members).toEqual(
      Object.fromEntries(
        Array.from({ length: FILES }, (_, file) => [`model/${file}.bin`, FILE_BYTES]),
      ),
    );
  },
  8 * MINUTES,
);

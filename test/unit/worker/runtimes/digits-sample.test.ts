/** The sample's real plugins in the real runner; only the server is a recorder of two routes. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ensureJobPython } from '../../../../infra/local/sample/python.ts';
// What Dioptra 1.2.2 answered for a job of the sample under /jobs/{id}/config.
import config from './digits-config.json' with { type: 'json' };
import { type Outcome, outcomeOf, prepareJob, removeJobs, startRunner } from './runner-kit.ts';

const sample = fileURLToPath(new URL('../../../../infra/local/sample/', import.meta.url));
const strengths = [0, 0.02, 0.05, 0.1, 0.2];
const password = 'job-token-0123456789';

interface Recorded {
  readonly path: string;
  readonly cookie: string | undefined;
  readonly body: unknown;
}

let server: Server;
let address = '';
let outcome: Outcome;
let outputDir = '';
const requests: Recorded[] = [];

const answerTo = (request: IncomingMessage): { status: number; body: unknown } => {
  if (request.url === '/api/v1/auth/login') {
    return { status: 200, body: { username: 'job-7', status: 'Login successful' } };
  }
  const metrics = request.url === '/api/v1/jobs/7/metrics';
  return metrics ? { status: 200, body: {} } : { status: 404, body: { message: 'unknown' } };
};

beforeAll(async () => {
  const python = await ensureJobPython();
  server = createServer(async (request, response) => {
    const { cookie } = request.headers;
    requests.push({ path: request.url ?? '', cookie, body: await json(request) });
    const { status, body } = answerTo(request);
    response.writeHead(status, {
      'content-type': 'application/json',
      'set-cookie': 'session=s1; HttpOnly; Path=/',
    });
    response.end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  address = `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`;
  const job = await prepareJob({
    config,
    overrides: {
      parameters: { test_share: 0.25, seed: 1, strengths },
      pluginsDir: join(sample, 'plugins'),
      artifactPluginsDir: join(sample, 'plugins'),
      artifactTasks: {
        accuracy: { task: 'CsvTable', pluginSnapshotId: 15, taskId: 5 },
        attacked_digits: { task: 'PngPicture', pluginSnapshotId: 15, taskId: 6 },
        digit_model: { task: 'NpzArrays', pluginSnapshotId: 15, taskId: 7 },
      },
    },
  });
  outputDir = job.outputDir;
  const child = startRunner(python, job.workdir, {
    DIOPTRA_API: address,
    DIOPTRA_WORKER_USERNAME: 'job-7',
    DIOPTRA_WORKER_PASSWORD: password,
    __JOB_ID: '7',
  });
  outcome = await outcomeOf(child, job.workdir);
}, 330_000);

afterAll(async () => {
  server.close();
  await removeJobs();
});

describe('the digits sample', () => {
  it('has the graphs that the original server accepted', async () => {
    const graph = parse(await readFile(join(sample, 'task-graph.yaml'), 'utf8'));
    const artifacts = parse(await readFile(join(sample, 'artifact-graph.yaml'), 'utf8'));

    expect(graph).toEqual(config.graph);
    expect(artifacts).toEqual(config.artifact_outputs);
  });

  it('finishes and hands over a table, a picture and a model', () => {
    const file = (name: string, basename: string, taskId: number) => ({
      name,
      path: join(outputDir, basename),
      isDir: false,
      taskPluginSnapshotId: 15,
      taskId,
    });

    expect(outcome.log.filter((line) => line.severity === 'ERROR')).toEqual([]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.result).toEqual({
      status: 'finished',
      artifacts: [
        file('accuracy', 'accuracy.csv', 5),
        file('attacked_digits', 'attacked_digits.png', 6),
        file('digit_model', 'digit_model.npz', 7),
      ],
    });
  });

  it('tells all four steps in order', () => {
    const steps = outcome.log
      .map((line) => /^step (\w+): (started|finished)/.exec(line.message))
      .flatMap((match) => (match ? [`${match[1]} ${match[2]}`] : []));

    expect(steps).toEqual(
      ['digits', 'model', 'attack', 'report'].flatMap((s) => [`${s} started`, `${s} finished`]),
    );
  });

  it('signs in as the job and posts one accuracy per strength, as in the table', async () => {
    const [header, ...rows] = (await readFile(join(outputDir, 'accuracy.csv'), 'utf8'))
      .trimEnd()
      .split(/\r?\n/);
    const table = rows.map((row) => row.split(',').map(Number));

    const [login, ...metrics] = requests;
    expect(login).toMatchObject({
      path: '/api/v1/auth/login',
      body: { username: 'job-7', password },
    });
    expect(header).toBe('strength,accuracy');
    expect(table.map(([strength]) => strength)).toEqual(strengths);
    expect(metrics).toEqual(
      table.map(([, value], step) => ({
        path: '/api/v1/jobs/7/metrics',
        cookie: 'session=s1',
        body: { name: 'accuracy', value, step },
      })),
    );
  });

  it('classifies well and falls to the attack', async () => {
    const accuracies = requests.slice(1).map((request) => Number(Object(request.body).value));

    expect(accuracies[0]).toBeGreaterThan(0.93);
    expect(accuracies[0]).toBeLessThan(1);
    expect(accuracies).toEqual([...accuracies].sort((a, b) => b - a));
    expect(accuracies.at(-1)).toBeLessThan(0.3);
  });

  it('draws the original digits and one row per strength', async () => {
    const png = await readFile(join(outputDir, 'attacked_digits.png'));

    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([91 * 6, (9 * 6 + 1) * 6]);
  });

  it('never logs the password of the job', () => {
    expect(JSON.stringify(outcome)).not.toContain(password);
  });
});

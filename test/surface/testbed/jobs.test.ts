import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobUuid } from '#surfaces/testbed/names.ts';
import type { Json } from '../../support/app.ts';
import { archiveOf, openTestbed, PROJECT, type Testbed } from './workbench.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NAIVE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;

let testbed: Testbed;
beforeAll(async () => {
  testbed = await openTestbed();
});
afterAll(() => testbed.app.close());

const submit = (more: Parameters<Testbed['jobForm']>[0] = {}) =>
  testbed.multipart('/job/', testbed.jobForm(more));
const idOf = async (path: string, field: string): Promise<number> =>
  (await testbed.get(path)).body[field];

describe('a job that is submitted', () => {
  it('has every field of the original', async () => {
    const { status, body } = await submit({ timeout: '90s' });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      mlflowRunId: null,
      experimentId: await idOf('/experiment/name/mnist', 'experimentId'),
      queueId: await idOf('/queue/name/tensorflow_cpu', 'queueId'),
      timeout: '90s',
      entryPoint: 'main',
      entryPointKwargs: '-P name=x',
      dependsOn: null,
      status: 'queued',
    });
    expect(body.jobId).toMatch(UUID);
    expect(body.createdOn).toMatch(NAIVE);
    expect(body.lastModified).toMatch(NAIVE);
    expect(body.workflowUri).toMatch(/^s3:\/\/workflow\/[0-9a-f]{32}\/workflows\.tar\.gz$/);
    expect((await testbed.get(`/job/${body.jobId}`)).body).toEqual(body);
    const all = (await testbed.get('/job/')).body;
    expect(all).toContainEqual(body);
  });

  it('is a job of the v1 API as well, and its experiment a run of MLflow', async () => {
    const { jobId, experimentId, queueId } = (await submit()).body;
    const number = Number.parseInt(jobId.slice(-12), 16);

    const job = (await testbed.user.get(`/api/v1/jobs/${number}`)).body;

    expect(job).toMatchObject({ status: 'queued', values: { name: 'x' }, timeout: '24h' });
    expect([job.experiment.id, job.queue.id]).toEqual([experimentId, queueId]);
    expect(job.entrypoint).toMatchObject({ id: 0, name: 'main', url: `/api/v1/jobs/${number}` });
    const parameters = await testbed.user.get(`/api/v1/jobs/${number}/parameters`);
    expect(parameters.body).toEqual({ name: 'x' });
    expect((await testbed.user.get(`/api/v1/jobs/${number}/config`)).status).toBe(404);
  });

  it.each(['tar', 'tgz', 'tar.gz', 'tar.bz2', 'tar.xz', 'zip'])(
    'may be a .%s',
    async (extension) => {
      const bytes = archiveOf(PROJECT, extension);

      const { status, body } = await submit({ workflow: { name: `w.${extension}`, bytes } });

      expect([status, body.message]).toEqual([200, null]);
    },
  );

  it('may have its project in the one folder of the archive', async () => {
    const files = Object.entries(PROJECT).map(([path, text]) => [`digits/${path}`, text]);
    const bytes = archiveOf(Object.fromEntries(files));

    expect((await submit({ workflow: { name: 'w.tgz', bytes } })).status).toBe(200);
  });

  it('has its archive for whoever wants it again', async () => {
    const { jobId } = (await submit()).body;

    const answer = await testbed.get(`/job/${jobId}/workflow`);

    expect(answer.status).toBe(302);
    const stored = await testbed.app.platform.blobs.handleRequest(
      new Request(answer.headers.get('location') ?? ''),
    );
    const form = testbed.jobForm().workflow as { readonly bytes: Uint8Array };
    expect(Buffer.from(await stored.arrayBuffer()).equals(form.bytes)).toBe(true);
  });
});

describe('a job is refused at once', () => {
  const ERROR = /^Bad Request - The job was not submitted\. /;
  const project = (text: string, more: object = {}) => ({
    name: 'w.tar.gz',
    bytes: archiveOf({ MLproject: text, ...more }),
  });

  const typed = (type: string) =>
    project(`entry_points: {main: {parameters: {name: ${type}}, command: "cat {name}"}}`, {
      'data/b.csv': '',
    });

  it.each<[string, () => Parameters<Testbed['jobForm']>[0], string]>([
    [
      'an unknown experiment',
      () => ({ experiment_name: 'none' }),
      'There is no experiment with the name "none".',
    ],
    ['an unknown queue', () => ({ queue: 'none' }), 'There is no queue with the name "none".'],
    ['two faults', () => ({ queue: '', entry_point: '' }), 'required; entry_point: is required'],
    ['exit codes', () => ({ retry_exit_codes: 'a' }), 'Must be exit codes'],
    ['a back-off', () => ({ retry_backoff: '-1' }), 'retry_backoff: Must be a number'],
    ['no entry point', () => ({ entry_point: '' }), 'entry_point: is required'],
    [
      'an unknown entry point',
      () => ({ entry_point: 'other' }),
      'has no entry point other. It has main, plain.',
    ],
    ['a missing parameter', () => ({ entry_point_kwargs: '-P rate=1' }), 'needs a value of name'],
    ['bad parameters', () => ({ entry_point_kwargs: "-P name='x" }), "the quote ' is never closed"],
    ['no option', () => ({ entry_point_kwargs: 'name=x' }), '"name=x" is no parameter'],
    ['no pair', () => ({ entry_point_kwargs: '-P name' }), 'not of the form name=value'],
    ['one twice', () => ({ entry_point_kwargs: '-P name=x -P name=y' }), 'is there twice'],
    ['a timeout', () => ({ timeout: 'soon' }), 'timeout: Must be a number'],
    ['a dependency', () => ({ depends_on: 'x' }), 'There is no job x'],
    [
      'a dependency of nobody',
      () => ({ depends_on: '00000000-0000-4000-8000-000000000001' }),
      'There is no job 00000000',
    ],
    ['no archive', () => ({ workflow: '' }), 'workflow: Give the archive'],
    [
      'another file',
      () => ({ workflow: { name: 'w.txt', bytes: new Uint8Array(9) } }),
      'must end in .tar',
    ],
    [
      'no archive in it',
      () => ({ workflow: { name: 'w.zip', bytes: Buffer.from('hello') } }),
      'cannot be used',
    ],
    [
      'no MLproject file',
      () => ({ workflow: { name: 'w.tgz', bytes: archiveOf({ 'train.py': '' }) } }),
      'has no MLproject file',
    ],
    ['no YAML', () => ({ workflow: project('a: [') }), 'is no YAML'],
    ['a list', () => ({ workflow: project('- a') }), 'must be a mapping'],
    ['docker', () => ({ workflow: project('docker_env: {image: x}') }), 'docker_env'],
    [
      'a command that cannot be filled in',
      () => ({ workflow: project('entry_points: {main: {command: "a {name} {{b}}"}}') }),
      'The command of main has {name}, which is no parameter of it',
    ],
    [
      'no URI',
      () => ({ workflow: typed('uri'), entry_point_kwargs: '-P name=data.csv' }),
      'name is of the type uri and gets "data.csv", which is no URI',
    ],
    [
      'a default that is none',
      () => ({ workflow: typed('{type: uri, default: ""}'), entry_point_kwargs: '' }),
      'gets "", which is no URI',
    ],
    [
      'a path that is not there',
      () => ({ workflow: typed('path'), entry_point_kwargs: '-P name=data/a.csv' }),
      'name is of the type path and gets "data/a.csv", which is not in the archive',
    ],
    ['no command', () => ({ workflow: project('entry_points: {main: {}}') }), 'needs a command'],
    [
      'an unknown upload',
      () => ({ workflow: '', workflow_upload: 'a'.repeat(32) }),
      'no such upload',
    ],
    ['two archives', () => ({ workflow_upload: 'a'.repeat(32) }), 'workflow: Give the archive'],
    ['no policy', () => ({ retry_attempts: '101' }), 'retry_attempts'],
  ])('for %s', async (_what, more, says) => {
    const before = (await testbed.get('/job/')).body.length;

    const { status, body } = await submit(more());

    expect([status, body.message]).toEqual([400, expect.stringMatching(ERROR)]);
    expect(body.message).toContain(says);
    expect((await testbed.get('/job/')).body).toHaveLength(before);
  });

  it.each([
    ['path', 'data'],
    ['path', './data/b.csv'],
    ['path', '/mnt/data.csv'],
    ['path', 's3://bucket/data.csv'],
    ['uri', 'runs:/1/model'],
    ['float', 'fast'],
  ])('but not for a %s that is %s', async (type, value) => {
    const { status, body } = await submit({
      workflow: typed(type),
      entry_point_kwargs: `-P name=${value}`,
    });

    expect([status, body.message]).toEqual([200, null]);
  });

  it('for a locked queue', async () => {
    await testbed.form('/queue/', { name: 'locked' });
    await testbed.put('/queue/name/locked/lock');

    const refused = await submit({ queue: 'locked' });
    await testbed.delete('/queue/name/locked/lock');

    expect([refused.status, refused.body.message]).toEqual([400, expect.stringMatching(ERROR)]);
    expect((await submit({ queue: 'locked' })).status).toBe(200);
  });

  it.each([
    ['a timeout', () => ({ timeout: '0s' }), 'timeout: use a time'],
    ['a dependency', () => ({ depends_on: jobUuid(1) }), `there is no job ${jobUuid(1)} in`],
  ])('and nothing of it is kept: for %s', async (what, more, says) => {
    const bytes = archiveOf({ ...PROJECT, note: what });
    const id = createHash('sha256').update(bytes).digest('hex').slice(0, 32);

    const { body } = await submit({ workflow: { name: 'w.tgz', bytes }, ...more() });

    expect(body.message).toContain(says);
    expect(await testbed.app.platform.blobs.head(`workflows/${id}/w.tgz`)).toBe(undefined);
  });

  it('and told so when the archive cannot be stored', async () => {
    const { blobs } = testbed.app.platform;
    const put = blobs.put.bind(blobs);
    blobs.put = async () => {
      throw new Error('out of reach');
    };
    const bytes = archiveOf({ ...PROJECT, fresh: 'yes' });

    const refused = await submit({ workflow: { name: 'w.tgz', bytes } });
    blobs.put = put;

    expect([refused.status, refused.body.message]).toEqual([
      503,
      expect.stringMatching(/^Service Unavailable - The workflow of the job was not stored\. /),
    ]);
    expect(refused.headers.get('retry-after')).toBe('5');
  });
});

describe('an archive that is uploaded first', () => {
  const start = (bytes: Uint8Array, more: object = {}) =>
    testbed.json('/job/workflowUpload', { filename: 'w.tgz', size: bytes.byteLength, ...more });
  const put = async ({ url, headers }: Json, body: Uint8Array) => {
    const request = new Request(url, { method: 'PUT', headers, body: new Uint8Array(body) });
    return (await testbed.app.platform.blobs.handleRequest(request)).status;
  };

  it('is taken by the job that names it, and by later ones', async () => {
    const bytes = archiveOf(PROJECT);
    const { body } = await start(bytes);
    const named = { workflow: '', workflow_upload: body.workflowUpload };
    expect((await submit(named)).body.message).toContain('its bytes have not arrived');
    expect(await put(body, bytes)).toBe(200);

    const jobs = [await submit(named), await submit(named)];

    for (const { status, body: job } of jobs) {
      expect(status).toBe(200);
      expect(job.workflowUri).toBe(`s3://workflow/${body.workflowUpload}/w.tgz`);
    }
  });

  it('is good for one PUT of the bytes that were told', async () => {
    const bytes = archiveOf(PROJECT);
    const { body } = await start(bytes);

    expect(await put(body, new Uint8Array(bytes.byteLength + 1))).toBeGreaterThanOrEqual(400);
    expect(await put(body, bytes)).toBe(200);
    expect(await put(body, bytes)).toBe(412);
  });

  it('is removed when no job has named it within a day', async () => {
    const { sweepUploads } = await import('#domain/mlprojects/index.ts');
    const bytes = archiveOf(PROJECT);
    const [used, unused] = [(await start(bytes)).body, (await start(bytes)).body];
    for (const each of [used, unused]) await put(each, bytes);
    const job = await submit({ workflow: '', workflow_upload: used.workflowUpload });
    testbed.app.clock.advance(86_400_000);

    const removed = await sweepUploads(testbed.app.system);

    expect(removed).toBeGreaterThanOrEqual(1);
    const gone = await submit({ workflow: '', workflow_upload: unused.workflowUpload });
    expect(gone.body.message).toContain('no such upload');
    const { blobs } = testbed.app.platform;
    expect(await blobs.head(`workflows/${unused.workflowUpload}/w.tgz`)).toBeUndefined();
    expect((await testbed.get(`/job/${job.body.jobId}/workflow`)).status).toBe(302);
    expect(await sweepUploads(testbed.app.system)).toBe(0);
  });

  it.each([
    [{ filename: 'w.txt' }, 400, 'must end in .tar'],
    [{ size: 0 }, 400, 'size'],
    [{ size: undefined }, 400, 'size: is required'],
    [{ size: 101 * 1024 * 1024 }, 413, 'more than 104857600 bytes'],
    [{ sha256: 'x' }, 400, 'sha256'],
  ])('%j is refused', async (more, status, says) => {
    const answer = await start(archiveOf(PROJECT), more);

    expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(says)]);
  });

  it("is nobody else's", async () => {
    const { app } = testbed;
    const stranger = await app.newUser();
    const group = await app.newGroup(stranger);
    const path = `/api/job/workflowUpload?group=${group.id}`;
    const bytes = archiveOf(PROJECT);
    const { body } = await stranger.post(path, { filename: 'w.tgz', size: bytes.byteLength });
    await put(body, bytes);

    const stolen = await submit({ workflow: '', workflow_upload: body.workflowUpload });

    expect(stolen.body.message).toContain('no such upload');
  });

  it('serves for a job of another of their groups, whose queue is that of the experiment', async () => {
    const { app, user, form } = testbed;
    const { id } = await app.newGroup(user, 'lab');
    await form(`/experiment/?group=${id}`, { name: 'of-the-lab' });
    const { queueId } = (await form(`/queue/?group=${id}`, { name: 'tensorflow_cpu' })).body;
    const bytes = archiveOf(PROJECT);
    const { body } = await start(bytes);
    await put(body, bytes);

    const job = await submit({
      experiment_name: 'of-the-lab',
      workflow: '',
      workflow_upload: body.workflowUpload,
    });

    expect([job.status, job.body.queueId]).toEqual([200, queueId]);
  });
});

describe('a job that is steered', () => {
  it('waits for the one that it depends on, and is told when that is cancelled', async () => {
    const first = (await submit()).body.jobId;
    const second = (await submit({ depends_on: first })).body;
    expect(second).toMatchObject({ status: 'deferred', dependsOn: first, dependencies: [first] });

    const cancelled = await testbed.json(`/job/${first}/cancel`, undefined);
    await testbed.app.settled();

    expect(cancelled.body).toMatchObject({ status: 'failed', reason: 'cancelled' });
    expect((await testbed.get(`/job/${second.jobId}`)).body).toMatchObject({
      status: 'failed',
      reason: 'dependency_failed',
      message: `The job ${first}, on which it depends, was cancelled.`,
    });
    const retried = await testbed.json(`/job/${second.jobId}/retry`, undefined);
    expect(retried.body).toMatchObject({ status: 'queued', reason: null });
    const again = await testbed.json(`/job/${second.jobId}/retry`, undefined);
    expect([again.status, again.body.message]).toEqual([
      409,
      expect.stringMatching(/^Conflict - Only a job that failed/),
    ]);
    const log = (await testbed.get(`/job/${second.jobId}/log`)).body;
    expect(log.lines.map(({ message }: Json) => message)).toEqual([
      expect.stringContaining('was cancelled'),
      'alice asked for another attempt.',
    ]);
    const text = (await testbed.get(`/job/${second.jobId}/log/download`)).text;
    expect(text.trim().split('\n')).toHaveLength(2);
  });

  it('can be deleted', async () => {
    const { jobId } = (await submit()).body;

    expect((await testbed.delete(`/job/${jobId}`)).body).toEqual({
      status: 'Success',
      id: [jobId],
    });
    const gone = await testbed.get(`/job/${jobId}`);
    expect([gone.status, gone.body]).toEqual([
      404,
      { message: 'Not Found - There is no such job.' },
    ]);
  });

  it('is not said to be submitted wrongly where something else is wrong', async () => {
    const { jobId } = (await submit()).body;

    const messages = [
      (await testbed.get(`/job/${jobId}/log?limit=none`)).body.message,
      (await testbed.put(`/job/${jobId}/progress`, { fraction: 2 })).body.message,
    ];

    expect(messages).toEqual([
      expect.stringMatching(/^Bad Request - limit: /),
      expect.stringMatching(/^Bad Request - fraction: /),
    ]);
  });

  it('is not there under any other UUID', async () => {
    const { jobId } = (await submit()).body;
    const others = [
      jobId.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0')),
      '00000000-0000-4000-8000-000000000000',
      'x',
      '1',
    ];

    for (const other of others) expect((await testbed.get(`/job/${other}`)).status).toBe(404);
    expect((await testbed.get(`/job/${jobId.replaceAll('-', '').toUpperCase()}`)).status).toBe(200);
  });
});

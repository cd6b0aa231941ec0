/** `npm run import -- mlflow`: all of a server is here in the end, however often the import is killed. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyFiles } from '../../infra/import/files.ts';
import { openJournal } from '../../infra/import/journal.ts';
import { startProgress } from '../../infra/import/progress.ts';
import { openServer } from '../../infra/import/server.ts';
import { ensureMlflowPython, ensureMlflowServerPython } from '../../infra/local/sample/python.ts';
import { overHttp } from '../bench/core/api.ts';
import { signUp } from '../bench/core/world.ts';
import { startMlflowServer } from '../support/mlflow-server.ts';
import { startTestServer } from '../support/test-server.ts';
import { dump, type Place } from './mlflow-import/dump.ts';

const full = process.env.FULL === '1';
const MB = 1024 ** 2;
const RUNS = full ? 240 : 24;
const program = fileURLToPath(new URL('../../infra/import/main.ts', import.meta.url));
const fill = fileURLToPath(new URL('./mlflow-import/fill.py', import.meta.url));

let folder: string;
let source: Place;
let target: Place & { readonly token: string };
const stops: (() => Promise<void>)[] = [];

async function startAssay() {
  const server = await startTestServer();
  stops.push(server.stop);
  const token = await signUp(overHttp(server.url));
  return { url: server.url, token, headers: { authorization: `Bearer ${token}` } };
}

/** The original where it is installed anyway, else another Assay: both are asked by the same API. */
async function startSource(): Promise<Place & { readonly token?: string }> {
  if (!full) return startAssay();
  const server = await startMlflowServer();
  stops.push(server.stop);
  return { url: server.url, headers: {} };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-import-'));
  const started = await startSource();
  source = started;
  target = await startAssay();
  const python = await (full ? ensureMlflowServerPython() : ensureMlflowPython());
  const { token } = started;
  const env = { ...process.env, ...(token === undefined ? {} : { MLFLOW_TRACKING_TOKEN: token }) };
  await promisify(execFile)(python, [fill, source.url, String(RUNS)], { env });
}, 600_000);
afterAll(async () => {
  for (const stop of stops) await stop();
  await rm(folder, { recursive: true, force: true });
});

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly state?: string;
  readonly token?: string;
  readonly sourceToken?: string;
}

function start(options: Options = {}) {
  const { from = source.url, to = target.url, state = 'state.jsonl' } = options;
  const args = [program, 'mlflow', from, '--to', to, '--state', join(folder, state)];
  const own = source.headers.authorization?.replace('Bearer ', '');
  const sourceToken = options.sourceToken ?? own;
  const child = spawn(process.execPath, args, {
    env: {
      PATH: process.env.PATH,
      ASSAY_TOKEN: options.token ?? target.token,
      ...(sourceToken === undefined ? {} : { MLFLOW_TRACKING_TOKEN: sourceToken }),
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      printed += chunk;
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code, printed }));
  return { child, ended };
}

const linesOf = (state: string): number => {
  const file = join(folder, state);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length : 0;
};

describe('an import', () => {
  it('that is killed again and again brings everything, once', { timeout: 900_000 }, async () => {
    for (const lines of [2, 5, 12, 20, 30]) {
      const { child, ended } = start();
      await expect
        .poll(() => linesOf('state.jsonl'), { timeout: 120_000, interval: 5 })
        .toBeGreaterThan(lines);
      child.kill('SIGKILL');
      await ended;
    }

    const { code, printed } = await start().ended;

    expect(printed).toContain('everything is here');
    expect(code).toBe(0);
    const [there, here] = [await dump(source), await dump(target)];
    expect(there.counts).toEqual([5, RUNS, 3, 3]);
    expect(here).toEqual(there);
  });

  it('that is done does nothing, and makes nothing twice when it has forgotten that', {
    timeout: 600_000,
  }, async () => {
    const before = await dump(target);

    const again = await start().ended;
    const forgetful = await start({ state: 'forgotten.jsonl' }).ended;

    expect(again.code, again.printed).toBe(0);
    expect(forgetful.code, forgetful.printed).toBe(0);
    expect(await dump(target)).toEqual(before);
  });

  it('marks what it brought with where it comes from', async () => {
    const args = 'experiment_name=experiment%201';
    const answer = await fetch(`${target.url}/api/2.0/mlflow/experiments/get-by-name?${args}`, {
      headers: target.headers,
    });
    const { experiment } = (await answer.json()) as {
      experiment: { tags: { key: string; value: string }[] };
    };

    const mark = experiment.tags.find(({ key }) => key === 'assay.importedFrom');
    expect(mark?.value).toMatch(new RegExp(`^${source.url}#experiments/\\d+$`));
  });
});

it('a large file goes in parts', { timeout: 60_000 }, async () => {
  const signal = new AbortController().signal;
  const [from, to] = [source, target].map(({ url, headers }) =>
    openServer({ name: url, url, headers, signal }),
  );
  if (from === undefined || to === undefined) throw new Error('There are two.');
  const found = await from.ask('POST', '/api/2.0/mlflow/runs/search', {
    experiment_ids: ['0'],
    filter: "run_name = 'run 0'",
  });
  const id: string = found.runs[0].info.run_id;
  const { run } = await to.ask('POST', '/api/2.0/mlflow/runs/create', { experiment_id: '0' });
  const owner = {
    from: ['run_id', id],
    to: ['run_id', run.info.run_id],
    uri: run.info.artifact_uri,
  } as const;
  const journal = openJournal(join(folder, 'parts.jsonl'), { from: '', to: '', workspace: '' });
  const progress = startProgress(() => undefined);
  const parts = { above: 8 * MB, bytes: 5 * MB };

  const counts = await copyFiles(
    { from, to, journal, progress, parts, atOnce: 1, problems: [] },
    owner,
    false,
  );
  progress.stop();

  const bytes = async ([kind, key]: readonly [string, string], place: Place) => {
    const query = new URLSearchParams({ [kind]: key, path: 'large.bin' });
    const answer = await fetch(`${place.url}/get-artifact?${query}`, { headers: place.headers });
    return Buffer.from(await answer.arrayBuffer());
  };
  expect(counts.files).toBe(3);
  const copied = await bytes(owner.to, target);
  expect(copied.length).toBe(16 * MB);
  expect(copied.equals(await bytes(owner.from, source))).toBe(true);
});

describe('an import that cannot be', () => {
  const pages = createServer((_, response) => response.end('<html>'));
  let page: string;
  beforeAll(async () => {
    pages.listen(0, '127.0.0.1');
    await once(pages, 'listening');
    page = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    pages.close();
  });

  const failing = async (options: Options) => {
    const { code, printed } = await start({ state: 'none.jsonl', ...options }).ended;
    expect(code, printed).toBe(1);
    expect(printed).not.toContain('    at ');
    return printed;
  };

  it('says who is not to be reached', async () => {
    expect(await failing({ from: 'http://127.0.0.1:9' })).toContain(
      'The MLflow server cannot be reached at http://127.0.0.1:9',
    );
    expect(await failing({ to: 'http://127.0.0.1:9' })).toContain('Assay cannot be reached');
  });

  it('says what is no server of MLflow', async () => {
    expect(await failing({ from: page })).toContain(`${page} answers, but not as MLflow`);
  });

  it('says whose token is missing or wrong', async () => {
    expect(await failing({ token: '' })).toContain('ASSAY_TOKEN is empty');
    expect(await failing({ token: 'wrong' })).toMatch(/Assay does not let you in\. .*ASSAY_TOKEN/);
    // Another Assay in the place of the source asks for one, too.
    const { url: from } = target;
    expect(await failing({ from, sourceToken: 'wrong' })).toMatch(
      /The MLflow server does not let you in\. .*MLFLOW_TRACKING_TOKEN/,
    );
  });

  it('sends its token over no line that can be listened to', async () => {
    expect(await failing({ to: 'http://assay.example' })).toContain(
      '--to http://assay.example is not encrypted',
    );
  });

  it('leaves alone what has the same name and came otherwise', { timeout: 60_000 }, async () => {
    const other = await startAssay();
    const headers = { ...other.headers, 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'experiment 2' });
    await fetch(`${other.url}/api/2.0/mlflow/experiments/create`, {
      method: 'POST',
      headers,
      body,
    });

    const printed = await failing({ to: other.url, token: other.token, state: 'other.jsonl' });

    expect(printed).toContain('An experiment "experiment 2" is here already');
    expect(printed).toContain('--workspace');
  });

  it('goes on in nobody else’s journal', async () => {
    const printed = await failing({
      from: page.replace('127.0.0.1', 'localhost'),
      state: 'state.jsonl',
    });
    expect(printed).toMatch(/answers, but not as MLflow|belongs to another import/);
    expect(
      await failing({ from: target.url, sourceToken: target.token, state: 'state.jsonl' }),
    ).toContain('belongs to another import');
  });
});

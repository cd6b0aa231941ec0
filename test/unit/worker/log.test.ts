import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_LOG_MESSAGE } from '#domain/jobs/protocol.ts';
import { DONE, script, shell, startKit, type WorkerKit } from './kit.ts';
import type { ServedJob } from './protocol-server.ts';

let kit: WorkerKit;
beforeEach(async () => {
  kit = await startKit();
});
afterEach(async () => {
  expect(kit.server.violations).toEqual([]);
  await kit.close();
});

const ended = (job: ServedJob) => () => job.state === 'finished' || job.state === 'failed';
const messages = (job: ServedJob, logger: string) =>
  job.log.filter((line) => line.logger === logger).map(({ message }) => message);
const FINISH = `require('node:fs').writeFileSync(process.argv[1] + '/result.json', '{"status":"finished","artifacts":[]}');`;

describe("a job's log", () => {
  it('keeps each source in order, with its severity', async () => {
    const job = kit.server.addJob();
    const child = script(`
      const fs = require('node:fs');
      const record = (n) => JSON.stringify({ severity: 'ERROR', logger: 'my.module',
        message: 'record ' + n, time: '2026-01-02T03:04:05.006000+00:00' }) + '\\n';
      for (let n = 0; n < 300; n += 1) {
        fs.writeSync(3, record(n)); fs.writeSync(1, 'out ' + n + '\\n'); fs.writeSync(2, 'err ' + n + '\\r\\n');
      }
      fs.writeSync(3, 'no record at all\\n{"severity":"LOUD"}\\n');
      ${FINISH}
    `);

    await kit.runUntil(ended(job), child);

    const numbered = (what: string) => Array.from({ length: 300 }, (_, n) => `${what} ${n}`);
    expect(messages(job, 'my.module')).toEqual(numbered('record'));
    expect(messages(job, 'stdout')).toEqual(numbered('out'));
    expect(messages(job, 'stderr')).toEqual(numbered('err'));
    expect(messages(job, 'log')).toEqual(['no record at all', '{"severity":"LOUD"}']);
    expect(job.log.find(({ logger }) => logger === 'my.module')).toMatchObject({
      severity: 'ERROR',
      time: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    });
    expect(job.log.find(({ logger }) => logger === 'stderr')?.severity).toBe('WARNING');
  });

  it('splits a line of 5 MB and a long record without losing a character', async () => {
    const job = kit.server.addJob();
    const child = script(`
      const fs = require('node:fs');
      fs.writeSync(3, JSON.stringify({ severity: 'INFO', logger: 'r', message: 'é'.repeat(32000),
        time: '2026-01-02T03:04:05Z' }) + '\\n');
      const line = Buffer.from('x' + '\\u{1F600}'.repeat(1250000) + '\\n');
      for (let at = 0; at < line.length; ) at += fs.writeSync(1, line, at);
      ${FINISH}
    `);

    await kit.runUntil(ended(job), child);

    expect(messages(job, 'r').join('')).toBe('é'.repeat(32_000));
    const pieces = messages(job, 'stdout');
    expect(pieces.join('') === `x${'\u{1F600}'.repeat(1_250_000)}`).toBe(true);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(MAX_LOG_MESSAGE);
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  });

  it('takes binary output for text as far as it can', async () => {
    const job = kit.server.addJob();
    const bytes = `printf 'a\\000b\\377\\376c\\033[31mred\\n\\n\\rlast'`;

    await kit.runUntil(ended(job), shell(`${bytes}; ${DONE}`));

    expect(messages(job, 'stdout')).toEqual(['a\ufffdb\ufffd\ufffdc\u001b[31mred', '', '', 'last']);
    expect(job.state).toBe('finished');
  });

  it('holds a loud child up while the API is away, and loses nothing', async () => {
    const job = kit.server.addJob({ leaseSeconds: 60 });
    let outage = true;
    kit.server.fault = ({ verb }) => (verb === 'log' && outage ? { status: 503 } : undefined);
    const child = script(`
      const fs = require('node:fs');
      const line = 'y'.repeat(999) + '\\n';
      for (let n = 0; n < 5000; n += 1) {
        fs.writeSync(1, line);
        if (n % 50 === 0) fs.writeFileSync('progress', String(n));
      }
      ${FINISH}
    `);
    let progress = 0;
    let since = performance.now();
    const watch = setInterval(() => {
      const [workDir = ''] = readdirSync(kit.baseDir);
      const file = join(kit.baseDir, workDir, 'outputs', 'progress');
      const now = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
      if (now !== progress || now === 0) since = performance.now();
      progress = now;
      // It stands still: the API comes back.
      if (performance.now() - since < 1_000) return;
      outage = false;
      clearInterval(watch);
    }, 50);

    await kit.runUntil(ended(job), child);

    // One megabyte is kept at most, and what the pipe itself holds.
    expect(progress).toBeGreaterThan(500);
    expect(progress).toBeLessThan(2_500);
    expect(job.log.filter(({ message }) => message === 'y'.repeat(999))).toHaveLength(5_000);
    expect(job.state).toBe('finished');
  });

  it('is complete before the job is finished', async () => {
    const job = kit.server.addJob();
    let stored = -1;
    kit.server.fault = ({ verb }) => {
      if (verb === 'finish') stored = job.log.length;
      return undefined;
    };

    await kit.runUntil(ended(job), shell(`seq 1 5000; ${DONE}`));

    expect(stored).toBe(5_000);
    expect(job.log).toHaveLength(5_000);
  });
});

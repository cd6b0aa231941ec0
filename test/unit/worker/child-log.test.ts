/** What a child says on its log descriptor, and what becomes of it. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Progress, Usage, WorkerLogLine } from '#domain/jobs/protocol.ts';
import { type LogSink, readRecords } from '#worker/child-log.ts';

const SECRET = 'token-of-the-job';

async function read(...lines: readonly string[]) {
  const log: WorkerLogLine[] = [];
  const progress: Progress[] = [];
  const usage: Usage[] = [];
  const sink: LogSink = {
    pump: {
      async push(line) {
        log.push(line);
      },
      full: false,
      async end() {},
      stop() {},
    },
    clock: { now: () => 5 },
    secrets: [SECRET],
    onProgress: (told) => progress.push(told),
    onUsage: (told) => usage.push(told),
  };
  await readRecords(Readable.from([Buffer.from(lines.map((line) => `${line}\n`).join(''))]), sink);
  return { log: log.map(({ message }) => message), progress, usage };
}

const record = (message: string, more: object = {}) =>
  JSON.stringify({
    severity: 'INFO',
    logger: 'mine',
    message,
    time: '2026-11-28T00:00:00Z',
    ...more,
  });

describe('records of progress and use', () => {
  it('are told apart from the log, each in its order', async () => {
    const told = await read(
      record('first'),
      '{"progress": 0.4, "message": "step b: started (2 of 5)"}',
      record('second'),
      '{"progress": 1, "message": ""}',
      '{"usage": {"cpuSeconds": 1.25, "peakMemoryBytes": 123456789}}',
    );

    expect(told).toEqual({
      log: ['first', 'second'],
      progress: [
        { fraction: 0.4, message: 'step b: started (2 of 5)' },
        { fraction: 1, message: '' },
      ],
      usage: [{ cpuSeconds: 1.25, peakMemoryBytes: 123_456_789 }],
    });
  });

  it('are no text when nobody asks for them', async () => {
    const lines: WorkerLogLine[] = [];
    const pump: LogSink['pump'] = {
      async push(line) {
        lines.push(line);
      },
      full: false,
      async end() {},
      stop() {},
    };
    const source = Readable.from([Buffer.from('{"progress": 0.4, "message": "half"}\n')]);

    await readRecords(source, { pump, clock: { now: () => 5 }, secrets: [] });

    expect(lines).toEqual([]);
  });

  it('show no secret, nothing that cannot be stored, and a message of 500 at most', async () => {
    const message = `${SECRET}\u0000\ud800${'x'.repeat(200_000)}`;

    const { log, progress } = await read(JSON.stringify({ progress: 0, message }));

    expect(log).toEqual([]);
    expect(progress[0]?.message).toHaveLength(500);
    expect(progress[0]?.message).toMatch(/^\*\*\*\ufffd\ufffdx+$/);
  });

  it.each([
    '{"progress": NaN, "message": ""}',
    '{"progress": 1e999, "message": ""}',
    '{"progress": 1.01, "message": ""}',
    '{"progress": -0.1, "message": ""}',
    '{"progress": "0.5", "message": ""}',
    '{"progress": 0.5}',
    '{"progress": 0.5, "message": {"a": 1}}',
    '{"usage": {"cpuSeconds": -1, "peakMemoryBytes": 1}}',
    '{"usage": {"cpuSeconds": 1e999, "peakMemoryBytes": 1}}',
    '{"usage": {"cpuSeconds": 1, "peakMemoryBytes": 0.5}}',
    '{"usage": {"cpuSeconds": 1, "peakMemoryBytes": 1e300}}',
    '{"usage": {"cpuSeconds": 1}}',
    '{"usage": [1, 2]}',
    '{"__proto__": {"progress": 0.5, "message": ""}}',
    '[0.5]',
    'null',
  ])('are taken for text when they are not as agreed: %s', async (line) => {
    expect(await read(line)).toEqual({ log: [line], progress: [], usage: [] });
  });

  it('are a line of the log when they claim to be one, too', async () => {
    const told = await read(record('both', { progress: 0.5, usage: {} }));

    expect(told).toEqual({ log: ['both'], progress: [], usage: [] });
  });
});

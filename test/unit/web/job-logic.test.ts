import { describe, expect, test } from 'vitest';
import { matches } from '../../../functions/kernel/search/matches.ts';
import { parseSearch } from '../../../functions/kernel/search/parse.ts';
import { againCommand } from '../../../functions/web/app/pages/jobs/again-command.ts';
import {
  durationProblem,
  formOf,
  newJobOf,
  numbersProblem,
  type Parameter,
  valueProblem,
} from '../../../functions/web/app/pages/jobs/job-form.ts';
import {
  mayCancel,
  secondsOf,
  stateWord,
} from '../../../functions/web/app/pages/jobs/job-state.ts';
import {
  noteLine,
  type StepState,
  stepStates,
} from '../../../functions/web/app/pages/jobs/job-steps.ts';
import {
  entryTitle,
  newestOf,
  timelineOf,
} from '../../../functions/web/app/pages/jobs/job-timeline.ts';
import {
  jobsSearch,
  quoted,
  searchText,
} from '../../../functions/web/app/pages/jobs/jobs-search.ts';
import { foundLines, shownLines } from '../../../functions/web/app/pages/jobs/log-lines.ts';

const at = (second: number): string => new Date(1_000_000 + second * 1000).toISOString();
const user = { username: 'ada' };

describe('the timeline of a job', () => {
  const changes = [
    { status: 'queued', reason: null, snapshotCreatedOn: at(0), user },
    { status: 'started', reason: null, snapshotCreatedOn: at(2), user },
    { status: 'queued', reason: null, snapshotCreatedOn: at(10), user },
    { status: 'started', reason: null, snapshotCreatedOn: at(15), user },
  ] as const;

  test('counts attempts and says how long each state lasted; the last one until now', () => {
    const entries = timelineOf(changes, 1_000_000 + 20_000);
    expect(entries.map(entryTitle)).toEqual([
      'Submitted',
      'Attempt 1 started',
      'Queued again',
      'Attempt 2 started',
    ]);
    expect(entries.map(({ lastedMs }) => lastedMs)).toEqual([2_000, 8_000, 5_000, 5_000]);
  });

  test('an end lasts no time, and a clock that is behind makes none negative', () => {
    const failed = {
      status: 'failed',
      reason: 'cancelled',
      snapshotCreatedOn: at(30),
      user,
    } as const;
    const entries = timelineOf([...changes, failed], 0);
    expect(entries.at(-1)).toMatchObject({ lastedMs: undefined, isLast: true });
    expect(entryTitle(entries[4] as never, 4)).toBe('Cancelled');
    expect(timelineOf(changes, 0).at(-1)?.lastedMs).toBe(0);
  });

  test('what it knows of a later state is the state of the job; what is older is not', () => {
    const job = { id: 7, snapshot: 12, status: 'queued', reason: null } as const;
    const started = { snapshot: 13, status: 'started', reason: null } as const;
    expect(newestOf(job, [job, started])).toEqual({ ...job, status: 'started' });
    expect(newestOf({ ...job, snapshot: 14, status: 'failed' }, [job, started]).status).toBe(
      'failed',
    );
    expect(newestOf(job, undefined)).toBe(job);
  });
});

describe('where a job stands', () => {
  test('what is being cancelled is said, and cannot be cancelled again', () => {
    expect(stateWord({ status: 'started', reason: 'cancelling' })).toBe('Stopping');
    expect(mayCancel({ status: 'started', reason: 'cancelling' })).toBe(false);
    expect(mayCancel({ status: 'deferred', reason: null })).toBe(true);
    expect(mayCancel({ status: 'failed', reason: 'cancelled' })).toBe(false);
  });

  test('the time of a job that runs is that of its attempts before, and since it started', () => {
    const resources = {
      seconds: 10,
      cpuSeconds: null,
      peakMemoryBytes: null,
      estimatedCostUsd: null,
    };
    const job = { status: 'started', lastModifiedOn: at(0), resources } as const;
    expect(secondsOf(job, 1_000_000 + 5_000)).toBe(15);
    expect(secondsOf({ ...job, status: 'finished' }, 9_999_999)).toBe(10);
    expect(secondsOf({ ...job, status: 'queued', resources: null }, 9_999_999)).toBeUndefined();
  });
});

describe('the states of steps', () => {
  const told = (messages: readonly string[], loggerName = 'assay.job') => {
    const states = new Map<string, StepState>();
    for (const message of messages) noteLine(states, { loggerName, message });
    return states;
  };
  const lines = [
    'step a: started (1 of 3)',
    'step a: finished in 1.20 s',
    'step b: x: started (2 of 3)',
  ];

  test('come from the lines of the runner; what ran when the job failed has failed', () => {
    expect(stepStates(told(lines), 'started')).toEqual({ a: 'done', 'b: x': 'running' });
    expect(stepStates(told(lines), 'failed')).toEqual({ a: 'done', 'b: x': 'failed' });
    expect(stepStates(told(lines), 'queued')).toEqual({});
  });

  test('another attempt begins anew; lines of others say nothing', () => {
    expect(stepStates(told([...lines, 'step a: started (1 of 3)']), 'started')).toEqual({
      a: 'running',
    });
    expect(stepStates(told(lines, 'train'), 'started')).toEqual({});
  });

  test('a step may be called as what every object has', () => {
    expect(
      Object.hasOwn(stepStates(told(['step __proto__: started (1 of 1)']), 'started'), '__proto__'),
    ).toBe(true);
  });
});

describe('the search of the list', () => {
  const fields = ['description', 'status', 'queue', 'entrypoint', 'experiment', 'tag'];
  const finds = (search: string | undefined, record: Record<string, string>): boolean =>
    matches(parseSearch(search ?? '', { fields }).terms, record);

  test('waiting jobs are those that are queued or deferred, and no others', () => {
    const states = ['queued', 'deferred', 'started', 'finished', 'failed'];
    const waiting = states.filter((status) => finds(searchText({ state: 'waiting' }), { status }));
    expect(waiting).toEqual(['queued', 'deferred']);
  });

  test.each(['a "b" \\ c', "it's *not* a pattern?", 'comma, colon: and 日本', 'a:b'])(
    'the name %j is found as it is',
    (name) => {
      const search = searchText({ queue: name });
      expect(finds(search, { queue: name })).toBe(true);
      expect(finds(search, { queue: `${name}x` })).toBe(false);
      expect(finds(quoted(name), { description: `before ${name} after` })).toBe(true);
    },
  );

  test('words are found anywhere, each of them; what names a field is passed on', () => {
    expect(
      finds(searchText({ find: 'quarter digits' }), { description: 'digits, a quarter' }),
    ).toBe(true);
    expect(finds(searchText({ find: 'quarter cats' }), { description: 'digits, a quarter' })).toBe(
      false,
    );
    expect(searchText({ find: 'tag:"x"', state: 'failed' })).toBe('status:failed,tag:"x"');
  });

  test('an address holds what it may and nothing else', () => {
    expect(
      jobsSearch({ state: 'failed', sort: 'nonsense', up: 'yes', experiment: '-1', queue: 7 }),
    ).toEqual({ state: 'failed', queue: '7' });
  });
});

describe('the lines of a log', () => {
  const line = (severity: string, message: string) => ({
    severity,
    message,
    loggerName: 'x',
    createdOn: at(0),
  });
  const lines = [
    line('DEBUG', 'a'),
    line('ERROR', 'b\u001b[31mc'),
    line('NOTICE', 'c'),
    line('WARNING', 'bc'),
  ];

  test('are chosen by severity; one that is not known counts as information', () => {
    expect(shownLines(lines, undefined)).toBeUndefined();
    expect(shownLines(lines, 'INFO')).toEqual([1, 2, 3]);
    expect(shownLines(lines, 'WARNING')).toEqual([1, 3]);
  });

  test('are found as they are shown, by their place among those that are', () => {
    expect(foundLines(lines, undefined, 'bc')).toEqual([1, 3]);
    expect(foundLines(lines, [1, 3], 'bc')).toEqual([0, 1]);
    expect(foundLines(lines, undefined, '')).toEqual([]);
  });
});

test('the command that runs an MLproject again quotes whatever names and values hold', () => {
  const job = {
    experiment: { name: "it's; rm -rf $HOME" },
    queue: { name: '@/etc/passwd' },
    entrypoint: { name: 'train' },
    values: { note: 'two words' },
    timeout: '1h',
  };
  expect(againCommand(job, 'https://assay.test').split(' \\\n  ')).toEqual([
    'curl -u YOUR_NAME https://assay.test/api/job/',
    `--form-string 'experiment_name=it'\\''s; rm -rf $HOME'`,
    '--form-string queue=@/etc/passwd',
    '--form-string entry_point=train',
    '--form-string timeout=1h',
    `--form-string 'entry_point_kwargs=-P '\\''note=two words'\\'''`,
    '-F workflow=@ARCHIVE',
  ]);
});

describe('the form of a new job', () => {
  const parameter = (
    parameterType: Parameter['parameterType'],
    defaultValue: string | null = null,
  ) => ({ name: parameterType, parameterType, defaultValue }) satisfies Parameter;
  const ref = { group: { id: 1, name: 'g', url: '' }, url: '', deleted: false };
  const entrypoint = {
    id: 7,
    parameters: [parameter('float', '0.5'), parameter('string'), parameter('integer', '3')],
    queues: [
      { ...ref, id: 1, name: 'a' },
      { ...ref, id: 2, name: 'b' },
    ],
  };

  test.each([
    ['integer', '1_000', true],
    ['integer', '1.5', false],
    ['float', '-1e-3', true],
    ['float', 'nan', false],
    ['float', '.', false],
    ['list', '[1, "a"]', true],
    ['list', '{"a": 1}', false],
    ['mapping', '{"a": [1]}', true],
    ['mapping', '[1]', false],
    ['mapping', 'null', false],
    ['string', '', true],
    ['integer', '', false],
  ] as const)('%s: %j is right: %s', (type, value, isRight) => {
    expect(valueProblem(parameter(type), value) === undefined).toBe(isRight);
  });

  test('times and lists of numbers', () => {
    expect(['90s', '30m', '24h', '2d', '7', ''].map(durationProblem)).toEqual(
      Array(6).fill(undefined),
    );
    expect(['0s', '1w', '-1h', '1.5h'].every((text) => durationProblem(text) !== undefined)).toBe(
      true,
    );
    expect(numbersProblem('18, 19 20')).toBeUndefined();
    expect(numbersProblem('18; 19')).toBeDefined();
  });

  test('begins with the values of the job that it is to be like, where the entrypoint still has them', () => {
    const like = {
      description: 'before',
      values: { float: '0.25', gone: '1' },
      artifactValues: { input: { id: 5, snapshotId: 6 } },
      swaps: [],
      queue: { id: 2 },
      timeout: '10m',
      queueTimeout: null,
      retry: { attempts: 4, exitCodes: [75], backoffSeconds: 10 },
    };
    const form = formOf(entrypoint, like);
    expect(form).toMatchObject({ queue: 2, timeout: '10m', attempts: '4', exitCodes: '75' });
    expect(form.values).toEqual({ float: '0.25', string: '', integer: '3' });
    expect(newJobOf(entrypoint, form, () => 9)).toMatchObject({
      entrypoint: 7,
      queue: 2,
      values: { float: '0.25', integer: '3' },
      artifactValues: { input: { id: 5, snapshotId: 9 } },
      retry: { attempts: 4, exitCodes: [75], backoffSeconds: 10 },
      dependsOn: [],
    });
  });

  test('what is left empty is left to the server', () => {
    const form = { ...formOf(entrypoint, undefined), timeout: '' };
    const body = newJobOf(entrypoint, form, () => undefined);
    expect(body).not.toHaveProperty('timeout');
    expect(body).not.toHaveProperty('queueTimeout');
    expect(body).not.toHaveProperty('retry');
  });
});

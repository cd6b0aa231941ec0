import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Json } from '../../support/app.ts';

/** JSON of a call that must succeed. */
export type Call = (method: string, path: string, body?: object) => Promise<Json>;

/** What the jobs of the test need, as it was registered. */
export interface Registered {
  readonly experiment: number;
  readonly queue: number;
  /** Makes a file and a folder of `rows` rows. */
  readonly make: number;
  /** Reads both back, and makes a file. */
  readonly use: number;
  /** Makes the file by one of two tasks, `quiet` or `loud`. */
  readonly choose: number;
  readonly fail: number;
}

const contents = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

async function plugins(call: Call, group: number, types: ReadonlyMap<string, number>) {
  const port = (name: string, type: string) => ({ name, parameterType: types.get(type) });
  const input = (name: string, type: string) => ({ ...port(name, type), required: true });
  const newPlugin = async (name: string, path: string, tasks: object): Promise<number> => {
    const { id } = await call('POST', '/plugins', { group, name });
    const body = { filename: basename(path), contents: await contents(path), tasks };
    await call('POST', `/plugins/${id}/files`, body);
    return id;
  };
  const rows = [input('rows', 'integer')];
  const outputParams = [port('text', 'string')];
  const steps = await newPlugin('stock_steps', 'steps.py', {
    functions: [
      { name: 'make', inputParams: rows, outputParams },
      { name: 'shout', inputParams: rows, outputParams },
      { name: 'use', inputParams: [input('text', 'string'), input('texts', 'any')], outputParams },
      { name: 'fail', inputParams: rows, outputParams: [] },
    ],
    artifacts: [],
  });
  const keep = await newPlugin('stock_keep', '../../support/keep.py', {
    functions: [],
    artifacts: [
      { name: 'TextFile', outputParams },
      { name: 'TextFolder', outputParams: [port('texts', 'any')] },
    ],
  });
  return { plugins: [steps], artifactPlugins: [keep], outputParams, port };
}

/** Registers an experiment of four entrypoints, and a queue of this name. */
export async function register(call: Call, group: number, queueName: string): Promise<Registered> {
  const { data } = await call('GET', '/pluginParameterTypes?pageLength=100');
  const types = new Map<string, number>(data.map(({ name, id }: Json) => [name, id]));
  const { port, outputParams, ...bound } = await plugins(call, group, types);
  const queue = (await call('POST', '/queues', { group, name: queueName })).id;
  const entrypoint = async (name: string, graphs: object): Promise<number> => {
    const body = { group, name, queues: [queue], ...bound, parameters: [], ...graphs };
    return (await call('POST', '/entrypoints', body)).id;
  };
  const parameters = [{ name: 'rows', parameterType: 'integer', defaultValue: '3' }];
  const file = '{ name: TextFile }';
  const make = await entrypoint('stock make', {
    taskGraph: 'text: { make: $rows }',
    artifactGraph: `file: { contents: $text, task: ${file} }
folder: { contents: $text, task: { name: TextFolder } }`,
    parameters,
  });
  const use = await entrypoint('stock use', {
    taskGraph: 'louder: { use: [$file, $folder] }',
    artifactGraph: `loud: { contents: $louder, task: ${file} }`,
    artifactParameters: [
      { name: 'file', outputParams },
      { name: 'folder', outputParams: [port('texts', 'any')] },
    ],
  });
  const choose = await entrypoint('stock choose', {
    taskGraph: `lines: { "?HOW": { "?outputs": [made], quiet: { make: $rows }, loud: { shout: $many } } }`,
    artifactGraph: `file: { contents: $lines.made, task: ${file} }`,
    parameters: [
      { name: 'many', parameterType: 'integer', defaultValue: '2' },
      { name: 'rows', parameterType: 'integer', defaultValue: null },
    ],
  });
  const fail = await entrypoint('stock fail', { taskGraph: 'broken: { fail: $rows }', parameters });
  const body = { group, name: 'stock', entrypoints: [make, use, choose, fail] };
  const experiment = (await call('POST', '/experiments', body)).id;
  return { experiment, queue, make, use, choose, fail };
}

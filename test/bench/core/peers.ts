/** The servers of `core`: ours in both forms, and one that does nothing. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openSqliteTable } from '../../../functions/embedded/sqlite-table.ts';
import type { Table } from '../../../functions/kernel/table.ts';
import { startDynamoDbLocal } from '../../../infra/local/dynamodb-local.ts';
import { type Emulator, startEmulator } from '../../../infra/local/emulator.ts';
import { freePort } from '../../../infra/local/process.ts';
import { startChild } from '../frame/child.ts';
import type { NextRequest } from '../frame/load.ts';
import type { Peer, RunningPeer } from '../frame/peer.ts';
import { withNewProcesses } from '../frame/processes.ts';
import { stopAll } from '../frame/run-peers.ts';
import type { CallsAloneInput } from '../processes/calls-alone.ts';
import type { EmbeddedReady } from '../processes/embedded.ts';
import type { FloorReady } from '../processes/floor.ts';
import type { GatewayReady } from '../processes/gateways.ts';
import type { LambdaInput } from '../processes/lambda.ts';
import { createQueues, createTable, FAKE_ACCOUNT, openDynamo } from './stores.ts';

export interface PeerOptions {
  /** A temporary folder of the run. */
  readonly folder: string;
  /** Puts in what the scenarios ask for, through the API or, where that takes long, into the table. */
  readonly world: (url: string, openTable: () => OpenTable) => Promise<PeerWorld>;
  /** Folder of the API's bundle. */
  readonly bundle: string;
  readonly dynamo: Dynamo;
  /** Where servers leave CPU profiles, if wanted. */
  readonly profileTo?: string | undefined;
}

/** The table of a server that runs, opened by somebody else. */
export interface OpenTable {
  readonly table: Table;
  close(): Promise<void>;
}

/** What a server holds, and how it is asked for it. */
export type PeerWorld = Pick<RunningPeer, 'headers' | 'requests' | 'check'>;

/** DynamoDB Local for all peers that need it, or why there is none. */
export type Dynamo = { readonly endpoint: string; readonly pids: readonly number[] } | string;

/** Starts DynamoDB Local; `stop` ends it. */
export async function startDynamo(): Promise<{ dynamo: Dynamo; stop: () => Promise<void> }> {
  let obstacle = '';
  const explain = (reason: string): void => {
    obstacle = reason;
  };
  const { started, pids } = await withNewProcesses(() => startDynamoDbLocal(explain, 'optimizing'));
  if (started === undefined) return { dynamo: obstacle, stop: async () => undefined };
  return { dynamo: { endpoint: started.endpoint, pids }, stop: started.stop };
}

/** As `npm start` starts it (infra/local/bootstrap.mjs). */
export const SERVER_FLAGS = ['--max-semi-space-size=8'];

const program = (name: string): URL => new URL(`../processes/${name}.ts`, import.meta.url);

function openFile(folder: string): OpenTable {
  const table = openSqliteTable(join(folder, 'table.sqlite'));
  return { table, close: async () => table.close() };
}

export const embeddedPeer = (options: PeerOptions): Peer => ({
  name: 'embedded',
  async start() {
    const folder = join(options.folder, 'embedded');
    const input = { folder, port: await freePort() };
    const child = await startChild<EmbeddedReady>(program('embedded'), input, {
      flags: SERVER_FLAGS,
      profileTo: options.profileTo,
    });
    try {
      return {
        url: child.ready.url,
        ...(await options.world(child.ready.url, () => openFile(folder))),
        pids: [child.pid],
        storePids: [],
        notes: ['embedded: functions/entry/local.ts, SQLite on disk, a line a request in a file.'],
        stop: child.stop,
      };
    } catch (error) {
      await child.stop();
      throw error;
    }
  },
});

/** The emulator where it can run; jobs need its queues. */
async function tryEmulator(folder: string): Promise<Emulator | string> {
  try {
    return await startEmulator({ folder: join(folder, 'aws') });
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    return `POST job is left out on the Lambda: no SQS (${reason}).`;
  }
}

/** The environment of the function; each service where it is emulated best. */
async function lambdaEnv(dynamo: string, emulator: Emulator | string): Promise<NodeJS.ProcessEnv> {
  // Without an emulator nothing listens there: the scenario that would need it is left out.
  const other = typeof emulator === 'string' ? 'http://127.0.0.1:9' : emulator.endpoint;
  const queues =
    typeof emulator === 'string'
      ? { queueUrl: `${other}/queue`, dlqUrl: `${other}/dead` }
      : await createQueues(emulator.endpoint);
  return {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    ...FAKE_ACCOUNT,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo,
    AWS_ENDPOINT_URL_SQS: other,
    AWS_ENDPOINT_URL_S3: other,
    TABLE_NAME: await createTable(dynamo),
    BUCKET_NAME: 'bench',
    STAGE: 'bench',
    REGISTRATION: 'open',
    POOLS: JSON.stringify([{ name: 'default', kind: 'managed', ...queues }]),
  };
}

async function startLambda(options: PeerOptions): Promise<RunningPeer | string> {
  const { dynamo } = options;
  if (typeof dynamo === 'string') return dynamo;
  const stops: (() => Promise<void>)[] = [];
  try {
    const { started: emulator, pids } = await withNewProcesses(() => tryEmulator(options.folder));
    if (typeof emulator !== 'string') stops.push(emulator.stop);
    const child = await startChild<GatewayReady>(
      program('lambda'),
      {
        bundle: pathToFileURL(join(options.bundle, 'index.mjs')).href,
        processes: availableParallelism(),
      } satisfies LambdaInput,
      { env: await lambdaEnv(dynamo.endpoint, emulator), profileTo: options.profileTo },
    );
    stops.push(child.stop);
    const { requests, ...world } = await options.world(child.ready.url, () =>
      openDynamo(dynamo.endpoint),
    );
    const noSqs = typeof emulator === 'string';
    return {
      url: child.ready.url,
      ...world,
      requests: new Map([...requests].filter(([name]) => !noSqs || name !== 'POST job')),
      pids: child.ready.pids,
      storePids: [...dynamo.pids, ...pids],
      notes: [
        'lambda: the bundle in a process for each core behind the gateway runner, DynamoDB Local -inMemory.',
        noSqs ? emulator : 'lambda, POST job: SQS is the emulator (ministack), with its own limit.',
      ],
      stop: stopAll(stops),
    };
  } catch (error) {
    await stopAll(stops)();
    throw error;
  }
}

export const lambdaPeer = (options: PeerOptions): Peer => ({
  name: 'lambda',
  start: () => startLambda(options),
});

/** The peer that makes the least calls of the function's store. */
export const CALLS_ALONE = 'calls alone';

export const callsAlonePeer = (options: PeerOptions): Peer => ({
  name: CALLS_ALONE,
  async start() {
    const { dynamo } = options;
    if (typeof dynamo === 'string') return dynamo;
    const { endpoint } = dynamo;
    const child = await startChild<GatewayReady>(
      program('calls-alone'),
      { processes: availableParallelism(), endpoint } satisfies CallsAloneInput,
      {
        env: {
          PATH: process.env.PATH,
          NODE_ENV: 'production',
          ...FAKE_ACCOUNT,
          AWS_ENDPOINT_URL_DYNAMODB: endpoint,
        },
        profileTo: options.profileTo,
      },
    );
    return {
      url: child.ready.url,
      headers: {},
      pids: child.ready.pids,
      storePids: dynamo.pids,
      requests: new Map<string, NextRequest>([
        ['GET experiment', () => ({ method: 'GET', path: '/' })],
        ['POST experiment', () => ({ method: 'POST', path: '/', body: '{}' })],
        ['experiments/create', () => ({ method: 'POST', path: '/', body: '{}' })],
      ]),
      notes: [
        'calls alone: the least calls of the AWS SDK for it, behind the same runner and store.',
      ],
      stop: child.stop,
    };
  },
});

/** About as long as an experiment in JSON. */
const FLOOR_BYTES = 600;

export const floorPeer = (options: PeerOptions): Peer => ({
  name: 'node:http alone',
  async start() {
    const input = { bytes: FLOOR_BYTES };
    const child = await startChild<FloorReady>(program('floor'), input, options);
    return {
      url: child.ready.url,
      headers: {},
      pids: [child.pid],
      storePids: [],
      requests: new Map([['GET experiment', () => ({ method: 'GET', path: '/' })]]),
      notes: ['node:http alone: a constant of about that length; what machine and client can do.'],
      stop: child.stop,
    };
  },
});

/** The API, its sweeper and its store as a process of their own, which a test may kill. */
import process from 'node:process';
import { startLocal } from '../../functions/entry/local.ts';
import { ApiOptions } from './api-options.ts';

const quiet = { info: () => undefined, error: () => undefined };
const options = ApiOptions.parse(JSON.parse(process.argv[2] ?? ''));
const { folder, port, pools, lease, sweepMs } = options;
const local = await startLocal({
  folder,
  port,
  registration: 'open',
  log: options.verbose
    ? { ...quiet, error: (event, fields) => console.error(JSON.stringify({ event, ...fields })) }
    : quiet,
  pools: pools.map((name) => ({ name, kind: 'managed' })),
  lease,
  sweepMs,
});
const tokens = await Promise.all(pools.map((pool) => local.createWorkerToken(pool)));
process.stdout.write(`${JSON.stringify({ url: local.url, tokens })}\n`);
process.once('SIGTERM', () => void local.close());

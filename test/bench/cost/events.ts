/** A million events on their way to one file an hour, and a million evaluations of flags. */
import { compactEvents } from '#domain/events/index.ts';
import { type Amounts, plus } from '../../../infra/prices.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { eventTools } from '../../support/events.ts';
import { type Counted, gbSeconds, type Runtime, requestOf, storesOf } from './amounts.ts';
import { EVENTS } from './assumptions.ts';
import { countedDuring } from './background.ts';

const MILLION = 1_000_000;
const GROUP = 7;

interface Megabytes {
  readonly flags: number;
  readonly ingest: number;
  readonly events: number;
  readonly results: number;
}

/** Calls that are counted for one batch, one round of the writer and one hour that is packed. */
interface Steps {
  readonly taken: Counted;
  readonly stored: Counted;
  readonly packed: Counted;
  readonly evaluated: Counted;
}

async function newShop(app: TestApp) {
  const owner = await app.newUser();
  const group = await app.newGroup(owner);
  const { body } = await owner.get(`/api/projects/${group.id}`);
  await owner.post(`/api/projects/${group.id}/feature_flags`, { key: 'a', filters: {} });
  return { token: String(body.api_token) };
}

const batchFrom = (app: TestApp, from: number) =>
  Array.from({ length: EVENTS.perBatch }, (_, index) => ({
    event: `event ${index % 10}`,
    distinct_id: `user ${(from + index) % 100}`,
    timestamp: new Date(app.clock.now()).toISOString(),
    properties: { $lib: 'posthog-node', $lib_version: '5.70.0', index: from + index },
  }));

/** Each step twice, so that nothing of what is counted is done for the first time. */
async function countSteps(): Promise<Steps> {
  const app = testApp();
  const tools = await eventTools(app.platform.blobs);
  try {
    const { token } = await newShop(app);
    const client = app.client();
    let sent = 0;
    const send = async (): Promise<void> => {
      const answer = await client.post('/batch/', { api_key: token, batch: batchFrom(app, sent) });
      if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
      sent += EVENTS.perBatch;
    };
    // Writers are counted by themselves.
    const quiet = { ...app.system, background: { start: async () => undefined } };
    const hand = (count: number) =>
      tools.ingest(quiet, GROUP, Array.from({ length: count }, () => batchFrom(app, 0)).flat());
    const ask = () => client.post('/flags/?v=2', { token, distinct_id: 'somebody' });
    await send();
    await app.settled();
    const taken = await countedDuring(app, send);
    for (let batch = 0; batch < EVENTS.batchesOfARound; batch += 1) await hand(1);
    const stored = await countedDuring(app, () => tools.drain(app.system));
    await hand(1);
    await tools.drain(app.system);
    app.clock.advance(15 * 60_000);
    const packed = await countedDuring(app, () => compactEvents(app.system, tools.parquet));
    await ask();
    const evaluated = await countedDuring(app, ask);
    return { taken, stored, packed, evaluated };
  } finally {
    await tools.close();
    await app.close();
  }
}

export interface MillionEvents {
  readonly events: Amounts;
  readonly evaluations: Amounts;
}

/** What a million events bill in a day, until each hour is one file, and as many evaluations. */
export async function millionEvents(
  runtime: Runtime,
  megabytes: Megabytes,
): Promise<MillionEvents> {
  const { taken, stored, packed, evaluated } = await countSteps();
  const batches = MILLION / EVENTS.perBatch;
  const rounds = batches / EVENTS.batchesOfARound;
  const work = (perSecond: number, memory: number): Amounts => ({
    lambdaGbSecond: gbSeconds((1_000 * MILLION) / perSecond, memory),
  });
  const parts: readonly Amounts[] = [
    plus({}, requestOf(taken, { ...runtime, megabytes: megabytes.ingest }), batches),
    // A message of a whole batch is billed by 64 KB.
    plus({}, storesOf(stored), rounds),
    { lambdaRequest: rounds + EVENTS.hours },
    work(EVENTS.storedPerSecond, megabytes.events),
    { lambdaGbSecond: gbSeconds(EVENTS.lingerMs * rounds, megabytes.events) },
    plus({}, storesOf(packed), EVENTS.hours),
    work(EVENTS.packedPerSecond, megabytes.results),
    { s3GbMonth: (EVENTS.bytes * MILLION) / 1e9 },
  ];
  const asked = requestOf(evaluated, { ...runtime, megabytes: megabytes.flags });
  return {
    events: parts.reduce((sum, part) => plus(sum, part)),
    evaluations: plus({}, asked, MILLION),
  };
}

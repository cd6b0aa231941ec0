/** 50 flags for one person after the other: by our evaluator, and by PostHog's own SDK for Node. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PostHog } from 'posthog-node';
import { compileFlag, evaluateFlags } from '#domain/flags/index.ts';
import { median, quantile, rounded } from '../frame/figures.ts';
import { flagDocument, personAt } from './documents.ts';

export interface EvaluationRow {
  readonly flags: number;
  readonly rounds: number;
  readonly ours: Speed;
  readonly peer: Speed;
  /** Evaluations of all flags a second, ours to the peer's, the median of the rounds and its extremes. */
  readonly ratio: { readonly median: number; readonly least: number; readonly most: number };
  /** People of whom both say the same of every flag. */
  readonly agreeing: number;
  readonly people: number;
}

interface Speed {
  /** People a second, each with all flags. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

type Values = Readonly<Record<string, string | boolean>>;
type Ask = (index: number) => Values | Promise<Values>;

interface Peer {
  readonly ask: Ask;
  close(): Promise<void>;
}

/** The SDK with its definitions loaded: it asks nobody afterwards. */
async function startPeer(flags: readonly object[]): Promise<Peer> {
  const server = createServer((_, outgoing) => {
    const body = JSON.stringify({ flags, group_type_mapping: {}, cohorts: {} });
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new PostHog('phc_bench', {
    host: `http://127.0.0.1:${port}`,
    personalApiKey: 'phx_bench',
    featureFlagsPollingInterval: 3_600_000,
  });
  await client.waitForLocalEvaluationReady(10_000);
  return {
    ask: async (index) => {
      const { id, properties } = personAt(index);
      const personProperties = properties as unknown as Record<string, string>;
      const options = { personProperties, onlyEvaluateLocally: true };
      return (await client.getAllFlags(id, options)) as Values;
    },
    async close() {
      await client.shutdown();
      server.closeAllConnections();
      server.close();
    },
  };
}

function ourEvaluator(flags: readonly ReturnType<typeof flagDocument>[]): Ask {
  const compiled = flags.map(compileFlag);
  return (index) => {
    const { id, properties } = personAt(index);
    const found = evaluateFlags(compiled, {
      distinctId: id,
      personProperties: properties,
      now: 1_790_000_000_000,
    });
    return Object.fromEntries(
      [...found].map(([key, { enabled, variant }]) => [key, variant ?? enabled]),
    );
  };
}

/** How long each of so many people takes, in milliseconds. */
async function turn(ask: Ask, from: number, people: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = from; index < from + people; index += 1) {
    const startedAt = performance.now();
    await ask(index);
    times.push(performance.now() - startedAt);
  }
  return times;
}

const rateOf = (times: readonly number[]): number =>
  (times.length * 1000) / times.reduce((sum, time) => sum + time, 0);

const speedOf = (turns: readonly (readonly number[])[]): Speed => ({
  perSecond: rounded(median(turns.map(rateOf))),
  p50Ms: rounded(quantile(turns.flat(), 0.5)),
  p99Ms: rounded(quantile(turns.flat(), 0.99)),
});

const isSame = (one: Values, other: Values, keys: readonly string[]): boolean =>
  keys.every((key) => (one[key] ?? false) === (other[key] ?? false));

/** Both in turn, round after round, so that what else the machine does hits both. */
export async function measureEvaluation(options: {
  readonly flags: number;
  readonly rounds: number;
  readonly people: number;
  readonly signal: AbortSignal;
}): Promise<EvaluationRow> {
  const { flags, rounds, people, signal } = options;
  const documents = Array.from({ length: flags }, (_, index) => flagDocument(index));
  const keys = documents.map(({ key }) => key);
  const ours = ourEvaluator(documents);
  const peer = await startPeer(documents);
  try {
    await Promise.all([turn(ours, 0, people), turn(peer.ask, 0, people)]);
    const turns: { readonly ours: readonly number[]; readonly peer: readonly number[] }[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      signal.throwIfAborted();
      const own = await turn(ours, round * people, people);
      turns.push({ ours: own, peer: await turn(peer.ask, round * people, people) });
    }
    let agreeing = 0;
    for (let index = 0; index < people; index += 1) {
      if (isSame(await ours(index), await peer.ask(index), keys)) agreeing += 1;
    }
    const ratios = turns.map((each) => rateOf(each.ours) / rateOf(each.peer));
    return {
      flags,
      rounds,
      ours: speedOf(turns.map((each) => each.ours)),
      peer: speedOf(turns.map((each) => each.peer)),
      ratio: {
        median: rounded(median(ratios)),
        least: rounded(Math.min(...ratios)),
        most: rounded(Math.max(...ratios)),
      },
      agreeing,
      people,
    };
  } finally {
    await peer.close();
  }
}

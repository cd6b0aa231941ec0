import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sweepJobs } from '#domain/jobs/index.ts';
import { embeddedPlatform } from '#embedded/context.ts';
import { adminOf } from '#entry/admin.ts';
import { lambdaHandler } from '#entry/lambda-handler.ts';
import { type AccessLine, startLocalServer } from '#entry/local-server.ts';
import type { Settings } from '#kernel/context.ts';
import type { Json } from '../../support/app.ts';
import { gatewayRunner } from '../../support/gateway/runner.ts';
import type { Call } from './register.ts';

export const QUEUE = 'gpu';
export const SERVICE_ACCOUNT = { username: 'gpu-worker', password: 'of the service account' };
const OWNER = { username: 'owner', password: 'of the owner of the group' };

const basic = ({ username, password }: typeof OWNER) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

export interface StockServer {
  /** The embedded server. */
  readonly url: string;
  /** The same platform as a Lambda function behind the gateway, with its limits. */
  readonly gatewayUrl: string;
  readonly folder: string;
  /** What the embedded server was asked, as `<method> <path>`. */
  readonly asked: readonly string[];
  /** Calls as the owner of the group. */
  readonly call: Call;
  /** The bytes of an artifact. */
  contents(artifact: number): Promise<string>;
  /** How many jobs the sweeper touches, after a day without a sign of life. */
  sweep(): Promise<number>;
  backlog(): Promise<number>;
  close(): Promise<void>;
}

const settings: Settings = {
  registration: 'open',
  pools: [
    { name: 'default', kind: 'managed' },
    { name: QUEUE, kind: 'external' },
  ],
  passwordLogN: 4,
  version: 'test',
};

type Send = (path: string, init?: RequestInit) => Promise<Response>;

const sendTo =
  (url: string): Send =>
  (path, init = {}) =>
    fetch(`${url}/api/v1${path}`, {
      ...init,
      headers: { authorization: basic(OWNER), 'content-type': 'application/json' },
    });

const callBy =
  (send: Send): Call =>
  async (method, path, body): Promise<Json> => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await send(path, { method, ...text });
    if (answer.ok) return answer.json();
    throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };

/** The first account owns the group `public`, the second is a member of it. */
async function makeAccounts(url: string): Promise<void> {
  for (const { username, password } of [OWNER, SERVICE_ACCOUNT]) {
    const email = `${username}@assay.test`;
    const answer = await fetch(`${url}/api/v1/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, email, password, confirmPassword: password }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
}

/** A server with an external pool, the owner of a group and a member of it who runs jobs. */
export async function startStockServer(): Promise<StockServer> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-stock-'));
  let url = '';
  const platform = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl: () => url,
    secret: 'a secret of this test only',
    settings,
    log: { info: () => undefined, error: (event, fields) => console.error(event, fields) },
  });
  const asked: string[] = [];
  const onRequest = ({ method, path }: AccessLine) => void asked.push(`${method} ${path}`);
  const server = await startLocalServer({ platform, port: 0, onRequest });
  url = server.url;
  const gateway = await gatewayRunner(lambdaHandler(platform));
  await makeAccounts(url);
  const send = sendTo(url);
  const { system } = adminOf(platform);
  return {
    url,
    gatewayUrl: gateway.url,
    folder,
    asked,
    call: callBy(send),
    contents: async (artifact) => (await send(`/artifacts/${artifact}/contents`)).text(),
    async sweep() {
      const tomorrow = { now: () => Date.now() + 86_400_000 };
      const { sent, lost } = await sweepJobs({ ...system, clock: tomorrow });
      return sent + lost;
    },
    backlog: () => platform.messages.backlog(QUEUE),
    async close() {
      await gateway.stop();
      await server.close();
      platform.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Submits a job to the store in a folder, and dies between its transaction and its message. */
import process from 'node:process';
import { embeddedPlatform } from '../../functions/embedded/context.ts';
import { buildApp } from '../../functions/entry/app.ts';
import { SubmitOptions } from './api-options.ts';

const options = SubmitOptions.parse(JSON.parse(process.argv[2] ?? ''));
const platform = embeddedPlatform({
  folder: options.folder,
  baseUrl: 'http://127.0.0.1:1',
  secret: 'of no use here: this process signs nothing',
  settings: {
    registration: 'closed',
    pools: options.pools.map((name) => ({ name, kind: 'managed' })),
    passwordLogN: 17,
    version: 'test',
  },
  log: { info: () => undefined, error: (event, fields) => console.error(event, fields) },
});
const send = async (): Promise<void> => {
  process.kill(process.pid, 'SIGKILL');
};
const app = buildApp({ ...platform, messages: { ...platform.messages, send } }, () => undefined);
const { path, headers, body } = options;
const answer = await app.request(path, { method: 'POST', headers, body: JSON.stringify(body) });
console.log(answer.status, await answer.text());

/** All that the jobs need, made through the API: plugins, an entrypoint with an artifact, a queue. */
import { jobBody, setUpJobs } from '../../support/jobs.ts';
import { type Api, apiOf, overHttp } from '../core/api.ts';
import { newName, signUp } from '../core/world.ts';
import type { BenchRequest } from '../frame/load.ts';

export interface JobWorld {
  /** What requests of people carry. */
  readonly headers: Readonly<Record<string, string>>;
  readonly api: Api;
  /** Submits a job. */
  readonly submission: BenchRequest;
}

export async function makeWorld(url: string): Promise<JobWorld> {
  const send = overHttp(url);
  const headers = { authorization: `Bearer ${await signUp(send)}` };
  const api = apiOf(send, headers);
  const { id: group } = await api.post('/api/v1/groups', { name: newName('group') });
  const setup = await setUpJobs(
    {
      async call(method, path, body) {
        const answer = await api.ask(method, path, body);
        const text = await answer.text();
        return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) };
      },
    },
    { group, queues: ['default'] },
  );
  const path = `/api/v1/experiments/${setup.experiment}/jobs`;
  const body = JSON.stringify(jobBody(setup, { timeout: '1h' }));
  return { headers, api, submission: { method: 'POST', path, body } };
}

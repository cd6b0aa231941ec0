/** The two that are asked: a real server, and Assay in this process. */
import type { TestApp } from '../../support/app.ts';
import { testApp } from '../../support/app.ts';
import type { Outcome, Target } from './call.ts';

export function originalAt(url: string): Target {
  return {
    name: 'original',
    async call(method, path, body): Promise<Outcome> {
      const answer = await fetch(`${url}${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
      });
      const text = await answer.text();
      try {
        return { status: answer.status, body: JSON.parse(text) };
      } catch {
        return { status: answer.status, body: { message: text } };
      }
    },
  };
}

/** Assay with one user, who has a group of their own. */
export async function assayTarget(): Promise<{ readonly target: Target; readonly app: TestApp }> {
  const app = testApp();
  const user = await app.newUser();
  await app.newGroup(user);
  const { token } = await user.newToken();
  const client = app.bearer(token);
  const call: Target['call'] = async (method, path, body) => {
    // Things that were made one after the other are of different times.
    app.clock.advance(1);
    const answer = await client.call(method, path, body);
    return { status: answer.status, body: answer.body ?? { message: answer.text } };
  };
  return { target: { name: 'assay', call }, app };
}

/** The dashboard behind the gateway: the page by its own function, the session by the API, artifacts from the bucket. */
import { GetBucketCorsCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { apiOf } from './api.ts';

const { url, user, endpoint, region, env, outputs } = inject('deployment');
const api = apiOf(url, user);
const s3 = new S3Client({
  endpoint,
  region,
  forcePathStyle: true,
  credentials: {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
  },
});
const Run = z.object({ run: z.object({ info: z.object({ run_id: z.string() }) }) });

/** Where a signed URL of a new artifact leads. */
async function signedUrl(): Promise<string> {
  const made = await api.post(Run, '/api/2.0/mlflow/runs/create', { experiment_id: '0' });
  const path = `/api/2.0/mlflow-artifacts/artifacts/0/${made.run.info.run_id}/artifacts/a.txt`;
  const to = await api.call(path, { method: 'PUT', body: 'stored' });
  const stored = await fetch(to.headers.get('location') ?? '', { method: 'PUT', body: 'stored' });
  expect(stored.status).toBe(200);
  return (await api.call(path)).headers.get('location') ?? '';
}

describe('the dashboard of a deployment', () => {
  it('is the page at every address below /ui, whose files are there, compressed', async () => {
    const html = await (await fetch(`${url}/ui`)).text();
    const deep = await fetch(`${url}/ui/1/jobs/18`);
    const [, script = ''] = /src="(\/ui\/assets\/[^"]+\.js)"/.exec(html) ?? [];
    const loaded = await fetch(`${url}${script}`, { headers: { 'accept-encoding': 'br' } });
    const missing = await fetch(`${url}/ui/assets/missing.js`);

    expect(html).toContain('<!doctype html>');
    expect([deep.status, await deep.text()]).toEqual([200, html]);
    expect(deep.headers.get('content-security-policy')).toContain(
      `connect-src 'self' ${new URL(endpoint).origin};`,
    );
    expect([loaded.status, loaded.headers.get('content-encoding')]).toEqual([200, 'br']);
    expect((await loaded.text()).length).toBeGreaterThan(1_000);
    expect(missing.status).toBe(404);
    expect(missing.headers.get('content-type')).toContain('application/json');
    expect(outputs.UiUrl).toMatch(/\/ui\/$/);
  });

  it('learns from the API who is signed in, and browsers are led to it', async () => {
    const session = await fetch(`${url}/ui/session`);
    const root = await fetch(url, { headers: { accept: 'text/html' }, redirect: 'manual' });

    expect(await session.json()).toMatchObject({ username: null, registration: 'open' });
    expect([root.status, root.headers.get('location')]).toEqual([302, '/ui/']);
  });

  it('is let read artifacts by the bucket, and do nothing else; from where it is shown', async () => {
    const signed = await signedUrl();
    const own = await fetch(signed, { headers: { origin: new URL(url).origin } });
    const { CORSRules: rules = [] } = await s3.send(
      new GetBucketCorsCommand({ Bucket: outputs.ArtifactBucket }),
    );

    expect(await own.text()).toBe('stored');
    // The emulator lets everybody read, whatever the rule says.
    expect(own.headers.get('access-control-allow-origin')).not.toBeNull();
    expect(rules.map((rule) => rule.AllowedMethods)).toEqual([['GET']]);
    expect(rules[0]?.AllowedOrigins).toEqual([
      expect.stringMatching(/^https:\/\/\w+\.execute-api\.[\w.-]+$/),
      'http://127.0.0.1:*',
      'http://localhost:*',
    ]);
  });
});

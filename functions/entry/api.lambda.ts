import process from 'node:process';
import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { ApiEnv, readEnv } from './env.ts';

readEnv(ApiEnv, process.env);

const app = new Hono();
app.use(async (c, next) => {
  await next();
  console.log(JSON.stringify({ method: c.req.method, path: c.req.path, status: c.res.status }));
});
app.get('/health', (c) => c.json({ status: 'healthy', version: '0.1.0' }));

export const handler = handle(app);

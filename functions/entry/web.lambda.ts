import process from 'node:process';
import { Hono } from 'hono';
import { loadOnce } from '#kernel/load-once.ts';
import { jsonLog } from './json-log.ts';
import { lambdaAnswers } from './lambda-answers.ts';
import { namedRequests } from './named-requests.ts';
import { packedUi } from './ui/packed-files.ts';
import { storesOf } from './ui/stores.ts';
import { uiApp } from './ui/ui-app.ts';

/** Answers with the dashboard: it starts soonest, and may do nothing but write its log. */
export const handler = lambdaAnswers({ log: jsonLog() }, () => {
  const stores = storesOf(process.env);
  const ui = loadOnce(async () => uiApp({ files: await packedUi(), stores }));
  return new Hono().use(namedRequests).all('*', async (c) => (await ui()).fetch(c.req.raw));
});

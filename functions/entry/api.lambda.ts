import process from 'node:process';
import { ApiEnv, readEnv } from './env.ts';
import { lambdaHandler } from './lambda-handler.ts';
import { lambdaPlatform } from './lambda-platform.ts';
import type { Pages } from './pages/pages.ts';

/** The dashboard itself is what the function `web` answers with. */
const pages: Pages = {
  docs: async () => (await import('./docs/packed-files.ts')).packedDocs(),
  ui: {},
};

/** Answers one request. */
export const handler = lambdaHandler(lambdaPlatform(readEnv(ApiEnv, process.env)), pages);

import process from 'node:process';
import type { FindPageFiles } from './docs/files.ts';
import { ApiEnv, readEnv } from './env.ts';
import { lambdaHandler } from './lambda-handler.ts';
import { lambdaPlatform } from './lambda-platform.ts';

const pageFiles: FindPageFiles = async () => (await import('./docs/packed-files.ts')).packedFiles();

/** Answers one request. */
export const handler = lambdaHandler(lambdaPlatform(readEnv(ApiEnv, process.env)), pageFiles);

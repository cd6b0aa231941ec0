import process from 'node:process';
import { ApiEnv, readEnv } from './env.ts';
import { lambdaHandler } from './lambda-handler.ts';
import { lambdaPlatform } from './lambda-platform.ts';

/** Answers one request. */
export const handler = lambdaHandler(lambdaPlatform(readEnv(ApiEnv, process.env)));

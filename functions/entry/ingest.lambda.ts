import process from 'node:process';
import { ApiEnv, readEnv } from './env.ts';
import { lambdaAnswers } from './lambda-answers.ts';
import { lambdaPlatform } from './lambda-platform.ts';
import { buildPublicApp } from './public-app.ts';

/** Takes events: an answer means that the queue has them. */
export const handler = lambdaAnswers(lambdaPlatform(readEnv(ApiEnv, process.env)), buildPublicApp);

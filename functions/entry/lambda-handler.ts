import type { Platform } from '#kernel/context.ts';
import { buildApp } from './app.ts';
import type { FindPageFiles } from './docs/files.ts';
import { lambdaAnswers } from './lambda-answers.ts';

/** The whole API as a Lambda function. */
export const lambdaHandler = (platform: Platform, findFiles?: FindPageFiles) =>
  lambdaAnswers(platform, (own, defer) => buildApp(own, defer, findFiles));

import type { Platform } from '#kernel/context.ts';
import { buildApp } from './app.ts';
import { lambdaAnswers } from './lambda-answers.ts';
import type { Pages } from './pages/pages.ts';

/** The whole API as a Lambda function. */
export const lambdaHandler = (platform: Platform, pages?: Pages) =>
  lambdaAnswers(platform, (own, defer) => buildApp(own, defer, pages));

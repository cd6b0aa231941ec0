import process from 'node:process';
import { createOperatorInvitation } from '#domain/identity/index.ts';
import { bySystem } from './deferred.ts';
import { ApiEnv, readEnv } from './env.ts';
import { jsonLog } from './json-log.ts';
import { lambdaPlatform } from './lambda-platform.ts';
import { answerSetup, type SetupEvent } from './setup.ts';

const log = jsonLog();

/** Made only when it is needed, so that a wrong environment, too, is answered with a failure. */
async function invite(): Promise<string> {
  const platform = lambdaPlatform(readEnv(ApiEnv, process.env), log);
  const { token } = await bySystem(platform, createOperatorInvitation);
  return token;
}

/** Called by CloudFormation when the stack is made, changed or deleted. */
export const handler = (event: SetupEvent): Promise<void> => answerSetup(event, { invite, log });

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#kernel/context.ts';

/** What CloudFormation says to a custom resource, as far as it is used here. */
export interface SetupEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** Where the answer goes: signed, good for this one answer. */
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
}

export interface SetupOptions {
  /** Makes an operator's invitation and returns its text. */
  readonly invite: () => Promise<string>;
  readonly log: Logger;
  /** Between two tries to answer. */
  readonly retryMs?: number;
}

/** Never another one: CloudFormation would take that for a replacement, and delete this one. */
const PHYSICAL_ID = 'first-administrator';
const TRIES = 3;
const RETRY_MS = 1_000;

type Result =
  | { readonly Status: 'SUCCESS'; readonly Data?: { readonly Token: string } }
  | { readonly Status: 'FAILED'; readonly Reason: string };

async function resultOf(event: SetupEvent, { invite, log }: SetupOptions): Promise<Result> {
  // What is in the table outlives the stack.
  if (event.RequestType === 'Delete') return { Status: 'SUCCESS' };
  try {
    return { Status: 'SUCCESS', Data: { Token: await invite() } };
  } catch (error) {
    log.error('setup', { message: error instanceof Error ? error.message : String(error) });
    const Reason = 'The invitation could not be made; the log of the function tells why.';
    return { Status: 'FAILED', Reason };
  }
}

/** The address stays out of whatever is said of a failure: it is signed. */
async function send(url: string, body: string): Promise<number> {
  // An empty type is part of what was signed.
  const init = { method: 'PUT', headers: { 'content-type': '' }, body };
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) }).catch(
    () => undefined,
  );
  return response?.status ?? 0;
}

/**
 * The custom resource that invites the first administrator. A stack waits an hour for an answer,
 * so there always is one; when it does not get through, the function fails and is called again.
 */
export async function answerSetup(event: SetupEvent, options: SetupOptions): Promise<void> {
  const result = await resultOf(event, options);
  const body = JSON.stringify({
    ...result,
    PhysicalResourceId: event.PhysicalResourceId ?? PHYSICAL_ID,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  });
  let status = 0;
  for (let tried = 0; tried < TRIES; tried += 1) {
    if (tried > 0) await sleep((options.retryMs ?? RETRY_MS) * 2 ** tried);
    status = await send(event.ResponseURL, body);
    options.log.info('setup', { request: event.RequestType, result: result.Status, status });
    if (status >= 200 && status < 300) return;
  }
  throw new Error(`The answer did not get through (${status}).`);
}

import { randomBytes, randomUUID } from 'node:crypto';

/** Random ids and secrets, injected so that tests can repeat them. */
export interface Ids {
  /** A random UUID (version 4) with dashes. */
  uuid(): string;
  /** 32 lower-case hex digits. */
  hex32(): string;
  /** `bytes` random bytes (default 32) as base64url, for secrets. */
  secret(bytes?: number): string;
  /** From 0 to 1, 1 excluded: for what chance is to decide. */
  fraction(): number;
}

/** What the id of a run is: one made here, or one that a client brought. */
export const RUN_ID = /^[A-Za-z0-9][\w-]{0,255}$/;

/** Whether a text can be the id of a run at all. */
export const isRunId = (text: string): boolean => RUN_ID.test(text);

export const randomIds: Ids = {
  uuid: () => randomUUID(),
  hex32: () => randomUUID().replaceAll('-', ''),
  secret: (bytes = 32) => randomBytes(bytes).toString('base64url'),
  fraction: () => Math.random(),
};

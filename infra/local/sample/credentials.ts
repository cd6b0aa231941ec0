/** The first user of the local deployment, kept where only its owner can read it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const fileIn = (folder: string): string => join(folder, 'first-user.json');

export const keepCredentials = (folder: string, credentials: Credentials): Promise<void> =>
  writeFile(fileIn(folder), `${JSON.stringify(credentials)}\n`, { mode: 0o600 });

/** Throws, with what to do, when the file is gone but the deployment has users. */
export async function keptCredentials(folder: string): Promise<Credentials> {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as Credentials;
  throw new Error(
    `The password of the first user is not in ${fileIn(folder)} any more.\n` +
      `Put it back, or remove ${folder} to start with an empty deployment.`,
  );
}

/** The first user of the local deployment, kept where only its owner can read it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Where the credentials are kept. */
const fileIn = (folder: string): string => join(folder, 'first-user.json');

const keepCredentials = (folder: string, credentials: Credentials): Promise<void> =>
  writeFile(fileIn(folder), `${JSON.stringify(credentials)}\n`, { mode: 0o600 });

/** Throws, with what to do, when the file is gone but the deployment has users. */
async function keptCredentials(folder: string): Promise<Credentials> {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as Credentials;
  throw new Error(
    `The password of the first user is not in ${fileIn(folder)} any more.\n` +
      `Put it back, or remove ${folder} to start with an empty deployment.`,
  );
}

export interface FirstUser extends Credentials {
  /** Made just now; else it is from an earlier start. */
  readonly isNew: boolean;
}

/** The first user: made by `create` in an empty deployment (which else answers nothing), or as kept. */
export async function firstUser(
  folder: string,
  create: (username: string) => Promise<{ readonly password: string } | undefined>,
): Promise<FirstUser> {
  const username = 'admin';
  const made = await create(username);
  if (made === undefined) return { ...(await keptCredentials(folder)), isNew: false };
  const user = { username, password: made.password };
  await keepCredentials(folder, user);
  return { ...user, isNew: true };
}

/** What the output says about the user: the password itself at the first start only. */
export function describeUser(folder: string, { username, password, isNew }: FirstUser): string[] {
  const kept = `kept in ${fileIn(folder)}, which only you can read`;
  return [
    `  User                   ${username}`,
    isNew
      ? `  Password               ${password}   (shown this once; ${kept})`
      : `  Password               shown at the first start; ${kept}`,
  ];
}

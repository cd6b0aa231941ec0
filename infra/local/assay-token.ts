import process from 'node:process';

export const TOKEN_HELP =
  'Make a personal token (POST /api/v1/users/current/tokens) and give it in ASSAY_TOKEN.';

/** The personal token that a command acts with. Throws, with what to do, where there is none. */
export function assayToken(): string {
  const token = (process.env.ASSAY_TOKEN ?? '').trim();
  if (token === '') throw new Error(`ASSAY_TOKEN is empty. ${TOKEN_HELP}`);
  return token;
}

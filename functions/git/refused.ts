import { RepositoryRefused } from '#kernel/repositories.ts';

/** The host sends what no honest one sends. */
export const malformed = (what: string): RepositoryRefused =>
  new RepositoryRefused(`the host does not answer as git does (${what})`);

export const tooLarge = (limit: number, unit: string): RepositoryRefused =>
  new RepositoryRefused(`it is too large: more than ${limit} ${unit}`);

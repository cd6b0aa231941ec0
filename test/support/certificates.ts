import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

const read = (name: string): string =>
  readFileSync(new URL(`certificates/${name}.pem`, import.meta.url), 'utf8');

/** What a server shows; the file holds its private key, too. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const both = (text: string): Certificate => ({ key: text, cert: text });

/**
 * For `git.test`, by a CA whose key was thrown away: one that is good until the year 9999, and one that
 * ended in 2020.
 */
export const GOOD: Certificate = both(read('good'));
export const EXPIRED: Certificate = both(read('expired'));

/** Makes this process trust that CA beside those that it trusts anyway; returns what undoes it. */
export function trustTestCa(): () => void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, read('ca')]);
  return () => setDefaultCACertificates(before);
}

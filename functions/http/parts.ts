import type { Route } from './route.ts';

/** Rows of a dialect that load together, by the first request for one of their paths. */
export interface Part<Given extends readonly unknown[] = []> {
  readonly name: string;
  readonly paths: RegExp;
  readonly routes: (...given: Given) => Promise<readonly Route[]>;
}

/** The part that a path belongs to: the first that fits. */
export const partAt = <P extends Pick<Part, 'paths'>>(
  parts: readonly P[],
  path: string,
): P | undefined => parts.find(({ paths }) => paths.test(path));

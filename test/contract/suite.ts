import { afterAll, beforeAll, expect, it } from 'vitest';

/** Tests of a contract that a backend is known to fail: title → why. They are skipped there. */
export interface ContractOptions {
  readonly lacks?: { readonly [title: string]: string };
}

/** `it`, but for what the backend lacks; a lack that names no test would hide a renamed one. */
export const contractTests = (options: ContractOptions) => {
  const known = new Set<string>();
  const lacks = options.lacks ?? {};
  const test = (title: string, run: () => Promise<void>): void => {
    known.add(title);
    const reason = lacks[title];
    it.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (${reason})`, run);
  };
  // As a test of its own: groups within a group are only collected once the outer one has ended.
  const assertLacksAreKnown = (): void => {
    it('lacks only what is tested', () => {
      expect(Object.keys(lacks).filter((title) => !known.has(title))).toEqual([]);
    });
  };
  return { test, assertLacksAreKnown };
};

/** Opens a backend before the tests of a group and closes it after them; answers a way to reach it. */
export const openedOnce = <Opened extends { close(): Promise<void> }>(
  what: string,
  open: () => Promise<Opened>,
): (() => Opened) => {
  let opened: Opened | undefined;
  beforeAll(async () => {
    opened = await open();
  }, 60_000);
  afterAll(() => opened?.close());
  return () => {
    if (opened === undefined) throw new Error(`The ${what} not open.`);
    return opened;
  };
};

let serial = 0;
/** A name that no other test of any run uses, so that suites can share one backend. */
export const uniqueName = (stem: string): string => {
  serial += 1;
  return `${stem}-${process.pid}-${Date.now().toString(36)}-${serial}`;
};

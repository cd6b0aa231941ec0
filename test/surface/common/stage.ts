import { expect } from 'vitest';
import type { Route } from '#http/route.ts';
import type { Answer, Client, Json, TestApp } from '../../support/app.ts';
import { type Call, type Fixture, type Fixtures, validCall } from './fixture.ts';
import type { World } from './world.ts';

/** The dialect whose routes are tested. */
export interface Matrix {
  readonly base: string;
  readonly routes: readonly Route[];
  readonly fixtures: Fixtures;
  /** Whether a body has the shape of the dialect's errors. */
  readonly isError: (body: Json) => boolean;
}

/** A row of the route table with the way to call it. */
export type Row = Route & { readonly fixture: Fixture };

/** What the tests of one dialect share. */
export interface Stage {
  readonly matrix: Matrix;
  readonly rows: readonly Row[];
  app: TestApp;
  mine: World;
  /** Of the same group, so that only what is in what tells them apart. */
  beside: World;
  theirs: World;
}

/** In the place of an id: there is nothing of this number. */
export const MISSING = 987_654_321;

/** What answers say of a kind of credential that a route is not for, whatever it may do elsewhere. */
export const WRONG_KIND = /This credential may not call this\.|Only workers may call this\./;

export const guardedRows = (rows: readonly Row[]): readonly Row[] =>
  rows.filter(({ access }) => access.kind !== 'public');

export const send = (client: Client, { method, path, body }: Call): Promise<Answer> =>
  client.call(method, path, body);

export const callOf = (stage: Stage, row: Row, world = stage.mine): Promise<Call> =>
  validCall(stage.matrix.base, row, row.fixture, world);

/** Whoever makes the valid call. */
export const callerOf = async (stage: Stage, row: Row): Promise<Client> =>
  (await row.fixture.as?.(stage.mine)) ?? stage.mine.owner;

/** The text with these ids made alike, to compare what it says of different ones. */
export const withoutIds = (text: string, ids: readonly (string | number)[]): string =>
  ids.reduce<string>(
    // A small number may be a part of other words, such as the version in an address.
    (shown, id) =>
      shown.replaceAll(
        new RegExp(`(?<!\\w)${String(id).replaceAll(/\W/g, '\\$&')}(?!\\w)`, 'g'),
        '<id>',
      ),
    text,
  );

export function expectError({ matrix }: Stage, answer: Answer, status: number): void {
  expect([answer.status, answer.status === status ? '' : answer.text]).toEqual([status, '']);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(matrix.isError(answer.body)).toBe(true);
}

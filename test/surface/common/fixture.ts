import { pathParameters, type Route } from '#http/route.ts';
import type { Client, Json } from '../../support/app.ts';
import type { World } from './world.ts';

export type Ids = { readonly [name: string]: number | string };

/** How to make a valid call of a route in a world. */
export interface Fixture {
  /** Values of the path; they may be made for the call. */
  readonly params?: (world: World) => Ids | Promise<Ids>;
  /** After the question mark. */
  readonly query?: (world: World) => string | Promise<string>;
  readonly body?: (world: World) => object | Promise<object>;
  /** 200 unless given. */
  readonly status?: number;
  /** Who makes the valid call, where that is not the world's owner. */
  readonly as?: (world: World) => Promise<Client>;
  /** It belongs to whoever calls, so everybody may call it. */
  readonly own?: true;
  /** Only who made it sees it: to other members of the group it is missing. */
  readonly secret?: true;
  /** For administrators of the deployment only; the owner of the first world is one. */
  readonly administrators?: true;
  /** For those who manage the group: its owners and admins. */
  readonly managers?: true;
  /** Whoever is in the group may, whatever their permissions. */
  readonly anyMember?: true;
  /** A missing parent's children are an empty list here. */
  readonly empty?: true;
  /** Ids in the body by their path (`a.0.b`): another group's must look like missing ones. */
  readonly refs?: (world: World) => { readonly [path: string]: number };
  /** What it answers when an id in the body is missing, where that is not 404. */
  readonly missing?: number;
}

export type Fixtures = { readonly [operationId: string]: Fixture };

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: Json;
}

export const addressOf = (base: string, route: Route, params: Ids): string =>
  base +
  pathParameters(route.path).reduce(
    (path, { name }) => path.replace(new RegExp(`\\{${name}(:int|\\*)?\\}`), String(params[name])),
    route.path,
  );

/** A valid call of `route`, with everything made that it needs. */
export async function validCall(
  base: string,
  route: Route,
  fixture: Fixture,
  world: World,
): Promise<Call> {
  const params = (await fixture.params?.(world)) ?? {};
  const body = await fixture.body?.(world);
  const query = fixture.query === undefined ? '' : `?${await fixture.query(world)}`;
  return { method: route.method, path: addressOf(base, route, params) + query, body };
}

function withField(form: FormData, name: string, text: string): FormData {
  const changed = new FormData();
  for (const [other, value] of form) if (other !== name) changed.append(other, value);
  changed.append(name, text);
  return changed;
}

/** `body` with the value at a path of names and indexes replaced. */
export function withValue(body: Json, path: string, value: unknown): Json {
  if (body instanceof FormData) return withField(body, path, String(value));
  const [head = '', ...rest] = path.split('.');
  const inner = rest.length === 0 ? value : withValue(body[head], rest.join('.'), value);
  if (!Array.isArray(body)) return { ...body, [head]: inner };
  return body.with(Number(head), inner);
}

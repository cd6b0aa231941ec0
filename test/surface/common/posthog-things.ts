import type { Answer, Json } from '../../support/app.ts';
import type { Fixture } from './fixture.ts';
import type { World } from './world.ts';

export function made(answer: Answer): Json {
  if (answer.status >= 300) throw new Error(`${answer.status}: ${answer.text}`);
  return answer.body;
}

export const at = ({ group }: World, path: string): string => `/api/projects/${group.id}/${path}`;
export const make = async (world: World, path: string, body?: object): Promise<Json> =>
  made(await world.owner.post(at(world, path), body));

export const PROJECT = ({ group }: World) => ({ project: group.id });
export const named = ({ name }: World) => ({ name: name() });
/** A path with the id of something that is made for the call. */
export const of =
  (thing: (world: World) => Promise<Json>): NonNullable<Fixture['params']> =>
  async (world) => ({ project: world.group.id, id: (await thing(world)).id });

export const tokenOf = async (world: World): Promise<string> =>
  made(await world.owner.get(at(world, ''))).api_token;

export const PAID = {
  kind: 'ExperimentMetric',
  metric_type: 'mean',
  source: { kind: 'EventsNode', event: 'paid' },
};
export const TWO_VARIANTS = {
  groups: [{ properties: [], rollout_percentage: 100 }],
  multivariate: {
    variants: [
      { key: 'control', rollout_percentage: 50 },
      { key: 'test', rollout_percentage: 50 },
    ],
  },
};
export const HELD_OUT = [{ properties: [], rollout_percentage: 10 }];

export const newFlag = (world: World, more: object = {}) =>
  make(world, 'feature_flags', { key: world.name(), ...more });

import { compileFlag, evaluate, type FlagDefinition, type Subject } from '#domain/flags/index.ts';

export const everyone = { properties: [], rollout_percentage: 100 };
export const nobody = { properties: [], rollout_percentage: 0 };
export const halves = {
  variants: [
    { key: 'control', rollout_percentage: 50 },
    { key: 'test', rollout_percentage: 50 },
  ],
};
export const only = (key: string, value: unknown, more: object = {}) => ({
  properties: [{ key, value, operator: 'exact', type: 'person' }],
  rollout_percentage: 100,
  ...more,
});

export function evaluated(filters: unknown, subject: Partial<Subject> = {}, flag: object = {}) {
  const definition: FlagDefinition = { key: 'flag', active: true, filters, ...flag };
  return evaluate(compileFlag(definition), { distinctId: 'someone', now: 0, ...subject });
}

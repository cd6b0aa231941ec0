/** Flags as a team has them after a year: variants, conditions on what is known of people, shares. */

/** As the API takes it, which is how SDKs get it, too. */
export interface FlagDocument {
  readonly id: number;
  readonly team_id: number;
  readonly key: string;
  readonly name: string;
  readonly active: boolean;
  readonly deleted: boolean;
  readonly version: number;
  readonly ensure_experience_continuity: boolean;
  readonly filters: {
    readonly groups: readonly object[];
    readonly multivariate: object | null;
    readonly payloads: object;
  };
}

const property = (key: string, operator: string, value: unknown) => ({
  key,
  operator,
  value,
  type: 'person',
});

const variants = [
  { key: 'control', rollout_percentage: 34 },
  { key: 'one', rollout_percentage: 33 },
  { key: 'two', rollout_percentage: 33 },
];

/** The same number is the same flag: two conditions of two properties each, a pattern among them, and three variants. */
export const flagDocument = (index: number): FlagDocument => ({
  id: index + 1,
  team_id: 2,
  key: `flag-${index}`,
  name: `Flag ${index}`,
  active: true,
  deleted: false,
  version: 1,
  ensure_experience_continuity: false,
  filters: {
    groups: [
      {
        properties: [
          property('email', 'regex', `^p[0-9]*${index % 10}@example\\.(org|com)$`),
          property('age', 'gte', 18 + (index % 20)),
        ],
        rollout_percentage: 60,
      },
      {
        properties: [
          property('plan', 'exact', ['pro', 'team']),
          property('country', 'is_not', ['XX', 'YY']),
        ],
        rollout_percentage: 80,
      },
    ],
    multivariate: { variants },
    payloads: { one: '{"a":1}' },
  },
});

export const personAt = (index: number) => ({
  id: `user-${index}`,
  properties: {
    email: `p${index}@example.${index % 3 === 0 ? 'net' : 'org'}`,
    age: index % 60,
    plan: ['free', 'pro', 'team'][index % 3] ?? 'free',
    country: 'DE',
  },
});

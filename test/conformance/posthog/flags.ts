/** Flags that people make, of every kind that SDKs evaluate by themselves. */

interface FlagBody {
  readonly key: string;
  readonly name: string;
  readonly active?: boolean;
  readonly filters: object;
}

const everyone = [{ properties: [], rollout_percentage: 100 }];

const person = (key: string, operator: string, value: unknown) => ({
  key,
  operator,
  value,
  type: 'person',
});

export const FLAGS: readonly FlagBody[] = [
  {
    key: 'three-arms',
    name: 'A control and two others',
    filters: {
      groups: everyone,
      multivariate: {
        variants: [
          { key: 'control', rollout_percentage: 34 },
          { key: 'blue', rollout_percentage: 33 },
          { key: 'red', rollout_percentage: 33 },
        ],
      },
      payloads: { blue: JSON.stringify({ colour: '#00f', sizes: [1, 2] }), red: '"plain"' },
    },
  },
  {
    key: 'partly',
    name: 'For 37 of 100',
    filters: { groups: [{ properties: [], rollout_percentage: 37 }], payloads: { true: '42' } },
  },
  {
    key: 'by-property',
    name: 'For those of a company, and for payers',
    filters: {
      groups: [
        {
          properties: [
            person('email', 'regex', '.*@example\\.(org|com)$'),
            person('age', 'gte', 18),
          ],
          rollout_percentage: 100,
        },
        { properties: [person('plan', 'exact', ['pro', 'team'])], rollout_percentage: 50 },
      ],
    },
  },
  {
    key: 'vip',
    name: 'One variant for some',
    filters: {
      groups: [
        { properties: [], rollout_percentage: 100 },
        {
          properties: [person('plan', 'exact', ['vip'])],
          rollout_percentage: 100,
          variant: 'gold',
        },
      ],
      multivariate: {
        variants: [
          { key: 'silver', rollout_percentage: 90 },
          { key: 'gold', rollout_percentage: 10 },
        ],
      },
    },
  },
  {
    key: 'off',
    name: 'Nobody has it',
    active: false,
    filters: { groups: everyone },
  },
];

export interface Person {
  readonly id: string;
  readonly properties: { readonly [name: string]: string | number };
}

const PLANS = ['free', 'pro', 'team', 'vip'];
const DOMAINS = ['example.org', 'example.com', 'example.net'];

/** People with what flags ask of them; the same number is the same person. */
export const personOf = (index: number): Person => ({
  // Letters of many alphabets: a hash takes the bytes of UTF-8.
  id: index % 7 === 0 ? `ünï-日本-${index}` : `user-${index}`,
  properties: {
    email: `p${index}@${DOMAINS[index % 3]}`,
    age: 10 + (index % 50),
    plan: PLANS[index % 4] ?? 'free',
  },
});

/** What a flag gives somebody: a variant, or whether it is on. */
export type Value = string | boolean;
/** By flag. */
export type Values = { readonly [key: string]: Value };

/** What people have, in one line each, so that two ways of asking can be compared. */
export const lineOf = (id: string, values: Values): string =>
  `${id}: ${FLAGS.map(({ key }) => `${key}=${values[key] ?? false}`).join(' ')}`;

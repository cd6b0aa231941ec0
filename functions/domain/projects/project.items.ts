import { key, prefix } from '#kernel/keys.ts';
import type { Item, Key } from '#kernel/table.ts';

/** What the analyses of a project go by where an A/B test says nothing. */
export interface ProjectSettings {
  /** Name of a time zone (IANA): where a day of the project begins. */
  readonly timezone: string;
  /** Filters of what its own people do, as experiments leave it out; documents of PostHog's. */
  readonly testAccountFilters: readonly { readonly [name: string]: unknown }[];
  readonly statsMethod?: 'bayesian' | 'frequentist' | undefined;
  /** Between 0 and 1. */
  readonly confidenceLevel?: number | undefined;
}

/** What a group is as a project of feature flags and A/B tests. */
export interface Project extends ProjectSettings {
  readonly groupId: number;
  /** It is public: pages show it. Whoever has it may evaluate flags and send events. */
  readonly token: string;
  readonly createdOn: number;
  /** Rises with every change. */
  readonly revision: number;
}

export const projectKeys = {
  project: (groupId: number): Key => key(`${prefix.project}#${groupId}`, 'PROJECT'),
};

export const DEFAULTS: ProjectSettings = { timezone: 'UTC', testAccountFilters: [] };

export function readProject(item: Item): Project {
  const { pk: _pk, sk: _sk, ...row } = item;
  return row as unknown as Project;
}

import { Card } from '../../ui/page.tsx';
import { Facts } from '../../ui/text.tsx';
import { filterWords } from './filter-values.ts';
import { type Condition, filtersOf } from './filters.ts';
import type { Flag } from './model.ts';

const conditionWords = ({ properties, rollout_percentage: share }: Condition): string => {
  const filters = (properties ?? []).map(filterWords).join(' and ');
  return `${filters === '' ? 'everybody' : filters}, ${share ?? 100}%`;
};

/** What of a flag's document only the API changes. */
export function FlagReadOnly({ flag }: { readonly flag: Flag }) {
  const { super_groups: supers, holdout, early_exit: exits } = filtersOf(flag);
  const facts: (readonly [string, string])[] = [
    ...(supers ?? []).map((each): [string, string] => ['Super condition', conditionWords(each)]),
    ...(holdout === null || holdout === undefined
      ? []
      : ([
          ['Holdout', `holdout ${String(holdout.id)}, ${holdout.exclusion_percentage}%`],
        ] as const)),
    ...(exits === true ? ([['Early exit', 'the first set that fits decides alone']] as const) : []),
    ...(flag.evaluation_contexts.length > 0
      ? ([['Evaluation contexts', flag.evaluation_contexts.join(', ')]] as const)
      : []),
  ];
  if (facts.length === 0) return null;
  return (
    <Card title="Set elsewhere">
      <p className="quiet">These come before the release conditions; the API changes them.</p>
      <Facts facts={facts.map(([name, value]) => [name, <bdi key={value}>{value}</bdi>])} />
    </Card>
  );
}

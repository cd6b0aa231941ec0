import {
  type Filter,
  type KeyRule,
  LISTED,
  NULLABLE,
  NUMERIC,
  TEXTUAL,
  type Vocabulary,
} from '#kernel/filter/ast.ts';

const time: KeyRule = { type: 'integer', operators: NUMERIC };

/** What a search of experiments may ask for. */
export const experimentVocabulary: Vocabulary = {
  entities: {
    attribute: {
      aliases: ['attributes', 'attr'],
      keys: {
        name: { type: 'string', operators: TEXTUAL },
        experiment_id: { type: 'string', operators: ['=', '!=', ...LISTED] },
        creation_time: time,
        last_update_time: time,
      },
    },
    tag: { aliases: ['tags'], open: { type: 'string', operators: [...TEXTUAL, ...NULLABLE] } },
  },
  sortable: [
    'attribute.name',
    'attribute.experiment_id',
    'attribute.creation_time',
    'attribute.last_update_time',
  ],
};

/** Whether a filter asks for tags. */
export const asksTags = (filter: Filter | undefined): boolean => {
  if (filter === undefined) return false;
  if (filter.kind === 'comparison') return filter.field.entity === 'tag';
  return filter.kind === 'not' ? asksTags(filter.of) : filter.of.some(asksTags);
};

/** The filter with the ids that it names as the domain knows them. */
export function withIds(filter: Filter, toId: (text: string) => string): Filter {
  if (filter.kind === 'not') return { ...filter, of: withIds(filter.of, toId) };
  if (filter.kind !== 'comparison') {
    return { ...filter, of: filter.of.map((part) => withIds(part, toId)) };
  }
  const { field, value } = filter;
  if (field.entity !== 'attribute' || field.key !== 'experiment_id') return filter;
  if (typeof value === 'string') return { ...filter, value: toId(value) };
  return Array.isArray(value) ? { ...filter, value: value.map(toId) } : filter;
}

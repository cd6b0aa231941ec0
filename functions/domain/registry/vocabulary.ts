import {
  type Comparison,
  type Filter,
  type KeyRule,
  LISTED,
  NULLABLE,
  NUMERIC,
  TEXTUAL,
  type Vocabulary,
} from '#kernel/filter/ast.ts';
import { PROMPT_TAG } from './schemas.ts';

const text: KeyRule = { type: 'string', operators: TEXTUAL };
const listed: KeyRule = { type: 'string', operators: [...TEXTUAL, ...LISTED] };
const tag = {
  aliases: ['tags'],
  open: { type: 'string', operators: [...TEXTUAL, ...NULLABLE] },
} as const;

/** What a search of registered models may ask for. */
export const modelVocabulary: Vocabulary = {
  entities: {
    attribute: {
      aliases: ['attributes'],
      keys: { name: listed },
      keyAliases: { timestamp: 'last_updated_timestamp' },
    },
    tag,
  },
  sortable: ['attribute.name', 'attribute.creation_timestamp', 'attribute.last_updated_timestamp'],
};

/** What a search of versions may ask for. */
export const versionVocabulary: Vocabulary = {
  entities: {
    attribute: {
      aliases: ['attributes'],
      keys: {
        name: listed,
        version_number: { type: 'integer', operators: NUMERIC },
        run_id: listed,
        source_path: text,
      },
    },
    tag,
  },
  sortable: [
    'attribute.name',
    'attribute.version_number',
    'attribute.creation_timestamp',
    'attribute.last_updated_timestamp',
  ],
};

/** Every comparison of a filter, wherever it stands. */
export function comparisonsOf(filter: Filter | undefined): readonly Comparison[] {
  if (filter === undefined) return [];
  if (filter.kind === 'comparison') return [filter];
  return filter.kind === 'not' ? comparisonsOf(filter.of) : filter.of.flatMap(comparisonsOf);
}

/** The names of the tags that a filter asks for. */
export const tagsAskedFor = (filter: Filter | undefined): readonly string[] =>
  comparisonsOf(filter)
    .filter(({ field }) => field.entity === 'tag')
    .map(({ field }) => field.key);

/** Prompts are left out of answers unless a filter asks for them. */
export const asksForPrompts = (filter: Filter | undefined): boolean =>
  comparisonsOf(filter).some(({ field, operator, value }) => {
    if (field.entity !== 'tag' || field.key !== PROMPT_TAG) return false;
    const word = String(value).toLowerCase();
    return (operator === '=' && word === 'true') || (operator === '!=' && word === 'false');
  });

/** The values of which an attribute must be one in every row that fits; `undefined` where any may do. */
export function requiredValues(
  filter: Filter | undefined,
  attribute: string,
): readonly string[] | undefined {
  if (filter === undefined) return undefined;
  if (filter.kind === 'all') {
    return filter.of.map((part) => requiredValues(part, attribute)).find((each) => each);
  }
  if (filter.kind !== 'comparison') return undefined;
  const { field, operator, value } = filter;
  if (field.entity !== 'attribute' || field.key !== attribute) return undefined;
  if (operator === '=' && typeof value === 'string') return [value];
  return operator === 'IN' && Array.isArray(value) ? [...new Set(value as string[])] : undefined;
}

import {
  type KeyRule,
  LISTED,
  NULLABLE,
  NUMERIC,
  TEXTUAL,
  type Vocabulary,
} from '#kernel/filter/ast.ts';

const text: KeyRule = { type: 'string', operators: [...TEXTUAL, ...LISTED] };
const time: KeyRule = { type: 'number', operators: NUMERIC };
const entry: KeyRule = { type: 'string', operators: [...TEXTUAL, ...LISTED, ...NULLABLE] };

/** What a search of logged models may ask for. */
export const modelVocabulary: Vocabulary = {
  entities: {
    metric: { aliases: ['metrics'], open: { type: 'number', operators: NUMERIC } },
    param: { aliases: ['params', 'parameters'], label: 'parameter', open: entry },
    tag: { aliases: ['tags'], open: entry },
    attribute: {
      aliases: ['attributes', 'attr'],
      keys: {
        name: text,
        model_id: text,
        model_type: text,
        status: text,
        source_run_id: text,
        creation_timestamp: time,
        last_updated_timestamp: time,
      },
      keyAliases: {
        creation_time: 'creation_timestamp',
        creation_timestamp_ms: 'creation_timestamp',
        last_updated_time: 'last_updated_timestamp',
        last_updated_timestamp_ms: 'last_updated_timestamp',
      },
    },
  },
  sortable: [
    'metric.*',
    'attribute.name',
    'attribute.model_id',
    'attribute.model_type',
    'attribute.status',
    'attribute.source_run_id',
    'attribute.creation_timestamp',
    'attribute.last_updated_timestamp',
  ],
};

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
const entry: KeyRule = { type: 'string', operators: [...TEXTUAL, ...NULLABLE] };

/** What a search of runs may ask for. */
export const runVocabulary: Vocabulary = {
  entities: {
    metric: { aliases: ['metrics'], open: { type: 'number', operators: NUMERIC } },
    param: { aliases: ['params', 'parameters'], label: 'parameter', open: entry },
    tag: { aliases: ['tags'], open: entry },
    attribute: {
      aliases: ['attributes', 'attr', 'run'],
      keys: {
        run_id: text,
        run_name: text,
        status: text,
        artifact_uri: text,
        user_id: text,
        start_time: time,
        end_time: time,
      },
      keyAliases: {
        created: 'start_time',
        Created: 'start_time',
        'run name': 'run_name',
        'Run name': 'run_name',
        'Run Name': 'run_name',
      },
    },
    dataset: { aliases: ['datasets'], keys: { name: text, digest: text, context: text } },
  },
  sortable: [
    'metric.*',
    'param.*',
    'tag.*',
    'attribute.run_id',
    'attribute.run_name',
    'attribute.status',
    'attribute.artifact_uri',
    'attribute.user_id',
    'attribute.start_time',
    'attribute.end_time',
  ],
};

import {
  type KeyRule,
  LISTED,
  NULLABLE,
  NUMERIC,
  ORDERING,
  TEXTUAL,
  type Vocabulary,
} from '#kernel/filter/ast.ts';
import { regexTest } from '#kernel/filter/regex.ts';
import { NAME_TAG, RUN_METADATA } from '../schemas.ts';

const text: KeyRule = { type: 'string', operators: [...TEXTUAL, 'RLIKE', ...LISTED] };
const number: KeyRule = { type: 'number', operators: NUMERIC };
const entry: KeyRule = { type: 'string', operators: [...TEXTUAL, 'RLIKE', ...NULLABLE] };
const judged: KeyRule = {
  type: 'either',
  operators: [...TEXTUAL, ...ORDERING, 'RLIKE', ...NULLABLE],
};
/** Spans are files, which no search reads: of what they say the previews are looked at. */
const content: KeyRule = { type: 'string', operators: ['LIKE', 'ILIKE'] };
const previews = { entity: 'attribute', key: 'text' };

/** What a search of traces may ask for. */
export const traceVocabulary: Vocabulary = {
  regex: regexTest,
  entities: {
    attribute: {
      aliases: ['attributes', 'trace'],
      keys: {
        request_id: text,
        client_request_id: text,
        status: text,
        timestamp_ms: number,
        execution_time_ms: number,
        end_time_ms: number,
        name: { ...text, as: { entity: 'tag', key: NAME_TAG } },
        run_id: { ...text, as: { entity: 'request_metadata', key: RUN_METADATA } },
        prompt: { type: 'string', operators: ['='] },
        text: content,
      },
      keyAliases: {
        trace_id: 'request_id',
        timestamp: 'timestamp_ms',
        execution_time: 'execution_time_ms',
        end_time: 'end_time_ms',
      },
    },
    tag: { aliases: ['tags'], open: entry },
    request_metadata: { aliases: ['metadata'], open: entry },
    feedback: { open: judged },
    expectation: { open: judged },
    issue: { keys: { id: { type: 'string', operators: ['='] } } },
    span: { keys: { content: { ...content, as: previews } } },
  },
  sortable: [
    'attribute.timestamp_ms',
    'attribute.execution_time_ms',
    'attribute.end_time_ms',
    'attribute.status',
    'attribute.request_id',
    'attribute.experiment_id',
    'attribute.name',
    'attribute.run_id',
    'tag.*',
    'request_metadata.*',
  ],
};

import type { Field } from '#kernel/filter/ast.ts';
import type { FieldValue, ReadField } from '#kernel/filter/matches.ts';
import { type Assessment, entryOf, RUN_METADATA, type Trace } from '../schemas.ts';
import { runsOf } from '../trace.items.ts';

/** The value of an assessment as text and, where it is one, as a number. */
function judgement({ value }: Assessment): readonly (string | number)[] {
  const parsed: unknown = JSON.parse(value);
  if (typeof parsed === 'string') return [parsed];
  return typeof parsed === 'number' ? [parsed, value] : [value];
}

const judged = ({ assessments }: Trace, kind: string, name: string): FieldValue =>
  assessments
    .filter((one) => one.valid && one.kind === kind && one.name === name)
    .flatMap(judgement);

function attribute(trace: Trace, key: string): FieldValue {
  switch (key) {
    case 'request_id':
      return trace.id;
    case 'client_request_id':
      return trace.clientRequestId;
    case 'status':
      return trace.state;
    case 'timestamp_ms':
      return trace.time;
    case 'execution_time_ms':
      return trace.duration;
    case 'end_time_ms':
      return trace.time + (trace.duration ?? 0);
    case 'experiment_id':
      return trace.experimentId;
    case 'prompt':
      return trace.prompts;
    default:
      return [trace.requestPreview, trace.responsePreview].flatMap((text) => text ?? []);
  }
}

/** What a trace holds in the fields of a search. */
export const reader =
  (trace: Trace): ReadField =>
  ({ entity, key }: Field) => {
    switch (entity) {
      case 'tag':
        return entryOf(trace.tags, key);
      case 'request_metadata':
        return key === RUN_METADATA
          ? [...new Set([...runsOf(trace), ...(entryOf(trace.metadata, key) ?? [])])]
          : entryOf(trace.metadata, key);
      case 'feedback':
      case 'expectation':
        return judged(trace, entity, key);
      case 'issue':
        return trace.assessments.filter((one) => one.kind === 'issue').map(({ name }) => name);
      default:
        return attribute(trace, key);
    }
  };

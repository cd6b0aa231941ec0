import type { Field } from '#kernel/filter/ast.ts';
import { artifactUri } from '../artifact-uri.ts';
import { type Card, metricOf, paramOf, tagOf } from '../run-index/card.ts';
import type { Run } from '../schemas.ts';

/** What a run says of one of its attributes. */
export function attributeOf(run: Run, key: string): string | number | undefined {
  switch (key) {
    case 'run_id':
      return run.id;
    case 'run_name':
      return run.name;
    case 'status':
      return run.status;
    case 'artifact_uri':
      return artifactUri(run);
    case 'user_id':
      return run.user;
    case 'experiment_id':
      return String(run.experimentId);
    case 'start_time':
      return run.startTime;
    case 'end_time':
      return run.endTime;
    default:
      return undefined;
  }
}

const CONTEXT_TAG = 'mlflow.data.context';

function datasetsOf({ inputs }: Card, key: string): readonly string[] {
  const datasets = inputs?.datasets ?? [];
  if (key === 'name') return datasets.map(({ name }) => name);
  if (key === 'digest') return datasets.map(({ digest }) => digest);
  return datasets.flatMap(({ tags }) =>
    tags.filter((tag) => tag.key === CONTEXT_TAG).map(({ value }) => value),
  );
}

/** What a filter compares of a run; of datasets there may be several. */
export function readField(
  card: Card,
  { entity, key }: Field,
): string | number | undefined | readonly string[] {
  if (entity === 'metric') return metricOf(card, key);
  if (entity === 'param') return paramOf(card, key);
  if (entity === 'tag') return tagOf(card, key);
  if (entity === 'dataset') return datasetsOf(card, key);
  return attributeOf(card.run, key);
}

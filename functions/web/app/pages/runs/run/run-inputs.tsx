import { Card } from '../../../ui/page.tsx';
import { Name } from '../../../ui/text.tsx';
import type { Run } from '../run-data.ts';

/** Data sets and models that the run took in, and models that it made. */
export function RunInputs({ run }: { readonly run: Run }) {
  const { dataset_inputs: datasets = [], model_inputs: taken = [] } = run.inputs;
  const { model_outputs: made = [] } = run.outputs;
  if (datasets.length + taken.length + made.length === 0) return null;
  return (
    <Card title="Data sets and models">
      <ul>
        {datasets.map(({ dataset, tags }) => (
          <li key={`${dataset.name} ${dataset.digest}`}>
            Data set <Name>{dataset.name}</Name> <code>{dataset.digest}</code>
            {tags?.map(({ key, value }) => (
              <span key={key} className="quiet">
                {' '}
                <Name>{key === 'mlflow.data.context' ? value : `${key} ${value}`}</Name>
              </span>
            ))}
          </li>
        ))}
        {taken.map(({ model_id: id }) => (
          <li key={id}>
            Took in model <code>{id}</code>
          </li>
        ))}
        {made.map(({ model_id: id, step }) => (
          <li key={`${id} ${step}`}>
            Made model <code>{id}</code> at step {step}
          </li>
        ))}
      </ul>
    </Card>
  );
}

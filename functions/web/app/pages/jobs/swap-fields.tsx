import { useQuery } from '@tanstack/react-query';
import { answerOf, dioptra } from '../../data/api.ts';
import { SelectField } from '../../ui/field.tsx';
import { Card, ErrorNote } from '../../ui/page.tsx';
import type { Entrypoint } from './job-types.ts';

interface SwapFieldsProps {
  readonly entrypoint: Entrypoint;
  readonly values: Readonly<Record<string, string>>;
  readonly onChange: (values: Readonly<Record<string, string>>) => void;
}

/** What runs in the place of each swap of the entrypoint, where it has any. */
export function SwapFields({ entrypoint, values, onChange }: SwapFieldsProps) {
  const { id, snapshot: snapshotId } = entrypoint;
  const query = useQuery({
    queryKey: ['entrypoint', id, 'swaps', snapshotId],
    queryFn: () =>
      answerOf(
        dioptra.GET('/entrypoints/{id}/snapshots/{snapshotId}/swaps', {
          params: { path: { id, snapshotId } },
        }),
      ),
  });
  if (query.isError) return <ErrorNote error={query.error} />;
  const choices = query.data ?? [];
  if (choices.length === 0) return null;
  const swaps = [...new Set(choices.map(({ swapName }) => swapName))];
  return (
    <Card title="Swaps">
      <div className="new-job-fields">
        {swaps.map((swap) => (
          <SelectField
            key={swap}
            label={swap}
            value={values[swap] ?? ''}
            onChange={({ target }) => onChange({ ...values, [swap]: target.value })}
          >
            <option value="">Choose one …</option>
            {choices
              .filter(({ swapName }) => swapName === swap)
              .map(({ taskAlias, taskName }) => (
                <option key={taskAlias} value={taskAlias}>
                  {taskAlias === taskName ? taskAlias : `${taskAlias} (${taskName})`}
                </option>
              ))}
          </SelectField>
        ))}
      </div>
    </Card>
  );
}

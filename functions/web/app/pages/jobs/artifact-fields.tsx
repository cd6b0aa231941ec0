import { queryOptions, useQuery } from '@tanstack/react-query';
import { answerOf, dioptra } from '../../data/api.ts';
import { dayOf } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { SelectField } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import type { Entrypoint } from './job-types.ts';

/** The newest artifacts of the group, to choose one of. */
export const artifactsQuery = (group: number) =>
  queryOptions({
    queryKey: ['artifacts', group, 'choices'],
    queryFn: () =>
      answerOf(
        dioptra.GET('/artifacts', {
          params: {
            query: { groupId: group, pageLength: 1000, sortBy: 'createdOn', descending: true },
          },
        }),
      ).then(({ data }) => data),
  });

type Artifact = Awaited<
  ReturnType<NonNullable<ReturnType<typeof artifactsQuery>['queryFn'] & object>>
>[number];
type Wanted = Entrypoint['artifactParameters'][number];

interface ArtifactFieldsProps {
  readonly entrypoint: Entrypoint;
  readonly values: Readonly<Record<string, number>>;
  readonly onChange: (values: Readonly<Record<string, number>>) => void;
}

/** The types that a task puts out, in their order: those of an artifact and of a parameter must be the same. */
const typesOf = (outputs: readonly { readonly parameterType: { readonly id: number } }[]): string =>
  outputs.map(({ parameterType }) => parameterType.id).join();

const fits = ({ task }: Artifact, { outputParams }: Wanted): boolean =>
  task !== null && 'outputParams' in task && typesOf(task.outputParams) === typesOf(outputParams);

/** Which artifact each artifact parameter of the entrypoint takes, where it has any. */
export function ArtifactFields({ entrypoint, values, onChange }: ArtifactFieldsProps) {
  const group = useGroup();
  const wanted = entrypoint.artifactParameters;
  const artifacts = useQuery({ ...artifactsQuery(group), enabled: wanted.length > 0 }).data ?? [];
  if (wanted.length === 0) return null;
  return (
    <Card title="Artifacts that it reads">
      <div className="new-job-fields">
        {wanted.map((parameter) => {
          const fitting = artifacts.filter((artifact) => fits(artifact, parameter));
          return (
            <SelectField
              key={parameter.name}
              label={parameter.name}
              hint={
                fitting.length === 0
                  ? 'The group has no artifact of these types yet: a job has to make one first.'
                  : 'Artifacts of the same types, the newest first'
              }
              value={values[parameter.name] ?? ''}
              onChange={({ target }) =>
                onChange({ ...values, [parameter.name]: Number(target.value) })
              }
            >
              <option value="">Choose one …</option>
              {fitting.map(({ id, description, createdOn }) => (
                <option key={id} value={id}>
                  {`${id}: ${description.slice(0, 80)} (${dayOf(createdOn)})`}
                </option>
              ))}
            </SelectField>
          );
        })}
      </div>
    </Card>
  );
}

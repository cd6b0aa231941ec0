import { useQuery } from '@tanstack/react-query';
import { answerOf, dioptra } from '../../../data/api.ts';
import { useGroup } from '../../../data/use-group.ts';
import { Checkbox } from '../../../ui/field.tsx';
import { Answer } from '../../../ui/page.tsx';

interface QueuesFormProps {
  readonly chosen: readonly number[];
  readonly onChange: (chosen: readonly number[]) => void;
}

/** Which queues the jobs of an entrypoint may wait in. */
export function QueuesForm({ chosen, onChange }: QueuesFormProps) {
  const group = useGroup();
  const queues = useQuery({
    queryKey: ['queues', group, 'all'],
    queryFn: () =>
      answerOf(
        dioptra.GET('/queues', {
          params: { query: { groupId: group, pageLength: 1000, sortBy: 'name' } },
        }),
      ),
  });
  return (
    <Answer query={queues}>
      {({ data }) =>
        data.length === 0 ? (
          <p className="quiet">The group has no queues yet; jobs need one.</p>
        ) : (
          <fieldset className="entry-queues">
            <legend className="visually-hidden">Queues</legend>
            {data.map(({ id, name }) => (
              <Checkbox
                key={id}
                label={<bdi>{name}</bdi>}
                checked={chosen.includes(id)}
                onChange={({ target }) =>
                  onChange(target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))
                }
              />
            ))}
          </fieldset>
        )
      }
    </Answer>
  );
}

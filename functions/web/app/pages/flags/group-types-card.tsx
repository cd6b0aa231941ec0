import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, type PosthogBody, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card, ErrorNote } from '../../ui/page.tsx';
import { Badge, Name } from '../../ui/text.tsx';
import { projectOf } from '../abtests/queries.ts';
import { useRights } from '../abtests/use-rights.ts';
import { groupTypesQuery } from './queries.ts';

const MOST = 5;

/** What people belong to, such as companies: flags may be for all of one alike. */
export function GroupTypesCard() {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const query = useQuery(groupTypesQuery(group));
  const { whyNotWrite } = useRights();
  const [name, setName] = useState('');
  const known = query.data ?? [];
  const add = useMutation({
    mutationFn: () =>
      answerOf(
        posthog.PUT('/api/projects/{project}/groups_types', {
          params: { path: { project: projectOf(group) } },
          body: [...known.map(({ group_type }) => group_type), name].map((group_type, index) => ({
            group_type,
            group_type_index: index,
          })) as PosthogBody<'setGroupTypes'>,
        }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: groupTypesQuery(group).queryKey });
      notices.done(`People may belong to a ${name} now.`);
      setName('');
    },
  });
  const submit = submitting(() => add.mutate());
  return (
    <Card title="Group types">
      <p className="quiet">
        What people belong to, such as a company: a flag can be the same for all of one. Types stay;
        there are {MOST} at most.
      </p>
      <Answer query={query}>
        {(types) => (
          <form className="stack" onSubmit={submit}>
            <div className="row">
              {types.length === 0 && <span className="quiet">None yet.</span>}
              {types.map(({ group_type }) => (
                <Badge key={group_type}>
                  <Name>{group_type}</Name>
                </Badge>
              ))}
            </div>
            {types.length < MOST && (
              <div className="row">
                <TextField
                  label="Another type"
                  labelHidden
                  placeholder="company"
                  required
                  maxLength={400}
                  value={name}
                  onChange={({ target }) => setName(target.value)}
                />
                <Button
                  type="submit"
                  busy={add.isPending}
                  disabled={whyNotWrite !== undefined}
                  title={whyNotWrite}
                >
                  Add a group type
                </Button>
              </div>
            )}
            {add.isError && <ErrorNote error={add.error} />}
          </form>
        )}
      </Answer>
    </Card>
  );
}

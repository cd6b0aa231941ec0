import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { count } from '../../data/format.ts';
import { sessionQuery } from '../../data/session.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Card, ErrorNote } from '../../ui/page.tsx';

const MOST = 1000;

interface LimitsProps {
  /** `null`: nothing limits it. */
  readonly running: number | null;
}

/** How many jobs of the group may run at a time; administrators change it. */
export function LimitsCard({ running }: LimitsProps) {
  const administrator = useQuery(sessionQuery).data?.administrator === true;
  return (
    <Card title="Limit of the group">
      <p>
        {running === null
          ? 'As many jobs of this group run at a time as there are workers.'
          : running === 0
            ? 'No job of this group is started: the limit is 0.'
            : `At most ${count(running)} jobs of this group run at a time; others wait.`}
      </p>
      {administrator ? (
        <LimitForm running={running} />
      ) : (
        <p className="quiet">Administrators of the deployment can change it.</p>
      )}
    </Card>
  );
}

const limitOf = (text: string): number | null | undefined => {
  if (text.trim() === '') return null;
  const limit = Number(text);
  return Number.isInteger(limit) && limit >= 0 && limit <= MOST ? limit : undefined;
};

function LimitForm({ running }: LimitsProps) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const [text, setText] = useState(String(running ?? ''));
  useEffect(() => setText(String(running ?? '')), [running]);
  const limit = limitOf(text);
  const save = useMutation({
    mutationFn: (runningJobs: number | null) =>
      answerOf(
        dioptra.PUT('/groups/{id}/limits', {
          params: { path: { id: group } },
          body: { runningJobs },
        }),
      ),
    onSuccess: async () => {
      notices.done('The limit was changed; it holds within five seconds.');
      await queries.invalidateQueries({ queryKey: ['overview', group] });
    },
  });
  const onSubmit = submitting(() => {
    if (limit !== undefined) save.mutate(limit);
  });
  return (
    <form className="queues-limit" onSubmit={onSubmit}>
      <TextField
        label="Jobs at a time"
        inputMode="numeric"
        hint="From 0 to 1000; empty: no limit"
        error={limit === undefined ? 'Write a whole number from 0 to 1000, or nothing.' : undefined}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <Button
        type="submit"
        busy={save.isPending}
        disabled={limit === undefined || limit === running}
      >
        Save the limit
      </Button>
      {save.isError && <ErrorNote error={save.error} />}
    </form>
  );
}

import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Name } from '../../ui/text.tsx';
import { filtersOf, variantsOfFlag } from './filters.ts';
import type { Flag } from './model.ts';
import { changeRequestOf } from './refused-change.tsx';
import { useFlagChange } from './use-flag-change.ts';

/** What can be done about a flag as a whole. */
export function FlagActions({ flag }: { readonly flag: Flag }) {
  const group = useGroup();
  const navigate = useNavigate();
  const notices = useNotices();
  const [asks, setAsks] = useState(false);
  const change = useFlagChange(flag.id);
  if (!flag.can_edit) return null;
  const canTest = variantsOfFlag(filtersOf(flag)).some(({ key }) => key === 'control');
  const set = (deleted: boolean): void =>
    change.mutate(
      { deleted },
      {
        onSuccess: () => {
          notices.done(deleted ? `${flag.key} was deleted.` : `${flag.key} is back.`);
          if (deleted) void navigate({ to: '/$group/flags', params: { group }, search: {} });
        },
        onError: (error) => {
          const request = changeRequestOf(error);
          if (request === undefined) notices.failed(error);
          else notices.done(`That waits for approval: change request ${request}.`);
        },
        onSettled: () => setAsks(false),
      },
    );
  if (flag.deleted) {
    return (
      <Button busy={change.isPending} onClick={() => set(false)}>
        Bring it back
      </Button>
    );
  }
  return (
    <>
      {canTest && (
        <Link
          className={buttonClass()}
          to="/$group/ab-tests/new"
          params={{ group }}
          search={{ flag: flag.key }}
        >
          New A/B test with it
        </Link>
      )}
      <Button kind="danger" onClick={() => setAsks(true)}>
        Delete …
      </Button>
      <Confirm
        title="Delete the flag"
        open={asks}
        onClose={() => setAsks(false)}
        action="Delete it"
        danger
        busy={change.isPending}
        onConfirm={() => set(true)}
      >
        <p>
          Programs that ask for <Name>{flag.key}</Name> get nothing from then on, and its key is
          free for another flag. It can be brought back at its address.
        </p>
      </Confirm>
    </>
  );
}

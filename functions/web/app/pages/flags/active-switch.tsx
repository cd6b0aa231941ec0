import { useQueryClient } from '@tanstack/react-query';
import { useGroup } from '../../data/use-group.ts';
import { useNotices } from '../../ui/notices.tsx';
import type { Flag } from './model.ts';
import { flagsKey } from './queries.ts';
import { changeRequestOf } from './refused-change.tsx';
import { useFlagChange } from './use-flag-change.ts';
import './active-switch.css';

interface Listed {
  readonly results: readonly Flag[];
}

const isListed = (data: unknown): data is Listed =>
  typeof data === 'object' && data !== null && 'results' in data;

/** Switches a flag on or off where it stands in a list: at once, and back again if that fails. */
export function ActiveSwitch({ flag }: { readonly flag: Flag }) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const change = useFlagChange(flag.id);
  const show = (active: boolean): void => {
    queries.setQueriesData({ queryKey: flagsKey(group) }, (data: unknown) =>
      isListed(data)
        ? {
            ...data,
            results: data.results.map((each) => (each.id === flag.id ? { ...each, active } : each)),
          }
        : data,
    );
  };
  const toggle = (active: boolean): void => {
    show(active);
    change.mutate(
      { active },
      {
        onSuccess: () => notices.done(`${flag.key} is ${active ? 'on' : 'off'}.`),
        onError: (error) => {
          show(!active);
          const request = changeRequestOf(error);
          if (request === undefined) notices.failed(error);
          else notices.done(`That waits for approval: change request ${request}.`);
        },
      },
    );
  };
  return (
    <label className="active-switch" title={flag.can_edit ? undefined : 'You may only read here.'}>
      <input
        type="checkbox"
        role="switch"
        aria-label={`${flag.key} is on`}
        checked={flag.active}
        aria-checked={flag.active}
        disabled={!flag.can_edit || change.isPending}
        onChange={({ target }) => toggle(target.checked)}
      />
      <span aria-hidden="true">{flag.active ? 'On' : 'Off'}</span>
    </label>
  );
}

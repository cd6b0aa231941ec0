import type { Group } from '../../data/session.ts';
import { Empty } from '../../ui/page.tsx';
import { Name } from '../../ui/text.tsx';
import { manages } from './permissions.ts';

/** Says to whom to turn, where only owners and administrators see something. */
export function OnlyManagers({ group, what }: { readonly group: Group; readonly what: string }) {
  const managers = group.members.filter(({ permissions }) => manages(permissions));
  return (
    <Empty title={`Only owners and administrators of the group see ${what}`}>
      <p>
        Ask one of them:{' '}
        {managers.map(({ user }, index) => (
          <span key={user.id}>
            {index > 0 && ', '}
            <Name>{user.username}</Name>
          </span>
        ))}
        .
      </p>
    </Empty>
  );
}

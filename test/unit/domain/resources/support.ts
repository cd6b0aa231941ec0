import type { Kind } from '#domain/resources/index.ts';
import { groupList } from '#domain/resources/index.ts';
import type { Context, GroupFlags } from '#kernel/context.ts';
import type { TestApp } from '../../../support/app.ts';

export interface Note {
  readonly name: string;
  readonly text: string;
}

/** A kind of resource with nothing special about it. */
export const noteKind: Kind<Note> = {
  type: 'plugin',
  uniqueName: ({ groupId, data }) => ({
    scope: String(groupId),
    name: data.name,
    shown: { name: data.name, group_id: groupId },
  }),
  keptWhenDeleted: false,
  lists: (note) => [groupList(note)],
  order: 'snapshot',
  summary: ({ data }) => ({ name: data.name }),
  searchable: ['name'],
  sortable: { name: 'name' },
};

const MEMBER: GroupFlags = {
  read: true,
  write: true,
  shareRead: false,
  shareWrite: false,
  owner: false,
  admin: false,
};

/** A user who is in these groups. */
export const actingIn = (
  app: TestApp,
  groupIds: readonly number[],
  flags: Partial<GroupFlags> = {},
): Context => ({
  ...app.system,
  actor: {
    kind: 'user',
    userId: 1,
    username: 'anna',
    memberships: new Map(
      groupIds.map((groupId) => [
        groupId,
        { groupId, groupName: `group ${groupId}`, flags: { ...MEMBER, ...flags } },
      ]),
    ),
  },
});

export const FLAGS = ['read', 'write', 'shareRead', 'shareWrite', 'owner', 'admin'] as const;
export type Flag = (typeof FLAGS)[number];
export type Flags = Readonly<Record<Flag, boolean>>;

/** A group, as far as it tells who may what. */
interface Members {
  readonly members: readonly {
    readonly user: { readonly id: number };
    readonly permissions: Flags;
  }[];
}

const only = (...held: readonly Flag[]): Flags => ({
  read: held.includes('read'),
  write: held.includes('write'),
  shareRead: held.includes('shareRead'),
  shareWrite: held.includes('shareWrite'),
  owner: held.includes('owner'),
  admin: held.includes('admin'),
});

export const NOBODY = only();
export const READER = only('read');
export const MEMBER = only('read', 'write');
export const OWNER = only(...FLAGS);

/** The group that everybody comes into; its administrators are those of the deployment. */
export const PUBLIC_GROUP = 1;

export const FLAG_WORDS: Readonly<Record<Flag, { readonly name: string; readonly what: string }>> =
  {
    read: { name: 'Read', what: 'See what is in the group.' },
    write: { name: 'Write', what: 'Make, change and delete what is in it, and run jobs.' },
    shareRead: {
      name: 'Share to read',
      what: 'Kept as Dioptra’s clients know it. What is shared is a group’s here, so it opens nothing.',
    },
    shareWrite: { name: 'Share to write', what: 'As before: kept, and opens nothing.' },
    admin: {
      name: 'Administer',
      what: 'Take in and take out members, invite, make service accounts, see the audit trail.',
    },
    owner: { name: 'Own', what: 'The same, with every permission. A group always has an owner.' },
  };

export const manages = (flags: Flags): boolean => flags.owner || flags.admin;

/** What is asked for and not held. */
export const lacking = (own: Flags, asked: Flags): readonly Flag[] =>
  FLAGS.filter((flag) => asked[flag] && !own[flag]);

/** What somebody may do in a group that they see. */
export const flagsOf = (group: Members, userId: number): Flags =>
  group.members.find(({ user }) => user.id === userId)?.permissions ?? NOBODY;

/** One word for what a member may do. */
export function roleOf(flags: Flags): string {
  if (flags.owner) return 'Owner';
  if (flags.admin) return 'Administrator';
  return flags.write ? 'Member' : 'Reader';
}

const namesOf = (flags: readonly Flag[]): string =>
  flags.map((flag) => `“${FLAG_WORDS[flag].name}”`).join(', ');

export const ownersOf = (group: Members): number =>
  group.members.filter(({ permissions }) => permissions.owner).length;

/** Why a person may not change or take out a member; nothing where they may. */
export function whyNotManage(own: Flags, member: Flags): string | undefined {
  if (!manages(own)) return 'Only owners and administrators of the group may do this.';
  const more = lacking(own, member);
  return more.length === 0
    ? undefined
    : `This member has ${namesOf(more)}, which you have not: nobody changes or takes out who may do more.`;
}

/** Why one flag of a form cannot be set otherwise; nothing where it can. */
export function whyNotSet(
  own: Flags,
  flag: Flag,
  draft: Flags,
  service = false,
): string | undefined {
  if (flag === 'read') return 'Every member can read.';
  if (!own[flag]) return 'You have not got it yourself: nobody gives or takes more than they have.';
  if (service && flag !== 'write') return 'A service account can read and write, no more.';
  if (draft.owner && flag !== 'owner') return 'An owner has every permission.';
  return undefined;
}

/** A draft with one flag set otherwise: an owner has every one. */
export const withFlag = (draft: Flags, flag: Flag, set: boolean): Flags =>
  flag === 'owner' && set ? OWNER : { ...draft, [flag]: set };

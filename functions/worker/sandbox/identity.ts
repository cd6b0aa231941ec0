/** Whom a child runs as; no two jobs share them. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** The arguments of setpriv that make a program this user's, without any capability. */
export const identityFlags = ({ uid, gid }: Identity): string[] => [
  `--reuid=${uid}`,
  `--regid=${gid}`,
  '--clear-groups',
  '--inh-caps=-all',
  '--bounding-set=-all',
];

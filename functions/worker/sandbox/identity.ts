/** Whom a child runs as; no two jobs share them. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** A user that neither jobs nor others are: by its id a job's processes are ended. */
  readonly warden: number;
}

/** The arguments of setpriv that make a program this user's, without any capability. */
export const identityFlags = ({ uid, gid }: Identity): string[] => [
  `--reuid=${uid}`,
  `--regid=${gid}`,
  '--clear-groups',
  '--inh-caps=-all',
  '--bounding-set=-all',
];

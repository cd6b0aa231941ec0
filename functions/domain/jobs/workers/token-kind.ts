/** What kind of token a text claims to be; in a file of its own, so that asking loads nothing else. */
export const isJobToken = (token: string): boolean => token.startsWith('asj_');
export const isWorkerToken = (token: string): boolean => token.startsWith('asw_');

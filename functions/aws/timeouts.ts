/** Of every client; a call that takes longer says so itself. */
export const TIMEOUTS = {
  connectionTimeout: 1000,
  requestTimeout: 5000,
  throwOnRequestTimeout: true,
} as const;

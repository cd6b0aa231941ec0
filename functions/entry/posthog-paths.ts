/** What PostHog's clients call at the root of the host: to evaluate flags, and to send events. */
export const POSTHOG_PUBLIC =
  /^\/(flags|decide|array|static|api\/feature_flag|batch|capture|e|i\/v0\/e|track|engage)(\/|$)/;

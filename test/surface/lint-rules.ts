import type { RawUniversalConfig } from '@redocly/openapi-core';

/** Redocly's recommended rules, and its rules that are not obvious enough to be recommended but hold here. */
export const lintRules: RawUniversalConfig = {
  extends: ['recommended'],
  rules: {
    'operation-description': 'error',
    'operation-tag-defined': 'error',
    'operation-singular-tag': 'error',
    // Off: the addresses are Dioptra's, and `/queues/drafts/{draftId}` and `/queues/{id}/draft` cannot be
    // the same, since ids are integers. The rule looks at the places in a path, not at their schemas.
    'no-ambiguous-paths': 'off',
  },
};

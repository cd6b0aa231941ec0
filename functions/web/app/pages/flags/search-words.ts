/** Words that may stand behind the `?` of addresses. */
export const TYPES = ['boolean', 'multivariant', 'experiment', 'remote_config'] as const;
export const ACTIVITIES = ['true', 'false', 'STALE'] as const;
export const ORDERS = ['key', 'name', 'active', 'created_at', 'updated_at'] as const;
export const STATES = ['pending', 'applied', 'rejected', 'expired', 'failed'] as const;
export const FLAG_TABS = ['settings', 'test', 'code', 'changes'] as const;

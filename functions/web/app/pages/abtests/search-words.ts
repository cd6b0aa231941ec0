/** Words that may stand behind the `?` of addresses. */
export const STATUSES = ['draft', 'running', 'paused', 'stopped'] as const;
export const ORDERS = ['name', 'status', 'start_date', 'duration', 'created_at'] as const;
export const TABS = ['results', 'over-time', 'metrics', 'settings', 'code'] as const;

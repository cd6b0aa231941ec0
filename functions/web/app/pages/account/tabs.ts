/** The parts of the pages of a person and of administrators, as they stand in addresses. */
export const ACCOUNT_TABS = ['tokens', 'groups'] as const;
export type AccountTab = (typeof ACCOUNT_TABS)[number];

export const ADMIN_TABS = ['invitations', 'workers', 'limits', 'audit', 'events'] as const;
export type AdminTab = (typeof ADMIN_TABS)[number];

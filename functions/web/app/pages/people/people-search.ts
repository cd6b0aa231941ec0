import { textOf, wholeOf, withoutUnset } from '../../data/search-params.ts';

/** The parts of the page besides the members, as they stand in addresses. */
export const PEOPLE_TABS = ['invitations', 'accounts', 'group'] as const;
export type PeopleTab = (typeof PEOPLE_TABS)[number];

/** What of the trail is shown. */
export interface AuditSearch {
  readonly person?: number | undefined;
  readonly kind?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export const auditSearch = (search: Readonly<Record<string, unknown>>): AuditSearch =>
  withoutUnset({
    person: wholeOf(search, 'person', 0),
    kind: textOf(search, 'kind', 100),
    from: dayText(textOf(search, 'from', 10)),
    to: dayText(textOf(search, 'to', 10)),
  });

const dayText = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
    ? text
    : undefined;

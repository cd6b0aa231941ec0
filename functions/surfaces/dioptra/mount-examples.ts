/** Examples of the calls that several kinds of resources have. */
import { bodies, type Examples } from '#http/examples.ts';

interface Drafted {
  /** What a new one is made of, its group where it names one. */
  readonly fields: object;
  readonly changes: object;
}

/** Drafts of new resources and of changes, by the titles of their kinds. */
export function draftExamples(kinds: Readonly<Record<string, Drafted>>): Examples {
  const table: Record<string, object> = {};
  for (const [title, { fields, changes }] of Object.entries(kinds)) {
    const { group: _, ...withoutGroup } = fields as { readonly group?: number };
    table[`create${title}Draft`] = fields;
    table[`change${title}Draft`] = withoutGroup;
    table[`createDraftOf${title}`] = changes;
    table[`changeDraftOf${title}`] = { resourceSnapshot: 12, resourceData: changes };
  }
  return bodies(table);
}

/** Tags that are put on resources, by the titles of their kinds. */
export const tagExamples = (...titles: readonly string[]): Examples =>
  bodies(
    Object.fromEntries(
      titles.flatMap((title) => [
        [`add${title}Tags`, { ids: [4] }],
        [`set${title}Tags`, { ids: [4] }],
      ]),
    ),
  );

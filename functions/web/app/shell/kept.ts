/** What this browser keeps between visits. A browser that keeps nothing (private windows) works as well. */

/** A text that was kept by `keepText`; a person's own ones have the id of the person in their key. */
export function keptText(key: string): string | undefined {
  try {
    return localStorage.getItem(`assay.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keepText(key: string, value: string): void {
  try {
    localStorage.setItem(`assay.${key}`, value);
  } catch {
    // Then it is asked again at the next visit.
  }
}

export const keptGroup = (): number | undefined => Number(keptText('group')) || undefined;
export const keepGroup = (id: number): void => keepText('group', String(id));

/** Whose session it is, for other tabs to notice when that changes. */
export const keepPerson = (id: number | null): void => keepText('person', String(id ?? ''));
export const isPersonKey = (key: string | null): boolean => key === 'assay.person';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const keptTheme = (): Theme =>
  THEMES.find((theme) => theme === keptText('theme')) ?? 'system';

/** Shows the page in a theme from now on, and at the next visit. */
export function keepTheme(theme: Theme): void {
  keepText('theme', theme);
  document.documentElement.dataset.theme = theme;
}

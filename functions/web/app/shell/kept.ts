/** What this browser keeps between visits. A browser that keeps nothing (private windows) works as well. */

function read(key: string): string | undefined {
  try {
    return localStorage.getItem(`assay.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(`assay.${key}`, value);
  } catch {
    // Then it is asked again at the next visit.
  }
}

export const keptGroup = (): number | undefined => Number(read('group')) || undefined;
export const keepGroup = (id: number): void => write('group', String(id));

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const keptTheme = (): Theme => THEMES.find((theme) => theme === read('theme')) ?? 'system';

/** Shows the page in a theme from now on, and at the next visit. */
export function keepTheme(theme: Theme): void {
  write('theme', theme);
  document.documentElement.dataset.theme = theme;
}

/** Only ways within these pages: a link from elsewhere must not lead on to a third place, or round in circles. */
export function nextPage(next: string | undefined): string {
  if (next === undefined || !/^\/[^/\\]/.test(next)) return '/ui/';
  const { origin, pathname, search, hash } = new URL(`/ui${next}`, 'http://page.invalid');
  const within = origin === 'http://page.invalid' && pathname.startsWith('/ui/');
  if (!within || /^\/ui\/(sign-in|register)\b/.test(pathname)) return '/ui/';
  return `${pathname}${search}${hash}`;
}

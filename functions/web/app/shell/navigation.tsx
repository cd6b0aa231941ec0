import { Link, useRouter } from '@tanstack/react-router';
import { type RefObject, useEffect, useRef } from 'react';
import { useShownGroup } from './use-shown-group.ts';

const SECTIONS = [
  {
    title: 'Track',
    links: [
      { to: '/$group/experiments', text: 'Experiments' },
      { to: '/$group/models', text: 'Models' },
    ],
  },
  {
    title: 'Run',
    links: [
      { to: '/$group/jobs', text: 'Jobs' },
      { to: '/$group/queues', text: 'Queues and pools' },
      { to: '/$group/entrypoints', text: 'Entrypoints' },
      { to: '/$group/plugins', text: 'Plugins' },
    ],
  },
  {
    title: 'Decide',
    links: [
      { to: '/$group/ab-tests', text: 'A/B tests' },
      { to: '/$group/flags', text: 'Feature flags' },
      { to: '/$group/change-requests', text: 'Change requests' },
      { to: '/$group/holdouts', text: 'Holdouts' },
      { to: '/$group/saved-metrics', text: 'Saved metrics' },
      { to: '/$group/project-settings', text: 'Project settings' },
    ],
  },
  {
    title: 'Group',
    links: [
      { to: '/$group/people', text: 'People' },
      { to: '/$group/audit', text: 'Audit trail' },
    ],
  },
] as const;

/** Where it is a strip that scrolls, on phones, the link of the page that is shown is in its middle. */
function useCurrentInView(nav: RefObject<HTMLElement | null>, group: number | undefined): void {
  const router = useRouter();
  useEffect(() => {
    const show = (): void => {
      const strip = nav.current;
      const link = strip?.querySelector('[aria-current="page"]')?.getBoundingClientRect();
      if (!strip || link === undefined) return;
      const { left, width } = strip.getBoundingClientRect();
      // Not `scrollIntoView`: that would scroll the page up to the strip, too.
      strip.scrollBy({ left: link.left + link.width / 2 - left - width / 2 });
    };
    if (group !== undefined) show();
    return router.subscribe('onRendered', show);
  }, [router, nav, group]);
}

/** The ways to everything of the group. */
export function Navigation() {
  const group = useShownGroup();
  const nav = useRef<HTMLElement>(null);
  useCurrentInView(nav, group);
  if (group === undefined) return null;
  return (
    <nav ref={nav} className="side" aria-label="Of this group">
      <Link to="/$group" params={{ group }} activeOptions={{ exact: true }}>
        Home
      </Link>
      {SECTIONS.map(({ title, links }) => (
        <div key={title} className="side-section">
          <h2>{title}</h2>
          {links.map(({ to, text }) => (
            <Link key={to} to={to} params={{ group }}>
              {text}
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}

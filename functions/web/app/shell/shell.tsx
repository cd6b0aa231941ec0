import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useParams, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { isSignedOut } from '../data/api-error.ts';
import { groupsQuery, sessionQuery, signOut } from '../data/session.ts';
import { Button } from '../ui/button.tsx';
import { Logo } from '../ui/logo.tsx';
import { Menu } from '../ui/menu.tsx';
import { useNotices } from '../ui/notices.tsx';
import { ErrorNote, Page } from '../ui/page.tsx';
import { keepPerson } from './kept.ts';
import { Navigation } from './navigation.tsx';
import { SpokenTitle } from './spoken-title.tsx';
import { usePageFocus } from './use-page-focus.ts';
import { useSamePerson } from './use-same-person.ts';
import { useShownGroup } from './use-shown-group.ts';
import { nextTheme, useTheme } from './use-theme.ts';
import './shell.css';

/** What is around every page: where one is, who one is, and the way to all else. */
export function Shell() {
  const session = useQuery(sessionQuery);
  const router = useRouter();
  const signedOut = session.data?.username === null;
  useEffect(() => {
    // The gate sends whoever is signed out to the sign-in, with the way back.
    if (signedOut) void router.invalidate();
  }, [signedOut, router]);
  usePageFocus();
  useSamePerson(session.data?.id);
  return (
    <div className="shell">
      <SkipLink />
      <SpokenTitle />
      <TopBar />
      <Navigation />
      <main id="content" tabIndex={-1}>
        <Offline />
        <GroupGate />
      </main>
    </div>
  );
}

/** No link: the address stays that of the page. */
const SkipLink = () => (
  <button
    type="button"
    className="skip"
    onClick={() => document.getElementById('content')?.focus()}
  >
    To the content
  </button>
);

/** A group that the caller is not in looks like one that there is not. */
function GroupGate() {
  const { group } = useParams({ strict: false });
  const groups = useQuery(groupsQuery);
  if (group === undefined || groups.data === undefined) return <Outlet />;
  if (groups.data.some(({ id }) => id === group)) return <Outlet />;
  return (
    <Page title="Not found">
      <p>There is no group {group}, or you are not in it. Ask its owner for an invitation.</p>
      <p>
        <Link to="/">To your own group</Link>
      </p>
    </Page>
  );
}

function TopBar() {
  return (
    <header className="top">
      <Link to="/" className="brand" aria-label="Assay">
        <Logo />
        <span className="brand-name">Assay</span>
      </Link>
      <GroupChoice />
      <span className="spring" />
      <a href="/docs" className="wide-only">
        API
      </a>
      <ThemeChoice />
      <PersonMenu />
    </header>
  );
}

function GroupChoice() {
  const groups = useQuery(groupsQuery);
  const group = useShownGroup();
  const navigate = useNavigate();
  if (groups.data === undefined) return null;
  return (
    <label>
      <span className="visually-hidden">Group</span>
      <select
        value={group ?? ''}
        title={groups.data.find(({ id }) => id === group)?.name}
        onChange={({ target }) =>
          void navigate({ to: '/$group', params: { group: Number(target.value) } })
        }
      >
        {group === undefined && <option value="">Group …</option>}
        {groups.data.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function ThemeChoice() {
  const [theme, setTheme] = useTheme();
  const next = nextTheme(theme, window.matchMedia('(prefers-color-scheme: dark)').matches);
  return (
    <Button
      kind="quiet"
      aria-label={`Theme: ${theme}. Change to ${next}`}
      title={`Theme: ${theme}`}
      onClick={() => setTheme(next)}
    >
      {{ system: '◐', light: '☀', dark: '☾' }[theme]}
    </Button>
  );
}

function PersonMenu() {
  const session = useQuery(sessionQuery);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { failed } = useNotices();
  const leave = async (): Promise<void> => {
    try {
      await signOut();
    } catch (error) {
      if (!isSignedOut(error)) return failed(error);
    }
    // Nothing of one person stays for the next.
    queries.clear();
    keepPerson(null);
    await navigate({ to: '/sign-in', search: {} });
  };
  const { username, administrator, version } = session.data ?? {};
  if (username === undefined || username === null) return null;
  return (
    <Menu label={<bdi className="person">{username}</bdi>} kind="quiet">
      <Link to="/account">Your account and tokens</Link>
      {administrator === true && <Link to="/admin">Administration</Link>}
      <a href="/docs">Every call (API)</a>
      <Button kind="quiet" onClick={() => void leave()}>
        Sign out
      </Button>
      <p className="quiet version">Assay {version}</p>
    </Menu>
  );
}

/** Says while the browser has no network; what is shown stays. */
function Offline() {
  const [offline, setOffline] = useState(!navigator.onLine);
  const session = useQuery(sessionQuery);
  useEffect(() => {
    const look = (): void => setOffline(!navigator.onLine);
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    return () => {
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
    };
  }, []);
  if (offline) {
    return (
      <p role="status" className="offline">
        No network. What you see is as old as it says; it goes on by itself when the network is
        back.
      </p>
    );
  }
  return session.isError && session.data !== undefined ? <ErrorNote error={session.error} /> : null;
}

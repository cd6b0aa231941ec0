import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Answer, Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { TagsDialog } from '../../ui/tags.tsx';
import { FreshnessOf } from '../../ui/text.tsx';
import { ReaderNote, useMayWrite } from '../plugins/may-write.tsx';
import { entrypointQuery, experimentsOf, type ReadEntrypoint, setEntrypointTags } from './calls.ts';
import { DeleteEntrypoint } from './delete-entrypoint.tsx';
import { EditTab } from './editor/edit-tab.tsx';
import { Overview } from './overview.tsx';
import { RunLink } from './run-link.tsx';
import { VersionsTab } from './versions-tab.tsx';

/** One entrypoint: what it runs, its form, and its versions. */
export function EntrypointPage() {
  const group = useGroup();
  const { entrypoint } = useParams({ from: '/signed-in/$group/entrypoints/$entrypoint' });
  const query = useQuery(entrypointQuery(Number(entrypoint) || 0));
  const above = (
    <Link to="/$group/entrypoints" params={{ group }}>
      Entrypoints
    </Link>
  );
  return (
    <Page
      title={query.data?.entrypoint.name ?? 'Entrypoint'}
      above={above}
      freshness={<FreshnessOf query={query} />}
      actions={query.data !== undefined && <Actions read={query.data} />}
    >
      <Answer query={query}>{(read) => <Parts read={read} />}</Answer>
    </Page>
  );
}

function Actions({ read: { entrypoint } }: { readonly read: ReadEntrypoint }) {
  const group = useGroup();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<'tags' | 'delete'>();
  const close = () => setAsked(undefined);
  const mayWrite = useMayWrite();
  const experiments = useQuery(experimentsOf(group, entrypoint.id)).data ?? [];
  const only = experiments.length === 1 ? experiments[0]?.id : undefined;
  if (entrypoint.deleted || !mayWrite) return null;
  return (
    <>
      <Button onClick={() => setAsked('tags')}>Tags …</Button>
      <Button kind="danger" onClick={() => setAsked('delete')}>
        Delete …
      </Button>
      <RunLink group={group} entrypoint={entrypoint.id} experiment={only} button>
        Run
      </RunLink>
      <TagsDialog
        name={asked === 'tags' ? entrypoint.name : undefined}
        tags={entrypoint.tags}
        save={(ids) => setEntrypointTags(entrypoint.id, ids)}
        onClose={close}
        changes={[['entrypoints'], ['entrypoint', entrypoint.id]]}
      />
      <DeleteEntrypoint
        entrypoint={asked === 'delete' ? entrypoint : undefined}
        onClose={close}
        onDeleted={() => void navigate({ to: '/$group/entrypoints', params: { group } })}
      />
    </>
  );
}

function Parts({ read }: { readonly read: ReadEntrypoint }) {
  const group = useGroup();
  const navigate = useNavigate();
  const search = useSearch({ from: '/signed-in/$group/entrypoints/$entrypoint' });
  const { id, deleted, snapshot } = read.entrypoint;
  const editable = useMayWrite() && !deleted;
  const here = {
    to: '/$group/entrypoints/$entrypoint',
    params: { group, entrypoint: String(id) },
    activeOptions: { includeSearch: true, exact: true },
  } as const;
  return (
    <>
      <Tabs label="Of this entrypoint">
        <Link {...here}>Overview</Link>
        {editable && (
          <Link {...here} search={{ tab: 'edit' }}>
            Edit
          </Link>
        )}
        <Link {...here} activeOptions={{}} search={{ tab: 'versions' }}>
          Versions
        </Link>
      </Tabs>
      <ReaderNote />
      {deleted && <p className="entry-refused">It is deleted; no new jobs can use it.</p>}
      {search.tab === undefined && <Overview entrypoint={read.entrypoint} />}
      {search.tab === 'edit' && editable && (
        <EditTab read={read} onSaved={() => void navigate({ ...here, search: {} })} />
      )}
      {search.tab === 'versions' && (
        <VersionsTab
          id={id}
          newest={snapshot}
          search={search}
          onSearch={(next) => void navigate({ ...here, search: next, replace: true })}
        />
      )}
    </>
  );
}

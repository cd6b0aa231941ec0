import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Answer, Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { TagList, TagsDialog } from '../../ui/tags.tsx';
import { Facts, FreshnessOf, Name, Time } from '../../ui/text.tsx';
import { type Plugin, pluginQuery, setPluginTags } from './calls.ts';
import { DeletePlugin } from './delete-plugin.tsx';
import { FilesTab } from './files-tab.tsx';
import { ReaderNote, useMayWrite } from './may-write.tsx';
import { PluginDialog } from './plugin-dialog.tsx';
import { PluginVersions } from './plugin-versions.tsx';
import './plugins.css';

/** One plugin: its files with their tasks, and its versions. */
export function PluginPage() {
  const group = useGroup();
  const { plugin } = useParams({ from: '/signed-in/$group/plugins/$plugin' });
  const query = useQuery(pluginQuery(Number(plugin) || 0));
  return (
    <Page
      title={query.data?.name ?? 'Plugin'}
      above={
        <Link to="/$group/plugins" params={{ group }}>
          Plugins
        </Link>
      }
      freshness={<FreshnessOf query={query} />}
      actions={query.data !== undefined && <Actions plugin={query.data} />}
    >
      <Answer query={query}>{(found) => <Parts plugin={found} />}</Answer>
    </Page>
  );
}

function Actions({ plugin }: { readonly plugin: Plugin }) {
  const group = useGroup();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<'name' | 'tags' | 'delete'>();
  const close = () => setAsked(undefined);
  if (!useMayWrite()) return null;
  return (
    <>
      <Button onClick={() => setAsked('name')}>Name and description …</Button>
      <Button onClick={() => setAsked('tags')}>Tags …</Button>
      <Button kind="danger" onClick={() => setAsked('delete')}>
        Delete …
      </Button>
      <PluginDialog
        open={asked === 'name'}
        plugin={plugin}
        onClose={close}
        onSaved={() => undefined}
      />
      <TagsDialog
        name={asked === 'tags' ? plugin.name : undefined}
        tags={plugin.tags}
        save={(ids) => setPluginTags(plugin.id, ids)}
        onClose={close}
        changes={[['plugins'], ['plugin', plugin.id]]}
      />
      <DeletePlugin
        plugin={asked === 'delete' ? plugin : undefined}
        onClose={close}
        onDeleted={() => void navigate({ to: '/$group/plugins', params: { group } })}
      />
    </>
  );
}

function Parts({ plugin }: { readonly plugin: Plugin }) {
  const group = useGroup();
  const search = useSearch({ from: '/signed-in/$group/plugins/$plugin' });
  const here = {
    to: '/$group/plugins/$plugin',
    params: { group, plugin: String(plugin.id) },
  } as const;
  const { tags } = plugin;
  return (
    <>
      {plugin.description !== '' && (
        <p>
          <Name>{plugin.description}</Name>
        </p>
      )}
      <Facts
        facts={[
          ['Owner', <Name key="owner">{plugin.user.username}</Name>],
          ['Changed', <Time key="changed" at={plugin.lastModifiedOn} />],
          ['Newest snapshot', plugin.snapshot],
          ['Tags', tags.length === 0 ? 'none' : <TagList key="tags" tags={tags} />],
        ]}
      />
      <ReaderNote />
      <Tabs label="Of this plugin">
        <Link {...here} activeOptions={{ exact: true, includeSearch: search.tab !== undefined }}>
          Files
        </Link>
        <Link {...here} search={{ tab: 'versions' }}>
          Versions
        </Link>
      </Tabs>
      {search.tab === undefined ? (
        <FilesTab plugin={plugin} search={search} />
      ) : (
        <PluginVersions plugin={plugin} />
      )}
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Answer } from '../../ui/page.tsx';
import { fileQuery, type Plugin } from './calls.ts';
import { FileEditor } from './file-editor.tsx';
import { type TreeFolder, treeOf } from './file-tree.ts';
import { FileVersions } from './file-versions.tsx';
import { useMayWrite } from './may-write.tsx';
import type { PluginSearch } from './routes.tsx';

interface FilesTabProps {
  readonly plugin: Plugin;
  readonly search: PluginSearch;
}

/** The files of a plugin beside the one that is edited. */
export function FilesTab({ plugin, search }: FilesTabProps) {
  const group = useGroup();
  const mayWrite = useMayWrite();
  const first = plugin.files.toSorted((a, b) => (a.filename < b.filename ? -1 : 1))[0];
  const chosen = search.file ?? first?.id ?? 0;
  const params = { group, plugin: String(plugin.id) };
  return (
    <div className="plugin-files">
      <nav aria-label="Files">
        <Folder folder={treeOf(plugin.files)} plugin={plugin} chosen={chosen} />
        {mayWrite && (
          <Link
            to="/$group/plugins/$plugin"
            params={params}
            search={{ file: 0 }}
            className={buttonClass()}
          >
            New file
          </Link>
        )}
      </nav>
      {chosen === 0 ? (
        <NewFile plugin={plugin} />
      ) : (
        <ExistingFile key={chosen} plugin={plugin} id={chosen} search={search} />
      )}
    </div>
  );
}

interface FolderProps {
  readonly folder: TreeFolder;
  readonly plugin: Plugin;
  readonly chosen: number;
}

function Folder({ folder, plugin, chosen }: FolderProps) {
  const group = useGroup();
  return (
    <ul className="plugin-tree">
      {folder.folders.map((each) => (
        <li key={each.name}>
          <span className="quiet">{each.name}/</span>
          <Folder folder={each} plugin={plugin} chosen={chosen} />
        </li>
      ))}
      {folder.files.map(({ id, filename }) => (
        <li key={id}>
          <Link
            to="/$group/plugins/$plugin"
            params={{ group, plugin: String(plugin.id) }}
            search={{ file: id }}
            aria-current={id === chosen ? 'page' : undefined}
          >
            {filename.split('/').at(-1)}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function NewFile({ plugin }: { readonly plugin: Plugin }) {
  const group = useGroup();
  const navigate = useNavigate();
  const show = (file: number | undefined) =>
    void navigate({
      to: '/$group/plugins/$plugin',
      params: { group, plugin: String(plugin.id) },
      search: file === undefined ? {} : { file },
    });
  return <FileEditor plugin={plugin} onSaved={({ id }) => show(id)} />;
}

interface ExistingFileProps {
  readonly plugin: Plugin;
  readonly id: number;
  readonly search: PluginSearch;
}

function ExistingFile({ plugin, id, search }: ExistingFileProps) {
  const group = useGroup();
  const navigate = useNavigate();
  const query = useQuery(fileQuery(plugin.id, id));
  const params = { group, plugin: String(plugin.id) };
  const go = (next: PluginSearch) =>
    void navigate({ to: '/$group/plugins/$plugin', params, search: next });
  return (
    <Answer query={query}>
      {(read) =>
        search.history === true ? (
          <FileVersions plugin={plugin} file={read.file} search={search} onSearch={go} />
        ) : (
          <FileEditor
            plugin={plugin}
            read={read}
            onDeleted={() => go({})}
            onHistory={() => go({ file: id, history: true })}
          />
        )
      }
    </Answer>
  );
}

import { useQuery } from '@tanstack/react-query';
import { DataTable } from '../../ui/data-table.tsx';
import { Answer } from '../../ui/page.tsx';
import { Badge, Name, Time } from '../../ui/text.tsx';
import { type Plugin, pluginVersionsQuery } from './calls.ts';

type Version = { readonly version: Plugin; readonly number: number };

const bundle = ({ id, snapshot }: Plugin): string =>
  `/api/v1/plugins/${id}/snapshots/${snapshot}/files/bundle?fileType=zip`;

/** Every version of a plugin, newest first, with its files to take along. */
export function PluginVersions({ plugin }: { readonly plugin: Plugin }) {
  const query = useQuery(pluginVersionsQuery(plugin.id));
  return (
    <Answer query={query}>
      {({ data }) => (
        <DataTable<Version>
          label="Versions of the plugin"
          rows={data.map((version, index) => ({ version, number: index + 1 })).toReversed()}
          rowId={({ version }) => String(version.snapshot)}
          height="70dvh"
          columns={[
            {
              id: 'version',
              title: 'Version',
              width: 130,
              cell: ({ version, number }) => (
                <>
                  {number} {version.latestSnapshot && <Badge>newest</Badge>}
                </>
              ),
            },
            {
              id: 'snapshot',
              title: 'Snapshot',
              numeric: true,
              width: 90,
              cell: ({ version }) => version.snapshot,
            },
            {
              id: 'made',
              title: 'Made',
              width: 130,
              cell: ({ version }) => <Time at={version.snapshotCreatedOn} />,
            },
            {
              id: 'name',
              title: 'Name',
              width: 160,
              cell: ({ version }) => <Name>{version.name}</Name>,
            },
            {
              id: 'files',
              title: 'Files',
              width: 300,
              cell: ({ version }) => (
                <Name>{version.files.map(({ filename }) => filename).join(', ')}</Name>
              ),
            },
            {
              id: 'bundle',
              title: 'Take along',
              width: 120,
              cell: ({ version, number }) => (
                <a href={bundle(version)} download>
                  .zip<span className="visually-hidden"> of version {number}</span>
                </a>
              ),
            },
          ]}
          footer="Each change of a file makes a version. Versions of one file are beside the file."
        />
      )}
    </Answer>
  );
}

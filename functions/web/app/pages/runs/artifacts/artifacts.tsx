import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Empty } from '../../../ui/page.tsx';
import type { Run } from '../run-data.ts';
import { levelQuery } from './artifact-data.ts';
import { ArtifactPreview } from './artifact-preview.tsx';
import { ArtifactTree } from './artifact-tree.tsx';
import './artifacts.css';

/** The files of a run: the tree beside what is chosen in it. */
export function Artifacts({ run }: { readonly run: Run }) {
  const { path } = useSearch({ from: '/signed-in/$group/runs/$run' });
  const navigate = useNavigate({ from: '/$group/runs/$run' });
  const id = run.info.run_id;
  const root = useInfiniteQuery(levelQuery(id, ''));
  const choose = (next: string): void =>
    void navigate({ search: (old) => ({ ...old, path: next }), resetScroll: false });
  if (root.data?.pages[0]?.files === undefined && root.data !== undefined) {
    return (
      <Empty
        title="No artifacts yet"
        code={
          'import mlflow\n\nmlflow.log_artifact("confusion.png")\nmlflow.log_dict(config, "config.json")'
        }
      >
        <p>Files that the run keeps: models, plots, tables, logs.</p>
      </Empty>
    );
  }
  return (
    <div className="artifacts">
      <section className="card" aria-label="Files">
        <ArtifactTree run={id} chosen={path} onChoose={choose} />
      </section>
      <section className="card" aria-label="Preview">
        {path === undefined ? (
          <p className="quiet">Choose a file to see it.</p>
        ) : (
          <ArtifactPreview key={path} run={id} path={path} />
        )}
      </section>
    </div>
  );
}

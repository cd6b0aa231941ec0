import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { Answer, Page } from '../../ui/page.tsx';
import { ReaderNote, useMayWrite } from '../plugins/may-write.tsx';
import { newDraft } from './calls.ts';
import { draftForm } from './editor/draft-form.ts';
import { EntrypointEditor } from './editor/entrypoint-editor.tsx';
import { EMPTY_FORM, type EntrypointForm } from './editor/form.ts';
import { newestOf, pluginsQuery } from './editor/plugins-query.ts';

/** Makes an entrypoint, from nothing or from where one stopped. */
export function NewEntrypointPage() {
  const group = useGroup();
  const mayWrite = useMayWrite();
  const { draft } = useSearch({ from: '/signed-in/$group/entrypoints/new' });
  return (
    <Page
      title="New entrypoint"
      above={
        <Link to="/$group/entrypoints" params={{ group }}>
          Entrypoints
        </Link>
      }
    >
      <ReaderNote />
      {mayWrite && draft === undefined && <Editor group={group} start={EMPTY_FORM} />}
      {mayWrite && draft !== undefined && <FromDraft key={draft} group={group} draft={draft} />}
    </Page>
  );
}

function FromDraft({ group, draft }: { readonly group: number; readonly draft: number }) {
  const found = useQuery({
    queryKey: ['entrypointDraft', draft],
    queryFn: () => newDraft(draft),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const plugins = useQuery(pluginsQuery(group));
  return (
    <Answer query={found}>
      {({ payload }) => (
        <Answer query={plugins}>
          {({ data }) => (
            <Editor group={group} start={draftForm(payload, data.map(newestOf))} draftId={draft} />
          )}
        </Answer>
      )}
    </Answer>
  );
}

interface EditorProps {
  readonly group: number;
  readonly start: EntrypointForm;
  readonly draftId?: number;
}

function Editor({ group, start, draftId }: EditorProps) {
  const navigate = useNavigate();
  return (
    <EntrypointEditor
      group={group}
      start={start}
      draftOf={{ kind: 'new', group, draftId }}
      onSaved={(id) =>
        void navigate({
          to: '/$group/entrypoints/$entrypoint',
          params: { group, entrypoint: String(id) },
        })
      }
    />
  );
}

import { useInfiniteQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { bytes } from '../../../data/format.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorNote, Loading } from '../../../ui/page.tsx';
import { Name } from '../../../ui/text.tsx';
import { type ArtifactFile, lastPart, levelQuery, sizeOf } from './artifact-data.ts';

interface TreeProps {
  readonly run: string;
  /** The file that is shown. */
  readonly chosen: string | undefined;
  readonly onChoose: (path: string) => void;
}

/** Up and down among all that is open, right and left to open and close. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined) {
    event.preventDefault();
    buttons[at + step]?.focus();
    return;
  }
  const expanded = buttons[at]?.getAttribute('aria-expanded');
  const turns = { ArrowRight: 'false', ArrowLeft: 'true' }[event.key];
  if (turns !== undefined && turns === expanded) buttons[at]?.click();
}

/** The files of a run; a folder is read when it is opened. */
export function ArtifactTree(props: TreeProps) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys move among the buttons within
    <div className="artifact-tree" onKeyDown={moveFocus}>
      <Level {...props} path="" />
    </div>
  );
}

function Level({ path, ...props }: TreeProps & { readonly path: string }) {
  const query = useInfiniteQuery(levelQuery(props.run, path));
  if (query.data === undefined) {
    return query.isError ? (
      <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Loading />
    );
  }
  const files = query.data.pages.flatMap((page) => page.files ?? []);
  if (files.length === 0) return <p className="quiet">Empty.</p>;
  return (
    <ul>
      {files.map((file) => (
        <li key={file.path}>
          {file.is_dir ? <Folder {...props} file={file} /> : <File {...props} file={file} />}
        </li>
      ))}
      {query.hasNextPage && (
        <li>
          <Button
            kind="quiet"
            busy={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            More …
          </Button>
        </li>
      )}
    </ul>
  );
}

type EntryProps = TreeProps & { readonly file: ArtifactFile };

function Folder({ file, ...props }: EntryProps) {
  const holdsChosen = props.chosen?.startsWith(`${file.path}/`) === true;
  const [open, setOpen] = useState(holdsChosen);
  return (
    <>
      <button
        type="button"
        className="artifact-entry"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <span aria-hidden="true">{open ? '▾' : '▸'}</span> <Name>{`${lastPart(file.path)}/`}</Name>
      </button>
      {open && <Level {...props} path={file.path} />}
    </>
  );
}

function File({ file, chosen, onChoose }: EntryProps) {
  const size = sizeOf(file);
  return (
    <button
      type="button"
      className="artifact-entry"
      aria-current={chosen === file.path ? 'true' : undefined}
      onClick={() => onChoose(file.path)}
    >
      <Name>{lastPart(file.path)}</Name>
      {size !== undefined && <span className="quiet artifact-size">{bytes(size)}</span>}
    </button>
  );
}

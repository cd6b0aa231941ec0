import { useMemo, useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { CodeEditor } from '../../ui/code-editor.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { LeaveGuard } from '../../ui/leave-guard.tsx';
import { Card, ErrorNote } from '../../ui/page.tsx';
import type { Plugin, PluginFile, ReadFile } from './calls.ts';
import { FileConflict } from './file-conflict.tsx';
import { useMayWrite } from './may-write.tsx';
import { Proposals } from './proposals.tsx';
import { EMPTY_FILE, type FileForm, fileFaults, fileForm, isSameFile } from './tasks.ts';
import { TasksForm } from './tasks-form.tsx';
import { useFileSave } from './use-file-save.ts';
import '../../ui/save-bar.css';

interface FileEditorProps {
  readonly plugin: Plugin;
  /** The file that is there; a new one otherwise. */
  readonly read?: ReadFile;
  readonly onSaved?: (file: PluginFile) => void;
  readonly onDeleted?: () => void;
  readonly onHistory?: () => void;
}

/** A file of a plugin with the tasks that it registers. A renewal in the background changes nothing under one's hands. */
export function FileEditor({ plugin, read, onSaved, onDeleted, onHistory }: FileEditorProps) {
  const group = useGroup();
  const mayWrite = useMayWrite();
  const save = useFileSave({ plugin, read, onSaved, onDeleted });
  const saved = useMemo(
    () => (save.base === undefined ? EMPTY_FILE : fileForm(save.base.file)),
    [save.base],
  );
  const [form, setForm] = useState<FileForm>(saved);
  const changed = !isSameFile(form, saved);
  const faults = fileFaults(form);
  const change = (part: Partial<FileForm>): void => {
    save.forget();
    setForm((before) => ({ ...before, ...part }));
  };
  return (
    <div className="plugin-file">
      <LeaveGuard isOpen={() => changed && !save.isDone()}>
        <p>The changes of this file are not saved.</p>
      </LeaveGuard>
      <div className="grid">
        <TextField
          label="File"
          value={form.filename}
          spellCheck={false}
          error={changed ? faults.filename : undefined}
          hint="Folders are part of the name."
          onChange={({ target }) => change({ filename: target.value })}
        />
        <TextField
          label="Description"
          value={form.description}
          onChange={({ target }) => change({ description: target.value })}
        />
      </div>
      <CodeEditor
        label="Python code"
        language="python"
        value={form.contents}
        onChange={(contents) => change({ contents })}
        height="30rem"
        readOnly={!mayWrite}
      />
      <Card title="Tasks">
        {mayWrite && (
          <Proposals
            group={group}
            code={form.contents}
            tasks={form.tasks}
            onChange={(tasks) => change({ tasks })}
          />
        )}
        <fieldset className="plugin-tasks" disabled={!mayWrite}>
          <TasksForm rows={form.tasks} faults={faults} onChange={(tasks) => change({ tasks })} />
        </fieldset>
      </Card>
      <Bar
        form={form}
        changed={changed}
        faults={Object.keys(faults).length}
        save={save}
        mayWrite={mayWrite}
        onDiscard={() => change(saved)}
        {...(onHistory !== undefined && { onHistory })}
      />
      {save.newer !== undefined && (
        <FileConflict
          mine={form}
          theirs={save.newer}
          busy={save.busy}
          onClose={save.forget}
          onOverwrite={() => save.overwrite(form)}
        />
      )}
    </div>
  );
}

interface BarProps {
  readonly form: FileForm;
  readonly changed: boolean;
  readonly faults: number;
  readonly save: ReturnType<typeof useFileSave>;
  readonly mayWrite: boolean;
  readonly onDiscard: () => void;
  readonly onHistory?: () => void;
}

function Bar({ form, changed, faults, save, mayWrite, onDiscard, onHistory }: BarProps) {
  const [asking, setAsking] = useState(false);
  const isNew = save.base === undefined;
  return (
    <footer className="save-bar">
      {save.error !== null && <ErrorNote error={save.error} />}
      <div className="row">
        <Button
          kind="primary"
          busy={save.busy}
          disabled={!mayWrite || faults > 0 || !(changed || isNew)}
          title={mayWrite ? undefined : 'You may read in this group, not write.'}
          onClick={() => save.run(form)}
        >
          {isNew ? 'Add the file' : 'Save a new version'}
        </Button>
        <Button disabled={!changed} onClick={onDiscard}>
          Discard changes
        </Button>
        {onHistory !== undefined && <Button onClick={onHistory}>Versions of this file</Button>}
        {!isNew && mayWrite && (
          <Button kind="danger" onClick={() => setAsking(true)}>
            Delete the file …
          </Button>
        )}
        {changed && faults > 0 && (
          <span className="plugin-fault">{faults} of the fields above need another value.</span>
        )}
      </div>
      <Confirm
        title={`Delete ${save.base?.file.filename ?? ''}?`}
        open={asking}
        onClose={() => setAsking(false)}
        action="Delete the file"
        danger
        busy={save.busy}
        onConfirm={() => {
          setAsking(false);
          save.remove();
        }}
      >
        <p>
          The plugin gets a version without it. Entrypoints that bind an earlier version keep it. It
          cannot be undone.
        </p>
      </Confirm>
    </footer>
  );
}

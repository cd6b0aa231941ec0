import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { CodeEditor, type CodeEditorHandle } from '../../../ui/code-editor.tsx';
import { TextArea, TextField } from '../../../ui/field.tsx';
import { LeaveGuard } from '../../../ui/leave-guard.tsx';
import { Card } from '../../../ui/page.tsx';
import { StepGraph } from '../../../ui/step-graph.tsx';
import type { ReadEntrypoint } from '../calls.ts';
import '../entrypoints.css';
import { ArtifactParametersForm } from './artifact-parameters-form.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { type Finding, findingsIn } from './findings.ts';
import { FindingsList } from './findings-list.tsx';
import { EMPTY_FORM, type EntrypointForm } from './form.ts';
import { formOf, isSame } from './form-calls.ts';
import { soundPart } from './form-faults.ts';
import { ParametersForm } from './parameters-form.tsx';
import { PluginsForm } from './plugins-form.tsx';
import { QueuesForm } from './queues-form.tsx';
import { SaveBar } from './save-bar.tsx';
import { withStep } from './signature.ts';
import { useChecks } from './use-checks.ts';
import { type DraftOf, useDraft } from './use-draft.ts';
import { useSave } from './use-save.ts';

interface EntrypointEditorProps {
  readonly group: number;
  /** What is there already; nothing while a new one is made. */
  readonly base?: ReadEntrypoint;
  /** What is edited: the saved one, or a draft of it. */
  readonly start: EntrypointForm;
  readonly draftOf: DraftOf;
  readonly onSaved: (id: number) => void;
}

const bindings = (form: EntrypointForm): string =>
  JSON.stringify([form.plugins, form.artifactPlugins].map((list) => list.map((p) => p.snapshotId)));

const diagnosticsOf = (findings: readonly Finding[], where: Finding['where']) =>
  findings
    .filter((finding) => finding.where === where)
    .map(({ line, column, message }) => ({ line, column, message, severity: 'error' as const }));

/** All of an entrypoint, to be changed: checked while one types, kept as a draft, saved as a version. */
export function EntrypointEditor({ group, base, start, draftOf, onSaved }: EntrypointEditorProps) {
  const [form, setForm] = useState(start);
  const saved = useMemo(() => (base === undefined ? EMPTY_FORM : formOf(base.entrypoint)), [base]);
  const changed = !isSame(form, saved);
  const checks = useChecks({
    form,
    base: base?.entrypoint,
    rebound: base !== undefined && bindings(form) !== bindings(saved),
    group,
  });
  const draft = useDraft(draftOf, form, () => soundPart(form, checks.faults), changed);
  const save = useSave({ group, base, drop: draft.drop, onSaved });
  const refused = useMemo(() => findingsIn(save.error, form), [save.error, form]);
  const findings = refused.length > 0 ? refused : checks.findings;
  const change = (part: Partial<EntrypointForm>): void => {
    save.forget();
    setForm((before) => ({ ...before, ...part }));
  };
  return (
    <div className="entry-editor">
      <LeaveGuard isOpen={() => draft.open && !save.isDone()}>
        <p>
          What you changed last is in no draft
          {draft.error === undefined ? ' yet; it takes two seconds.' : ': the server refused it.'}
        </p>
      </LeaveGuard>
      <Card title="About">
        <div className="grid">
          <TextField
            label="Name"
            value={form.name}
            error={changed ? checks.faults.name : undefined}
            onChange={({ target }) => change({ name: target.value })}
          />
          <TextArea
            label="Description"
            rows={2}
            value={form.description}
            onChange={({ target }) => change({ description: target.value })}
          />
        </div>
      </Card>
      <Graphs form={form} findings={findings} busy={checks.busy} at={checks.at} onChange={change} />
      <Card title="Parameters">
        <ParametersForm
          rows={form.parameters}
          faults={checks.faults}
          onChange={(parameters) => change({ parameters })}
        />
      </Card>
      <div className="grid">
        <Card title="Plugins">
          <PluginsForm
            label="Plugin"
            bound={form.plugins}
            taken={form.artifactPlugins}
            onChange={(plugins) => change({ plugins })}
            onTask={(task, inputs) => change({ taskGraph: withStep(form.taskGraph, task, inputs) })}
          />
        </Card>
        <Card title="Queues">
          <QueuesForm chosen={form.queues} onChange={(queues) => change({ queues })} />
        </Card>
      </div>
      <Artifacts form={form} findings={findings} faults={checks.faults} onChange={change} />
      <SaveBar
        isNew={base === undefined}
        changed={changed}
        faults={Object.keys(checks.faults).length}
        findings={findings.length}
        draft={draft}
        save={save}
        refused={refused.length > 0}
        checkError={checks.error}
        onSave={() => save.run(form)}
        onDiscard={async () => {
          await draft.drop();
          setForm(saved);
        }}
      />
      {save.newer !== undefined && (
        <ConflictDialog
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

interface PartProps {
  readonly form: EntrypointForm;
  readonly findings: readonly Finding[];
  readonly onChange: (part: Partial<EntrypointForm>) => void;
}

/** The task graph as text and as a picture, with what is wrong with it. */
function Graphs(props: PartProps & { readonly busy: boolean; readonly at: number }) {
  const { form, findings, busy, at, onChange } = props;
  const editor = useRef<CodeEditorHandle>(null);
  const drawn = useDeferredValue(form.taskGraph);
  const diagnostics = useMemo(() => diagnosticsOf(findings, 'taskGraph'), [findings]);
  return (
    <Card title="Task graph">
      <div className="entry-graph">
        <CodeEditor
          ref={editor}
          label="Task graph (YAML)"
          language="yaml"
          value={form.taskGraph}
          onChange={(taskGraph) => onChange({ taskGraph })}
          diagnostics={diagnostics}
          height="28rem"
        />
        <StepGraph yaml={drawn} />
      </div>
      <FindingsList
        findings={findings.filter(({ where }) => where !== 'artifactGraph')}
        busy={busy}
        at={at}
        onJump={({ line, column }) => line !== undefined && editor.current?.goTo(line, column)}
      />
    </Card>
  );
}

/** What a job keeps and what it is given; most entrypoints begin without. */
function Artifacts(props: PartProps & { readonly faults: ReturnType<typeof useChecks>['faults'] }) {
  const { form, findings, faults, onChange } = props;
  const editor = useRef<CodeEditorHandle>(null);
  const mine = useMemo(() => findings.filter(({ where }) => where === 'artifactGraph'), [findings]);
  const diagnostics = useMemo(() => diagnosticsOf(mine, 'artifactGraph'), [mine]);
  return (
    <Card title="Artifacts">
      <div className="grid">
        <div className="stack">
          <CodeEditor
            ref={editor}
            label="Artifact graph (YAML): what a job keeps"
            language="yaml"
            value={form.artifactGraph}
            onChange={(artifactGraph) => onChange({ artifactGraph })}
            diagnostics={diagnostics}
            height="14rem"
          />
          {mine.length > 0 && (
            <FindingsList
              findings={mine}
              onJump={({ line, column }) =>
                line !== undefined && editor.current?.goTo(line, column)
              }
            />
          )}
        </div>
        <div className="stack">
          <h3>Artifact plugins</h3>
          <PluginsForm
            label="Artifact plugin"
            bound={form.artifactPlugins}
            taken={form.plugins}
            onChange={(artifactPlugins) => onChange({ artifactPlugins })}
          />
          <h3>Artifact parameters: what a job is given</h3>
          <ArtifactParametersForm
            rows={form.artifactParameters}
            faults={faults}
            onChange={(artifactParameters) => onChange({ artifactParameters })}
          />
        </div>
      </div>
    </Card>
  );
}

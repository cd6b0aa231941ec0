import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useGroup } from '../../../data/use-group.ts';
import { Button } from '../../../ui/button.tsx';
import { SelectField } from '../../../ui/field.tsx';
import { Badge, Name } from '../../../ui/text.tsx';
import type { BoundPlugin } from './form.ts';
import { newestOf, pluginsQuery } from './plugins-query.ts';
import { signatureOf } from './signature.ts';

interface PluginsFormProps {
  /** What they are for: "Plugin" or "Artifact plugin". */
  readonly label: string;
  readonly bound: readonly BoundPlugin[];
  /** Those of the other list: nothing may be in both. */
  readonly taken: readonly BoundPlugin[];
  readonly onChange: (bound: readonly BoundPlugin[]) => void;
  /** Puts a step that calls a task into the graph. */
  readonly onTask?: (task: string, inputs: readonly string[]) => void;
}

/** Which plugins an entrypoint binds, at which versions; what tasks they offer. */
export function PluginsForm({ label, bound, taken, onChange, onTask }: PluginsFormProps) {
  const group = useGroup();
  const plugins = useQuery(pluginsQuery(group));
  const all = plugins.data?.data ?? [];
  const used = new Set([...bound, ...taken].map(({ id }) => id));
  const free = all.filter(({ id }) => !used.has(id));
  const update = (old: BoundPlugin): void => {
    const found = all.find(({ id }) => id === old.id);
    if (found !== undefined) {
      onChange(bound.map((each) => (each.id === old.id ? newestOf(found) : each)));
    }
  };
  return (
    <div className="stack">
      {bound.map((plugin) => {
        const now = all.find(({ id }) => id === plugin.id);
        const isOld = now === undefined ? plugin.old : now.snapshot !== plugin.snapshotId;
        return (
          <div key={plugin.id} className="entry-plugin">
            <div className="row">
              <Link
                to="/$group/plugins/$plugin"
                params={{ group, plugin: String(plugin.id) }}
                target="_blank"
              >
                <Name>{plugin.name}</Name>
              </Link>
              <span className="quiet">snapshot {plugin.snapshotId}</span>
              {isOld ? <Badge tone="warn">a newer version exists</Badge> : <Badge>newest</Badge>}
              {isOld && (
                <Button onClick={() => update(plugin)} disabled={now === undefined}>
                  Update to the newest version
                </Button>
              )}
              <Button
                kind="quiet"
                aria-label={`Unbind ${plugin.name}`}
                onClick={() => onChange(bound.filter(({ id }) => id !== plugin.id))}
              >
                Unbind
              </Button>
            </div>
            <Tasks plugin={plugin} {...(onTask !== undefined && { onTask })} />
          </div>
        );
      })}
      <SelectField
        label={`Bind another ${label.toLowerCase()}`}
        value=""
        hint={
          plugins.data !== undefined && all.length === 0
            ? 'The group has no plugins yet.'
            : undefined
        }
        onChange={({ target }) => {
          const found = free.find(({ id }) => id === Number(target.value));
          if (found !== undefined) onChange([...bound, newestOf(found)]);
        }}
      >
        <option value="">{free.length === 0 ? 'No other plugins' : 'Choose …'}</option>
        {free.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
    </div>
  );
}

type TasksProps = Pick<PluginsFormProps, 'onTask'> & { readonly plugin: BoundPlugin };

/** The tasks of a plugin, as one calls them. */
function Tasks({ plugin, onTask }: TasksProps) {
  const functions = plugin.files.flatMap(({ tasks }) => tasks.functions);
  const artifacts = plugin.files.flatMap(({ tasks }) => tasks.artifacts);
  if (functions.length + artifacts.length === 0) {
    return <p className="quiet">It registers no tasks.</p>;
  }
  return (
    <ul className="entry-tasks">
      {functions.map((task) => (
        <li key={task.id}>
          <code>{signatureOf(task)}</code>
          {onTask !== undefined && (
            <Button
              kind="quiet"
              aria-label={`Add a step that calls ${task.name}`}
              onClick={() =>
                onTask(
                  task.name,
                  task.inputParams.map(({ name }) => name),
                )
              }
            >
              Add a step
            </Button>
          )}
        </li>
      ))}
      {artifacts.map((task) => (
        <li key={task.id}>
          <code>{task.name}</code> <span className="quiet">keeps artifacts</span>
        </li>
      ))}
    </ul>
  );
}

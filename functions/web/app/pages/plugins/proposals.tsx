import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../ui/button.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { Badge } from '../../ui/text.tsx';
import { analyse, makeType } from './calls.ts';
import {
  missingTypes,
  proposedTask,
  type Signature,
  standingOf,
  type TaskRow,
  withTask,
} from './tasks.ts';
import { typesQuery } from './types-query.ts';

interface ProposalsProps {
  readonly group: number;
  readonly code: string;
  readonly tasks: readonly TaskRow[];
  readonly onChange: (tasks: readonly TaskRow[]) => void;
}

/** Reads what tasks the code registers and offers them, with the types that the group does not have yet. */
export function Proposals({ group, code, tasks, onChange }: ProposalsProps) {
  const read = useMutation({ mutationFn: () => analyse(code) });
  return (
    <div className="stack">
      <div className="row">
        <Button busy={read.isPending} onClick={() => read.mutate()}>
          Read the tasks from the code
        </Button>
        <span className="quiet">
          Functions under <code>@pyplugs.register</code>; nothing is run.
        </span>
      </div>
      {read.isError && <ErrorNote error={read.error} />}
      {read.data !== undefined && (
        <Found group={group} signatures={read.data} tasks={tasks} onChange={onChange} />
      )}
    </div>
  );
}

type FoundProps = Omit<ProposalsProps, 'code'> & { readonly signatures: readonly Signature[] };

const STANDINGS = {
  new: <Badge tone="busy">not in the form</Badge>,
  same: <Badge tone="good">as in the form</Badge>,
  different: <Badge tone="warn">other than in the form</Badge>,
} as const;

function Found({ group, signatures, tasks, onChange }: FoundProps) {
  const types = useQuery(typesQuery(group)).data ?? [];
  if (signatures.length === 0) {
    return (
      <p role="status">
        The code registers no tasks: put <code>@pyplugs.register</code> above a function.
      </p>
    );
  }
  const missing = missingTypes(signatures, types);
  const proposed = signatures.map((signature) => proposedTask(signature, types));
  const open = proposed.filter((task) => standingOf(task, tasks) !== 'same');
  return (
    <div className="plugin-proposals" role="status">
      {missing.length > 0 && <MissingTypes group={group} missing={missing} />}
      <ul>
        {signatures.map((signature, index) => {
          const task = proposed[index];
          const standing = task === undefined ? 'same' : standingOf(task, tasks);
          return (
            <li key={signature.name} className="row">
              <code>{textOf(signature)}</code>
              {STANDINGS[standing]}
              {task !== undefined && standing !== 'same' && (
                <Button
                  kind="quiet"
                  aria-label={`Take ${signature.name}`}
                  onClick={() => onChange(withTask(tasks, task))}
                >
                  Take it
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {open.length > 1 && (
        <div>
          <Button onClick={() => onChange(open.reduce(withTask, tasks))}>
            Take all {open.length}
          </Button>
        </div>
      )}
    </div>
  );
}

const textOf = ({ name, inputs, outputs }: Signature): string => {
  const taken = inputs.map((input) => `${input.name}${input.required ? '' : '?'}: ${input.type}`);
  const given = outputs.map((output) => output.type).join(', ');
  return `${name}(${taken.join(', ')})${given === '' ? '' : ` → ${given}`}`;
};

interface MissingTypesProps {
  readonly group: number;
  readonly missing: ReturnType<typeof missingTypes>;
}

/** Types that the signatures name, made by one click: a type may be a name alone. */
function MissingTypes({ group, missing }: MissingTypesProps) {
  const queries = useQueryClient();
  const notices = useNotices();
  const make = useMutation({
    mutationFn: async () => {
      for (const { name, description } of missing) await makeType(group, name, description);
    },
    onSuccess: () => notices.done('The types are made.'),
    onError: notices.failed,
    onSettled: () => queries.invalidateQueries({ queryKey: ['parameterTypes'] }),
  });
  return (
    <div className="row">
      <span>
        The group has no type{' '}
        {missing.map(({ name, description }, index) => (
          <span key={name}>
            {index > 0 && ', '}
            <code title={description}>{name}</code>
          </span>
        ))}
        .
      </span>
      <Button busy={make.isPending} onClick={() => make.mutate()}>
        {missing.length === 1 ? 'Make this type' : `Make these ${missing.length} types`}
      </Button>
    </div>
  );
}

import { Button } from '../../ui/button.tsx';

interface EditDeleteProps {
  readonly name: string;
  /** Why one may do neither. */
  readonly why: string | undefined;
  readonly edit: () => void;
  readonly remove: () => void;
}

/** What can be done to a row. */
export function EditDelete({ name, why, edit, remove }: EditDeleteProps) {
  const button = { kind: 'quiet', disabled: why !== undefined, title: why } as const;
  return (
    <span className="row">
      <Button {...button} aria-label={`Edit: ${name}`} onClick={edit}>
        Edit
      </Button>
      <Button {...button} aria-label={`Delete: ${name}`} onClick={remove}>
        Delete
      </Button>
    </span>
  );
}

import { useBlocker } from '@tanstack/react-router';
import { Confirm } from '../../../ui/dialog.tsx';

interface LeaveGuardProps {
  /** Whether something would be lost, asked when one leaves. */
  readonly isOpen: () => boolean;
  /** Why it is not in a draft, where that went wrong. */
  readonly why?: unknown;
}

/** Asks before a page is left whose changes are kept nowhere. */
export function LeaveGuard({ isOpen, why }: LeaveGuardProps) {
  const blocker = useBlocker({
    shouldBlockFn: isOpen,
    enableBeforeUnload: isOpen,
    withResolver: true,
  });
  return (
    <Confirm
      title="Leave without the last changes?"
      open={blocker.status === 'blocked'}
      onClose={() => blocker.reset?.()}
      action="Leave, and lose them"
      danger
      onConfirm={() => blocker.proceed?.()}
    >
      <p>
        What you changed last is in no draft
        {why === undefined ? ' yet; it takes two seconds.' : ': the server did not take it.'}
      </p>
    </Confirm>
  );
}

import { useBlocker } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Confirm } from './dialog.tsx';

interface LeaveGuardProps {
  /** Whether something would be lost, asked when one leaves. */
  readonly isOpen: () => boolean;
  /** What would be lost. */
  readonly children: ReactNode;
}

/** Asks before a page is left whose changes are kept nowhere. */
export function LeaveGuard({ isOpen, children }: LeaveGuardProps) {
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
      {children}
    </Confirm>
  );
}

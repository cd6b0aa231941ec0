import type { ReactNode } from 'react';
import './tabs.css';

/** Links between the parts of one page; the children are router links. */
export const Tabs = ({ label, children }: { label: string; children: ReactNode }) => (
  <nav className="tabs" aria-label={label}>
    {children}
  </nav>
);

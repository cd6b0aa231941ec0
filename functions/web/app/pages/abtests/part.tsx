import type { ReactNode } from 'react';
import './part.css';

interface PartProps {
  readonly title: string;
  readonly disabled?: boolean | undefined;
  readonly children: ReactNode;
}

/** Fields of a form that belong together. */
export const Part = ({ title, disabled, children }: PartProps) => (
  <fieldset className="part" disabled={disabled}>
    <legend>
      <bdi>{title}</bdi>
    </legend>
    {children}
  </fieldset>
);

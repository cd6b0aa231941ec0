import { plainMessage } from './refusals.ts';
import './account.css';

/** Why a form was refused, below it. */
export const Refusal = ({ error }: { readonly error: unknown }) => (
  <p role="alert" className="refusal">
    <bdi>{plainMessage(error)}</bdi>
  </p>
);

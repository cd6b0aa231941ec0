import { ClientCode } from './client-code.tsx';
import { type Experiment, variantsOf } from './model.ts';

/** Code to take part in an A/B test, and to report what its metrics may count. */
export const TestCode = ({ experiment }: { readonly experiment: Experiment }) => (
  <ClientCode
    flag={experiment.feature_flag_key}
    variants={variantsOf(experiment).map(({ key }) => key)}
    event="purchase"
  />
);

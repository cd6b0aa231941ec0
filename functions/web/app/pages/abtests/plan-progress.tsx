import { useQuery } from '@tanstack/react-query';
import { answerOf, posthog } from '../../data/api.ts';
import { count } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { Name, Progress } from '../../ui/text.tsx';
import { daysOf } from './days.ts';
import { type Experiment, measuresOf } from './model.ts';
import { daysLeft, type PlanAsked, planOf } from './plan.ts';
import { projectOf, resultQuery } from './queries.ts';

interface PlanProgressProps {
  readonly experiment: Experiment;
  readonly people: number;
}

/** How far an experiment is on its way to the people that its plan asks for. */
export function PlanProgress({ experiment, people }: PlanProgressProps) {
  const group = useGroup();
  const measured = measuresOf(experiment).find(({ primary }) => primary);
  const result = useQuery({
    ...resultQuery(group, experiment.id, measured ?? NO_METRIC),
    enabled: measured !== undefined,
  });
  if (measured === undefined || result.data === undefined) return null;
  const effect = experiment.running_time_calculation.minimum_detectable_effect;
  const asked = planOf(measured.metric, result.data, effect);
  if (asked === undefined) return null;
  return <Planned {...{ experiment, people, asked }} name={measured.name} />;
}

/** Stands in for a metric where there is none; nothing is asked about it. */
const NO_METRIC = {
  id: 'none',
  name: '',
  primary: true,
  metric: { kind: 'ExperimentMetric', metric_type: 'mean' },
} as const;

interface PlannedProps extends PlanProgressProps {
  readonly asked: PlanAsked;
  readonly name: string;
}

function Planned({ experiment, people, asked, name }: PlannedProps) {
  const group = useGroup();
  const plan = useQuery({
    queryKey: ['running-time', group, asked],
    queryFn: () =>
      answerOf(
        posthog.GET('/api/projects/{project}/experiments/running_time', {
          params: { path: { project: projectOf(group) }, query: asked },
        }),
      ),
    staleTime: 600_000,
  });
  const needed = plan.data?.recommended_sample_size;
  if (needed === undefined || needed === null) return null;
  const left = daysLeft(needed, people, daysOf(experiment) ?? 0);
  const isOver = experiment.end_date !== null;
  return (
    <div className="plan-progress">
      <Progress
        value={Math.min(1, people / needed)}
        label="People of those that the plan asks for"
      />
      <p className="quiet">
        {left === 0
          ? `${count(people)} people; ${count(needed)} are enough`
          : `${count(people)} of ${count(needed)} people that it takes`}{' '}
        to find a change of {asked.minimum_detectable_effect}% in “<Name>{name}</Name>”
        {left !== undefined &&
          left > 0 &&
          !isOver &&
          `, about ${count(left)} more days at this pace`}
        .
      </p>
    </div>
  );
}

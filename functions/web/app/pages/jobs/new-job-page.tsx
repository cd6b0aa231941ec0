import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { answerOf, dioptra } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { SelectField } from '../../ui/field.tsx';
import { Answer, Card, Empty, Page } from '../../ui/page.tsx';
import { firstJobCode } from './first-job-code.ts';
import { experimentChoices } from './group-choices.ts';
import { JobFormFields } from './job-form-fields.tsx';
import { jobQuery } from './job-queries.ts';
import type { Entrypoint, Job } from './job-types.ts';
import { newJobRouteApi } from './route-apis.ts';
import './new-job-page.css';

const entrypointQuery = (id: number | undefined) => ({
  queryKey: ['entrypoint', id],
  queryFn: () => answerOf(dioptra.GET('/entrypoints/{id}', { params: { path: { id: id ?? 0 } } })),
  enabled: id !== undefined,
  // What runs is the newest version: one that was read a moment ago may be another by now.
  staleTime: 0,
});

/** Experiment, entrypoint, then what the entrypoint needs; begins with the values of another job where one is named. */
export function NewJobPage() {
  const group = useGroup();
  const { like } = newJobRouteApi.useSearch();
  return (
    <Page
      title={like === undefined ? 'Submit a job' : `Run job ${like} again`}
      above={
        <>
          <Link to="/$group/jobs" params={{ group }}>
            Jobs
          </Link>
          {like !== undefined && (
            <>
              {' › '}
              <Link to="/$group/jobs/$job" params={{ group, job: String(like) }}>
                Job {like}
              </Link>
            </>
          )}
        </>
      }
    >
      <Choose />
    </Page>
  );
}

function Choose() {
  const group = useGroup();
  const search = newJobRouteApi.useSearch();
  const navigate = newJobRouteApi.useNavigate();
  const experiments = useQuery(experimentChoices(group));
  const { experiment } = search;
  return (
    <Answer query={experiments}>
      {(all) => {
        if (all.length === 0) return <NoExperiments />;
        const chosen = all.find(({ id }) => id === experiment);
        const entrypoints = chosen?.entrypoints ?? [];
        const only = entrypoints.length === 1 ? entrypoints[0]?.id : undefined;
        const entrypoint = search.entrypoint ?? only;
        return (
          <>
            <Card title="What runs">
              <div className="grid">
                <SelectField
                  label="Experiment"
                  value={experiment ?? ''}
                  onChange={({ target }) =>
                    void navigate({ search: { experiment: Number(target.value) || undefined } })
                  }
                >
                  <option value="">Choose one …</option>
                  {all.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </SelectField>
                <SelectField
                  label="Entrypoint"
                  value={entrypoint ?? ''}
                  disabled={chosen === undefined}
                  hint={
                    chosen !== undefined && entrypoints.length === 0
                      ? 'This experiment has no entrypoints yet: add one to it first.'
                      : undefined
                  }
                  onChange={({ target }) =>
                    void navigate({
                      search: { experiment, entrypoint: Number(target.value) || undefined },
                    })
                  }
                >
                  <option value="">Choose one …</option>
                  {entrypoints.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </SelectField>
              </div>
            </Card>
            {experiment !== undefined && entrypoint !== undefined && (
              <Fill
                key={`${entrypoint} ${search.like}`}
                experiment={experiment}
                entrypoint={entrypoint}
                like={search.like}
              />
            )}
          </>
        );
      }}
    </Answer>
  );
}

interface FillProps {
  readonly experiment: number;
  readonly entrypoint: number;
  readonly like: number | undefined;
}

/** The rest of the form, when the entrypoint and the job that it is to be like are there. */
function Fill({ experiment, entrypoint, like }: FillProps) {
  const chosen = useQuery(entrypointQuery(entrypoint));
  const job = useQuery({
    ...jobQuery(like ?? 0),
    enabled: like !== undefined,
    refetchInterval: false,
  });
  const fitting = (found: Job | undefined) =>
    found?.entrypoint.id === entrypoint ? found : undefined;
  return (
    <Answer query={chosen}>
      {(data) =>
        like === undefined ? (
          <JobFormFields experiment={experiment} entrypoint={data} like={undefined} />
        ) : (
          <Answer query={job}>
            {(found) => (
              <>
                <OtherSnapshot job={fitting(found)} entrypoint={data} />
                <JobFormFields experiment={experiment} entrypoint={data} like={fitting(found)} />
              </>
            )}
          </Answer>
        )
      }
    </Answer>
  );
}

interface OtherSnapshotProps {
  readonly job: Job | undefined;
  readonly entrypoint: Entrypoint;
}

/** What runs is the newest of the entrypoint: said where the job before ran another. */
function OtherSnapshot({ job, entrypoint }: OtherSnapshotProps) {
  const group = useGroup();
  const { id, snapshot } = entrypoint;
  const before = job?.entrypoint.snapshotId;
  if (job === undefined || before === undefined || before === snapshot) return null;
  return (
    <p className="new-job-note">
      Job {job.id} ran snapshot {before}; this runs the newest, snapshot {snapshot}.{' '}
      <Link
        to="/$group/entrypoints/$entrypoint"
        params={{ group, entrypoint: String(id) }}
        search={{ tab: 'versions', from: before, to: snapshot }}
      >
        What changed
      </Link>
    </p>
  );
}

function NoExperiments() {
  const group = useGroup();
  return (
    <Empty title="No experiments yet" code={firstJobCode(window.location.origin)}>
      <p>
        A job belongs to an{' '}
        <Link to="/$group/experiments" params={{ group }}>
          experiment
        </Link>{' '}
        and runs one of its{' '}
        <Link to="/$group/entrypoints" params={{ group }}>
          entrypoints
        </Link>
        : make these first. Then submit the job here, or with Dioptra's Python client:
      </p>
    </Empty>
  );
}

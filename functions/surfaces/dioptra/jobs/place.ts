interface Named {
  readonly jobId: number;
  readonly experimentId?: number;
}

/** A job is found by itself or below its experiment; both ways answer alike. */
export interface Place {
  readonly path: string;
  /** In operation ids. */
  readonly title: string;
  readonly named: (params: { readonly id: number; readonly jobId: number }) => Named;
}

export const byItself: Place = {
  path: '/jobs/{id:int}',
  title: 'Job',
  named: ({ id }) => ({ jobId: id }),
};
export const belowExperiment: Place = {
  path: '/experiments/{id:int}/jobs/{jobId:int}',
  title: 'ExperimentJob',
  named: ({ id, jobId }) => ({ jobId, experimentId: id }),
};

/** What is assumed where nothing is counted; each figure is on the dear side. */
export const ASSUMED = {
  /** CPU of one answer by a whole core; `npm run bench` has 1 to 2.2 ms, and 4.6 ms to submit a job. */
  cpuMs: 3,
  /** A function's share of a core: AWS gives a whole one at 1,769 MB. */
  megabytesOfOneCore: 1769,
  /** A call of each service within a region. */
  tableMs: 4,
  blobsMs: 15,
  messagesMs: 12,
  /** Of a million mixed calls. */
  shareOfReads: 2 / 3,
} as const;

/** A million events of the model: a day's, as SDKs of servers send them; half as fast as measured. */
export const EVENTS = {
  perBatch: 100,
  /** That wait when a writer begins. */
  batchesOfARound: 50,
  hours: 24,
  storedPerSecond: 20_000,
  packedPerSecond: 40_000,
  /** How long a writer waits for more before it ends. */
  lingerMs: 1_500,
  /** Of one event in its file. */
  bytes: 65,
} as const;

/** The job of the model: small, two minutes long, and talkative. */
export const JOB = {
  seconds: 120,
  vcpu: 0.25,
  gigabytes: 0.5,
  /** With each heartbeat, whoever waits for the job looks at it once. */
  heartbeats: 12,
  logCalls: 12,
  logLinesPerCall: 16,
  logLineLength: 100,
  /** The worker's long polling: receives while the job runs, and the deletion of its message. */
  queueRequests: 8,
  /** Two bundles of plugins and one artifact are fetched, one artifact is stored. */
  objectsFetched: 3,
  objectsStored: 1,
  /** The launcher looks, waits for what runs already, and looks again. */
  launchMs: 3_000,
  /** What the worker itself says of a job. */
  workerLogBytes: 2_000,
} as const;

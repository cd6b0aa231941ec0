import { CfnOutput, Duration, Size, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  type IFunction,
  type Function as LambdaFunction,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { ApiEnv } from '../functions/entry/env.ts';
import { VERSION } from '../functions/entry/version.ts';
import { addressesOf, addressOf, namesOf } from './addresses.ts';
import type { Config } from './config.ts';
import { Alarms } from './constructs/alarms.ts';
import { ArtifactBucket } from './constructs/artifact-bucket.ts';
import { Dashboard } from './constructs/dashboard.ts';
import { DataTable } from './constructs/data-table.ts';
import { FirstAdministrator } from './constructs/first-administrator.ts';
import { NodeFunction, type NodeFunctionProps } from './constructs/node-function.ts';
import { PoolQueue } from './constructs/pool-queue.ts';
import { type OwnPaths, PublicApi } from './constructs/public-api.ts';
import { SweepSchedule } from './constructs/sweep-schedule.ts';
import { Workers } from './constructs/workers.ts';
import { PRICES } from './prices.ts';
import { type FunctionName, RIGHTS } from './rights.ts';

export interface AssayStackProps extends StackProps {
  readonly config: Config;
  /** Folder of the bundles that infra/build.ts made. */
  readonly bundles: string;
  /** Folder of the build contexts that infra/images.ts made. */
  readonly images: string;
}

type Environment = NodeFunctionProps['environment'];
/** An emulator adds its own address; an account has none. */
type BaseEnv = Exclude<keyof ApiEnv, 'AWS_ENDPOINT_URL' | 'BACKGROUND'>;
type FunctionOptions = Pick<
  NodeFunctionProps,
  'description' | 'timeout' | 'asynchronous' | 'architecture' | 'disk'
> & {
  readonly memoryMegabytes?: number;
  readonly environment?: Environment;
};

/** What is started each minute is not tried again: the next minute does. */
const EACH_MINUTE = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };

const FLAG_PATHS = ['/flags', '/decide', '/array', '/static', '/api/feature_flag'];
const EVENT_PATHS = ['/batch', '/capture', '/e', '/i/v0/e', '/track', '/engage'];
const QUERY_PATHS = ['/api/projects/{project}/query', '/api/environments/{project}/query'];
/** The slash that clients end a path with is one of what is below it. */
const withRest = (path: string): readonly string[] => [path, `${path}/{rest+}`];

/** One deployment: table, bucket, API, and for each managed pool a queue and the task that empties it. */
export class AssayStack extends Stack {
  private readonly props: AssayStackProps;
  private readonly data: DataTable;
  private readonly artifacts: ArtifactBucket;
  private readonly queues: readonly PoolQueue[];
  private readonly events: PoolQueue;
  private readonly publicApi: PublicApi;

  constructor(scope: Construct, id: string, props: AssayStackProps) {
    super(scope, id, props);
    const { config } = props;
    const { retain } = config;
    this.props = props;
    this.publicApi = this.gateway();
    this.data = new DataTable(this, 'Data', { protect: config.stage === 'prod', retain });
    const origins = [...this.publicApi.origins, ...config.pageOrigins];
    this.artifacts = new ArtifactBucket(this, 'Artifacts', { retain, origins });
    this.queues = config.pools
      .filter(({ kind }) => kind === 'managed')
      .map(({ name }) => new PoolQueue(this, `Pool-${name}`, { pool: name }));
    this.events = new PoolQueue(this, 'Events', { pool: 'assay:events' });
    const launch = this.queues.length === 0 ? undefined : this.launchFunction();
    const pack = this.packFunction();
    const [events, results] = [this.eventsFunction(), this.resultsFunction()];
    const work = {
      ...(launch !== undefined && { launch }),
      pack,
      measure: pack,
      'store-events': events,
      'compact-events': results,
      recalculate: results,
    };
    const background = { BACKGROUND: this.toJsonString(namesOf(work)) };
    const firstAdministrator = this.firstAdministrator();
    const api = this.apiFunction(background, [pack, launch, events, results]);
    // Where anybody may register, a stranger could else come before the operator's invitation.
    const live = this.warm(api);
    this.publicApi.serve(live, firstAdministrator, {
      ...this.ownPaths(background, { events, results }),
      ...this.dashboardPaths(live),
    });
    const sweep = this.sweepFunction(background, [launch, events, results]);
    const looks = launch === undefined ? [sweep] : [sweep, launch];
    new SweepSchedule(this, 'Sweep', { handlers: looks });
    // That events are not stored shows in their queue.
    const watched = { sweep, pack, results, ...(launch !== undefined && { launch }) };
    this.watch(api, watched);
    this.describe(firstAdministrator);
    for (const [key, value] of Object.entries({
      app: 'assay',
      stage: config.stage,
      version: VERSION,
    })) {
      Tags.of(this).add(key, value);
    }
  }

  private gateway(): PublicApi {
    const { requestsPerSecond, logDays, domain, certificate } = this.props.config;
    return new PublicApi(this, 'PublicApi', {
      requestsPerSecond,
      logRetention: logDays,
      domain:
        domain === undefined || certificate === undefined
          ? undefined
          : { name: domain, certificate },
    });
  }

  private apiFunction(environment: Environment, starts: readonly (IFunction | undefined)[]) {
    const api = this.lambda('ApiFunction', 'api', {
      description: 'Answers every request',
      timeout: Duration.seconds(30),
      environment,
    });
    for (const queue of [...this.queues, this.events]) queue.grantSend(api);
    this.events.grantRedrive(api);
    allowStart(api, starts);
    return api;
  }

  /** With instances kept warm, the gateway calls the version that they are of. */
  private warm(api: LambdaFunction): IFunction {
    const { provisioned } = this.props.config;
    if (provisioned === 0) return api;
    return new Alias(this, 'ApiLive', {
      aliasName: 'live',
      version: api.currentVersion,
      provisionedConcurrentExecutions: provisioned,
    });
  }

  private sweepFunction(environment: Environment, starts: readonly (IFunction | undefined)[]) {
    const sweep = this.lambda('SweepFunction', 'sweep', {
      description: 'Finds what was lost or is due',
      timeout: Duration.seconds(60),
      asynchronous: EACH_MINUTE,
      environment,
    });
    for (const queue of this.queues) {
      queue.grantSend(sweep);
      queue.grantCount(sweep);
    }
    this.events.grantCount(sweep);
    allowStart(sweep, starts);
    return sweep;
  }

  /** What PostHog's clients call many times a second, and what takes seconds of a whole processor. */
  private ownPaths(
    environment: Environment,
    { events, results }: Readonly<Record<'events' | 'results', IFunction>>,
  ): Readonly<Record<string, OwnPaths>> {
    const flags = this.lambda('FlagsFunction', 'flags', {
      description: 'Evaluates feature flags',
      timeout: Duration.seconds(30),
      memoryMegabytes: 512,
    });
    const ingest = this.lambda('IngestFunction', 'ingest', {
      description: 'Takes events',
      timeout: Duration.seconds(30),
      environment,
    });
    this.events.grantSend(ingest);
    allowStart(ingest, [events]);
    const query = this.lambda('QueryFunction', 'query', {
      description: 'Works out results of experiments',
      timeout: Duration.seconds(30),
      architecture: Architecture.X86_64,
      memoryMegabytes: 3008,
      disk: Size.gibibytes(4),
      environment,
    });
    allowStart(query, [results]);
    return {
      Flags: { handler: flags, paths: FLAG_PATHS.flatMap(withRest) },
      Ingest: { handler: ingest, paths: EVENT_PATHS.flatMap(withRest) },
      Query: { handler: query, paths: QUERY_PATHS.flatMap(withRest) },
    };
  }

  /** The page itself needs no rights; who is signed in is for the API to say. */
  private dashboardPaths(api: IFunction): Readonly<Record<string, OwnPaths>> {
    const { config, bundles } = this.props;
    const { function: web } = new NodeFunction(this, 'WebFunction', {
      bundles,
      bundle: 'web' satisfies FunctionName,
      description: 'Answers with the dashboard',
      timeout: Duration.seconds(10),
      memoryMegabytes: 512,
      logRetention: config.logDays,
      environment: { STORE_URL: `https://${this.artifacts.bucket.bucketRegionalDomainName}` },
    });
    return {
      Web: { handler: web, paths: withRest('/ui') },
      Session: { handler: api, paths: ['/ui/session'] },
    };
  }

  private launchFunction() {
    const { queues } = this;
    const { config, images } = this.props;
    const workers = new Workers(this, 'Workers', {
      config,
      images,
      queues,
      apiUrl: this.publicApi.url,
    });
    const launch = this.lambda('LaunchFunction', 'launch', {
      description: 'Starts workers for what waits',
      timeout: Duration.seconds(120),
      memoryMegabytes: 512,
      asynchronous: EACH_MINUTE,
      environment: workers.launcherEnv,
    });
    for (const queue of queues) queue.grantCount(launch);
    workers.grantLaunch(launch);
    return launch;
  }

  private packFunction() {
    return this.lambda('PackFunction', 'pack', {
      description: 'Makes archives that take longer than an answer may',
      timeout: Duration.minutes(15),
      // One whole processor, which is what compressing needs.
      memoryMegabytes: 1769,
      // Who waits for the archive asks again, and has it started again when it must be.
      asynchronous: { retryAttempts: 0, maxEventAge: Duration.minutes(5) },
    });
  }

  private eventsFunction() {
    const events = this.lambda('EventsFunction', 'events', {
      description: 'Stores events that were ingested',
      timeout: Duration.minutes(12),
      asynchronous: EACH_MINUTE,
    });
    this.events.grantWork(events);
    return events;
  }

  private resultsFunction() {
    return this.lambda('ResultsFunction', 'results', {
      description: 'Makes large files of events, and works results out',
      timeout: Duration.minutes(15),
      // DuckDB is machine code.
      architecture: Architecture.X86_64,
      memoryMegabytes: 3008,
      disk: Size.gibibytes(8),
      asynchronous: EACH_MINUTE,
    });
  }

  private firstAdministrator(): FirstAdministrator {
    const handler = this.lambda('SetupFunction', 'setup', {
      description: 'Invites the first administrator',
      timeout: Duration.seconds(60),
      memoryMegabytes: 512,
    });
    const { firstAdmin: attempt } = this.props.config;
    const { url: apiUrl } = this.publicApi;
    return new FirstAdministrator(this, 'FirstAdministrator', { handler, attempt, apiUrl });
  }

  private lambda(id: string, bundle: FunctionName, options: FunctionOptions): LambdaFunction {
    const { config, bundles } = this.props;
    const made = new NodeFunction(this, id, {
      bundles,
      bundle,
      logRetention: config.logDays,
      // CPU comes with memory, and one password hash alone takes 128 MB.
      memoryMegabytes: 1024,
      ...options,
      environment: { ...this.functionEnv(), ...options.environment },
    }).function;
    this.data.grant(made, RIGHTS[bundle].items);
    this.artifacts.grant(made, RIGHTS[bundle].objects);
    return made;
  }

  private functionEnv(): Record<BaseEnv, string> {
    return {
      TABLE_NAME: this.data.table.tableName,
      BUCKET_NAME: this.artifacts.bucket.bucketName,
      STAGE: this.props.config.stage,
      REGISTRATION: this.props.config.registration,
      GIT_HOSTS: JSON.stringify(this.props.config.gitHosts),
      POOLS: this.poolAddresses(),
      QUEUES: this.toJsonString([addressOf(this.events)]),
      USD_PER_GB_MONTH: String(PRICES.s3GbMonth.usd),
    };
  }

  private poolAddresses(): string {
    return this.toJsonString(addressesOf(this.props.config.pools, this.queues));
  }

  private watch(handler: IFunction, background: Readonly<Record<string, IFunction>>): void {
    const { publicApi: api, queues: pools, events } = this;
    const { alarmsEmail: email, dashboard } = this.props.config;
    const { topic } = new Alarms(this, 'Alarms', { api, pools, events, background, email });
    if (topic !== undefined) this.output('AlarmsTopic', topic.topicArn, 'Where alarms are told');
    if (dashboard) new Dashboard(this, 'Overview', { api, handler, pools });
  }

  private describe({ command }: FirstAdministrator): void {
    const { api, url, domainTarget } = this.publicApi;
    this.output('UiUrl', `${url}/ui/`, 'The dashboard, for browsers');
    this.output('ApiUrl', url, 'The base URL of every dialect');
    this.output('ApiId', api.apiId, 'The id of the HTTP API');
    this.output(
      'MlflowTrackingUri',
      url,
      'MLFLOW_TRACKING_URI for MLflow clients; set MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE=4194304, too, for large artifacts',
    );
    this.output('ArtifactBucket', this.artifacts.bucket.bucketName, 'Where artifact bytes lie');
    this.output('TableName', this.data.table.tableName, 'The table');
    this.output('Pools', this.poolAddresses(), 'The worker pools and their queues, as JSON');
    this.output('FirstAdmin', command, 'Makes the first administrator; fill in the four values');
    if (domainTarget !== undefined) {
      this.output('DomainTarget', domainTarget, 'Make a CNAME record of the domain to this name');
    }
  }

  private output(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }
}

/** The helper of the library would allow each of their versions, too. */
function allowStart(caller: IFunction, functions: readonly (IFunction | undefined)[]): void {
  const resources = functions.flatMap((started) => started?.functionArn ?? []);
  if (resources.length === 0) return;
  caller.addToRolePolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources }));
}

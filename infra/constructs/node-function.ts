import { join } from 'node:path';
import { type Duration, RemovalPolicy, type Size } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface NodeFunctionProps {
  /** Folder of the bundles, one folder per function (infra/build.ts). */
  readonly bundles: string;
  /** Which bundle: the entry's name before `.lambda.ts`. */
  readonly bundle: string;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMegabytes: number;
  readonly timeout: Duration;
  readonly logRetention: RetentionDays;
  /** Where its code is made for one kind of processor; arm64 when missing. */
  readonly architecture?: Architecture;
  /** Of its folder `/tmp`; half a gigabyte when missing. */
  readonly disk?: Size;
  /** For a function that is started and not waited for: how often and how long a start is tried. */
  readonly asynchronous?: { readonly retryAttempts: number; readonly maxEventAge: Duration };
}

/** One bundled function with a role of its own that, to begin with, may only write its log. */
export class NodeFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grant(role, 'logs:CreateLogStream', 'logs:PutLogEvents');
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: props.architecture ?? Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(join(props.bundles, props.bundle)),
      environment: { ...props.environment },
      memorySize: props.memoryMegabytes,
      timeout: props.timeout,
      logGroup,
      role,
      ...(props.disk !== undefined && { ephemeralStorageSize: props.disk }),
      ...props.asynchronous,
    });
  }
}

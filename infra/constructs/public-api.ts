import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpNoneAuthorizer,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface PublicApiProps {
  /** What answers every request; it also decides who may do what. */
  readonly handler: IFunction;
  /** Sustained requests a second; twice as many pass in a burst. */
  readonly requestsPerSecond: number;
  readonly logRetention: RetentionDays;
}

/** One HTTPS URL with one `$default` route: the router behind it knows all paths and refuses the rest. */
export class PublicApi extends Construct {
  readonly api: HttpApi;
  readonly url: string;

  constructor(scope: Construct, id: string, props: PublicApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      description: 'Assay',
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration('Handler', props.handler),
      // Credentials of five dialects are checked by the handler.
      defaultAuthorizer: new HttpNoneAuthorizer(),
    });
    const log = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: props.requestsPerSecond, burstLimit: props.requestsPerSecond * 2 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(log),
        format: accessLogFormat(),
      },
    });
    this.url = stage.url.replace(/\/$/, '');
  }
}

/** No query string and no header: both may hold secrets. */
function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      requestId: '$context.requestId',
      ip: '$context.identity.sourceIp',
      time: '$context.requestTimeEpoch',
      method: '$context.httpMethod',
      path: '$context.path',
      status: '$context.status',
      bytes: '$context.responseLength',
      milliseconds: '$context.responseLatency',
    }),
  );
}

import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  ApiMapping,
  DomainName,
  HttpApi,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface CustomDomain {
  readonly name: string;
  /** ARN of its certificate, in the region of the stack. */
  readonly certificate: string;
}

export interface PublicApiProps {
  /** Sustained requests a second; twice as many pass in a burst. */
  readonly requestsPerSecond: number;
  readonly logRetention: RetentionDays;
  /** A host name of one's own; its DNS record is made by hand, to the output DomainTarget. */
  readonly domain?: CustomDomain | undefined;
}

/** One HTTPS URL with one `$default` route: the router behind it knows all paths and refuses the rest. */
export class PublicApi extends Construct {
  readonly api: HttpApi;
  readonly url: string;
  /** What a CNAME record of the custom domain points at. */
  readonly domainTarget: string | undefined;

  constructor(scope: Construct, id: string, props: PublicApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      description: 'Assay',
      createDefaultStage: false,
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
    this.domainTarget = props.domain === undefined ? undefined : this.map(props.domain, stage);
    this.url =
      props.domain === undefined ? stage.url.replace(/\/$/, '') : `https://${props.domain.name}`;
  }

  /** What answers every request, once `first` is made; it also decides who may do what. */
  serve(handler: IFunction, first: Construct): void {
    const route = new HttpRoute(this.api, 'DefaultRoute', {
      httpApi: this.api,
      routeKey: HttpRouteKey.DEFAULT,
      integration: new HttpLambdaIntegration('Handler', handler),
      // Credentials of every dialect are checked by the handler.
      authorizer: new HttpNoneAuthorizer(),
    });
    route.node.addDependency(first);
  }

  private map({ name, certificate }: CustomDomain, stage: HttpStage): string {
    const domain = new DomainName(this, 'Domain', {
      domainName: name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificate),
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new ApiMapping(this, 'Mapping', { api: this.api, domainName: domain, stage });
    return domain.regionalDomainName;
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

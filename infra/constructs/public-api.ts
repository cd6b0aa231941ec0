import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  ApiMapping,
  DomainName,
  HttpApi,
  HttpMethod,
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

/** Paths that a function of their own answers, rather than the one that answers every other. */
export interface OwnPaths {
  readonly handler: IFunction;
  /** As the gateway has them: `/flags/{rest+}` is everything below `/flags`. */
  readonly paths: readonly string[];
}

/**
 * One HTTPS URL. The router behind its `$default` route knows all paths and refuses the rest; what is called
 * far more often, or needs far more than the rest, has functions of its own.
 */
export class PublicApi extends Construct {
  readonly api: HttpApi;
  readonly url: string;
  /** Of the pages that it answers with: the gateway's own address stays beside a domain. */
  readonly origins: readonly string[];
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
    const own = stage.url.replace(/\/$/, '');
    this.url = props.domain === undefined ? own : `https://${props.domain.name}`;
    this.origins = [...new Set([this.url, own])];
  }

  /** What answers every request but those for `own`, once `first` is made; it also decides who may do what. */
  serve(handler: IFunction, first: Construct, own: Readonly<Record<string, OwnPaths>> = {}): void {
    const integration = new HttpLambdaIntegration('Handler', handler);
    this.route('DefaultRoute', HttpRouteKey.DEFAULT, integration).node.addDependency(first);
    for (const [name, { handler: other, paths }] of Object.entries(own)) {
      const otherIntegration = new HttpLambdaIntegration(`${name}Handler`, other);
      paths.forEach((path, index) => {
        const key = HttpRouteKey.with(path, HttpMethod.ANY);
        this.route(`${name}Route${index}`, key, otherIntegration).node.addDependency(first);
      });
    }
  }

  /** Credentials of every dialect are checked by the handler. */
  private route(id: string, routeKey: HttpRouteKey, integration: HttpLambdaIntegration): HttpRoute {
    const authorizer = new HttpNoneAuthorizer();
    return new HttpRoute(this.api, id, { httpApi: this.api, routeKey, integration, authorizer });
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

import {
  GatewayVpcEndpointAwsService,
  IpAddresses,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { CfnCluster } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';

/**
 * Where tasks run: public subnets, so that no NAT gateway costs while nobody computes, and a security
 * group that lets nothing in. Traffic to S3 stays inside AWS.
 */
export class WorkerNetwork extends Construct {
  readonly cluster: CfnCluster;
  readonly securityGroup: SecurityGroup;
  readonly subnets: readonly string[];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.0.0.0/16'),
      maxAzs: 2,
      natGateways: 0,
      // Tasks ask for their public address themselves; nothing else gets one.
      subnetConfiguration: [
        { name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 20, mapPublicIpOnLaunch: false },
      ],
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    this.subnets = vpc.publicSubnets.map(({ subnetId }) => subnetId);
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Workers: out to the API and to what jobs fetch, nothing in',
    });
    // The construct for clusters would make the providers a resource of their own.
    this.cluster = new CfnCluster(this, 'Cluster', {
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      clusterSettings: [{ name: 'containerInsights', value: 'disabled' }],
    });
  }
}

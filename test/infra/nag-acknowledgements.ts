/** Findings of cdk-nag that stay, each with its reason. A test fails on one that no longer is found. */
import { CfnElement, type Stack, Validations } from 'aws-cdk-lib';

interface Acknowledgement {
  /** Which constructs, by their path below the stack. */
  readonly under: RegExp;
  readonly rules: readonly string[];
  readonly reason: string;
}

const bucket = (prefix: string) =>
  `AwsSolutions-IAM5[Resource::<ArtifactsBucket88671897.Arn>/${prefix}/*]`;

const OURS: readonly Acknowledgement[] = [
  {
    under: /^(Api|Pack|Sweep|Events|Results)Function\/Role$/,
    rules: ['runs', 'bundles', 'packed', 'snapshots', 'drafts', 'workflows', 'events'].map(bucket),
    reason:
      'Objects are made all the time: a right is for a prefix, and each function has only those that it uses.',
  },
  {
    under: /^LaunchFunction\/Role$/,
    rules: ['AwsSolutions-IAM5[Resource::*]'],
    reason: 'ecs:ListTasks knows no resource; its condition is the one cluster.',
  },
  {
    under: /^LaunchFunction\/Role$/,
    rules: [
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task/<WorkersNetworkClusterC63555D2>/*]',
    ],
    reason:
      'Tasks come and go: any task of the one cluster is described, and tagged when it is made.',
  },
  {
    under: /^Workers\/Task-[a-z0-9-]+\/ExecutionRole$/,
    rules: ['AwsSolutions-IAM5[Resource::*]'],
    reason: 'ecr:GetAuthorizationToken knows no resource; the pull itself is for one repository.',
  },
  {
    under: /^Workers\/Task-[a-z0-9-]+$/,
    rules: ['AwsSolutions-ECS2'],
    reason:
      'Names of a queue and a URL, no secrets; the token comes with each start, for one task alone.',
  },
  {
    under: /^Workers\/Network\/Cluster$/,
    rules: ['AwsSolutions-ECS4'],
    reason:
      'Container Insights bills custom metrics for each task; logs and the alarms on queues tell enough.',
  },
  {
    under: /^Workers\/Network\/Vpc$/,
    rules: ['AwsSolutions-VPC7'],
    reason: 'Flow logs would bill the traffic of every job; nothing is let in.',
  },
  {
    under: /^PublicApi\/Api$/,
    rules: ['AwsSolutions-APIG4'],
    reason:
      'The function checks credentials of every dialect; a test refuses a route without declared access.',
  },
  {
    under: /^Artifacts\/Bucket$/,
    rules: ['AwsSolutions-S1'],
    reason:
      'A log bucket costs for each request; who wants one turns on CloudTrail data events for the bucket.',
  },
  {
    under: /^(Pool-[a-z0-9-]+|Events)\/DeadLetters$/,
    rules: ['Serverless-SQSRedrivePolicy'],
    reason: 'It is the dead-letter queue.',
  },
  {
    under: /^[A-Z][a-z]+Function\/Function$/,
    rules: ['Serverless-LambdaDLQ'],
    reason:
      'No event is lost with a failed start: rows say what is due, the next minute or caller starts it again, and alarms count failures.',
  },
  {
    under: /^(Sweep|Launch|Pack|Events|Results)Function\/Function$/,
    rules: ['Serverless-LambdaAsyncFailureDestination'],
    reason:
      'As for dead letters: a failed start is repeated by the next minute, or by whoever waits for the archive.',
  },
  {
    under: /^Sweep\/EachMinute$/,
    rules: ['Serverless-EventBusDLQ'],
    reason: 'A missed minute needs nothing: the next one sees the same rows.',
  },
  {
    under: /^[A-Z][a-z]+Function\/Function$/,
    rules: ['Serverless-LambdaTracing'],
    reason:
      'X-Ray bills each trace and needs rights on every resource; each request logs its time.',
  },
  {
    under: /^Alarms\/Topic$/,
    rules: ['Serverless-SNSRedrivePolicy'],
    reason:
      'An e-mail that cannot be delivered is not kept; the alarm itself stays visible in the console.',
  },
];

/** Made by the package deploy-time-build, only with `-c buildImage=codebuild`. */
const BUILD = /^ContainerImageBuild/;
const BUILD_STARTER = /^DeployTimeBuildCustomResourceHandler/;
const OF_BUILDS: readonly Acknowledgement[] = [
  {
    under: BUILD,
    rules: [
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonElasticContainerRegistryPublicReadOnly]',
      'AwsSolutions-IAM5[Resource::*]',
    ],
    reason:
      'Reads of public images, to which the base images belong; logins to registries know no resource.',
  },
  {
    under: BUILD,
    rules: [
      'AwsSolutions-IAM5[Action::s3:GetObject*]',
      'AwsSolutions-IAM5[Action::s3:GetBucket*]',
      'AwsSolutions-IAM5[Action::s3:List*]',
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*]',
    ],
    reason:
      'Reads of the bucket of CDK assets, where the build context is, and which holds no data of users.',
  },
  {
    under: BUILD,
    rules: [
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/codebuild/<{id}>:*]',
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:codebuild:<AWS::Region>:<AWS::AccountId>:report-group/<{id}>-*]',
    ],
    reason: 'Logs and reports of the one project.',
  },
  {
    under: BUILD,
    rules: ['AwsSolutions-CB4'],
    reason:
      'A key of one’s own costs $1 a month; the build holds no secret and its result is the image.',
  },
  {
    under: BUILD_STARTER,
    rules: [
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
      'AwsSolutions-L1',
      'Serverless-LambdaDefaultMemorySize',
      'Serverless-LambdaDLQ',
      'Serverless-LambdaLatestVersion',
      'Serverless-LambdaTracing',
    ],
    reason:
      'A function of the package, which runs during deployments alone: it starts the build and writes its log.',
  },
];

export const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [...OURS, ...OF_BUILDS];

/** Marks what is acknowledged, where it is. */
export function acknowledge(stack: Stack, acknowledgements = ACKNOWLEDGEMENTS): void {
  const constructs = stack.node.findAll();
  for (const { under, rules, reason } of acknowledgements) {
    const meant = constructs.filter(({ node }) => under.test(pathBelow(stack, node.path)));
    for (const construct of meant) {
      const resource = construct.node.defaultChild;
      const id = resource === undefined ? '' : logicalIdOf(stack, resource);
      const named = rules.map((rule) => ({ id: rule.replace('{id}', id), reason }));
      Validations.of(construct).acknowledge(...named);
    }
  }
}

export const pathBelow = (stack: Stack, path: string): string =>
  path.slice(stack.node.path.length + 1);

function logicalIdOf(stack: Stack, construct: unknown): string {
  return CfnElement.isCfnElement(construct) ? String(stack.resolve(construct.logicalId)) : '';
}

import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';

/** What the tasks need of the SDK; the launcher alone loads it. */
export const ecsSdk = { DescribeTasksCommand, ECSClient, ListTasksCommand, RunTaskCommand };

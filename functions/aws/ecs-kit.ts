import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';

/** What the tasks need of the SDK; loaded when tasks are first looked at. */
export const ecsSdk = { DescribeTasksCommand, ECSClient, ListTasksCommand, RunTaskCommand };

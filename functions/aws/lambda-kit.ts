import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** What background work needs of the SDK; loaded with the first task. */
export const lambdaSdk = { InvokeCommand, LambdaClient };

/** Takes a deployment out of an emulator that lives on after the tests. */
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { AwsSession } from '../../infra/local/aws-session.ts';
import { destroy } from '../../infra/local/deploy.ts';
import type { Emulator } from '../../infra/local/emulator.ts';

const optionsOf = ({ region, env }: Emulator, endpoint: string) => ({
  endpoint,
  region,
  credentials: {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
  },
});

async function removeTable(emulator: Emulator, TableName: string): Promise<void> {
  const client = new DynamoDBClient(optionsOf(emulator, emulator.endpoint));
  await client.send(new DeleteTableCommand({ TableName }));
  client.destroy();
}

async function removeBucket(emulator: Emulator, Bucket: string): Promise<void> {
  const endpoint = emulator.env.AWS_ENDPOINT_URL_S3 ?? emulator.endpoint;
  const client = new S3Client({ ...optionsOf(emulator, endpoint), forcePathStyle: true });
  for (;;) {
    const listed = await client.send(new ListObjectVersionsCommand({ Bucket }));
    const versions = [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])];
    if (versions.length === 0) break;
    const Objects = versions.map(({ Key, VersionId }) => ({ Key, VersionId }));
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  }
  await client.send(new DeleteBucketCommand({ Bucket }));
  client.destroy();
}

/** The stack, and the table and bucket that it retains; CDK's own bootstrap stack stays. */
export async function removeDeployment({ emulator, deployment }: AwsSession): Promise<void> {
  await destroy(emulator);
  await removeTable(emulator, deployment.outputs.TableName);
  await removeBucket(emulator, deployment.outputs.ArtifactBucket);
}

import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CorsRule,
  HttpMethods,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface ArtifactBucketProps {
  /** Leave the bucket when the stack goes; without it, it goes if it is empty. */
  readonly retain: boolean;
  /** Of the pages that may fetch an artifact by its signed URL. */
  readonly origins: readonly string[];
}

/** What lies in the bucket, by the first part of its keys. */
export type Prefix =
  | 'runs'
  | 'bundles'
  | 'packed'
  | 'snapshots'
  | 'drafts'
  | 'workflows'
  | 'events';

/** `upload` is what a signed upload in parts needs beyond writing. */
export type ObjectRight = 'read' | 'write' | 'upload' | 'remove' | 'list';

const ACTIONS: Readonly<Record<Exclude<ObjectRight, 'list'>, readonly string[]>> = {
  read: ['s3:GetObject'],
  write: ['s3:PutObject'],
  upload: ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
  remove: ['s3:DeleteObject'],
};

/**
 * Bytes that somebody replaced or removed by mistake can be had back for a month. Archives are made
 * on demand from what lies under `runs/`, so they may go and be made again.
 */
const LIFECYCLE: readonly LifecycleRule[] = [
  {
    abortIncompleteMultipartUploadAfter: Duration.days(1),
    noncurrentVersionExpiration: Duration.days(30),
    expiredObjectDeleteMarker: true,
  },
  {
    prefix: 'packed/',
    expiration: Duration.days(7),
    noncurrentVersionExpiration: Duration.days(1),
  },
  // Each event is written twice or more until its hour is one file.
  { prefix: 'events/', noncurrentVersionExpiration: Duration.days(3) },
];

/**
 * The page asks the API, which sends it on to a signed URL: it keeps its origin, and no cookie goes along. A
 * part of a large text is asked for by its range.
 */
const readableFrom = (origins: readonly string[]): CorsRule => ({
  allowedMethods: [HttpMethods.GET],
  allowedOrigins: [...origins],
  allowedHeaders: ['range'],
  exposedHeaders: ['content-length', 'content-range', 'content-type', 'etag'],
  maxAge: 3600,
});

/** Artifact bytes: private, TLS only, reached by presigned URLs that the functions sign. */
export class ArtifactBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: ArtifactBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: [...LIFECYCLE],
      cors: [readableFrom(props.origins)],
    });
  }

  /** Rights by prefix; a presigned URL can do no more than its signer. */
  grant(
    grantee: IGrantable,
    rights: Readonly<Partial<Record<Prefix, readonly ObjectRight[]>>>,
  ): void {
    const prefixes = Object.entries(rights);
    for (const [prefix, given] of prefixes) {
      const actions = given.flatMap((right) => (right === 'list' ? [] : ACTIONS[right]));
      const resources = [this.bucket.arnForObjects(`${prefix}/*`)];
      grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
    }
    const listed = prefixes.filter(([, given]) => given.includes('list'));
    if (listed.length === 0) return;
    this.grantLook(
      grantee,
      listed.map(([prefix]) => `${prefix}/*`),
    );
  }

  /**
   * S3 says "not found" only to who may list; to others it says "forbidden". A look at one key has
   * no prefix, hence `IfExists`: it lets that through, and refuses lists of any other prefix.
   */
  private grantLook(grantee: IGrantable, prefixes: readonly string[]): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [this.bucket.bucketArn],
        conditions: { StringLikeIfExists: { 's3:prefix': prefixes } },
      }),
    );
  }
}

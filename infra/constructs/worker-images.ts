import { join } from 'node:path';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { ContainerImageBuild } from 'deploy-time-build';
import { type Config, readyImage } from '../config.ts';
import { imageContext } from '../images.ts';
import type { ManagedPoolConfig } from '../pools.ts';

export interface WorkerImagesProps {
  readonly config: Config;
  /** Folder of the build contexts that infra/images.ts wrote. */
  readonly contexts: string;
}

const ECR =
  /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([^@]+)|@(sha256:.+))?$/;
/** Enough to go back to the one before; the task definition names one. */
const KEPT_IMAGES = 3;

/** The worker's images: ready ones, or one built for each architecture and set of packages. */
export class WorkerImages extends Construct {
  private readonly props: WorkerImagesProps;
  private readonly made = new Map<string, ContainerImage>();
  private repository: Repository | undefined;

  constructor(scope: Construct, id: string, props: WorkerImagesProps) {
    super(scope, id);
    this.props = props;
  }

  of(pool: ManagedPoolConfig): ContainerImage {
    const ready = readyImage(this.props.config, pool);
    // No part of a name has a dot, so no name is the start of another.
    const id = ready ?? `${pool.arch}.${imageContext(pool)}`;
    const image = this.made.get(id) ?? (ready ? this.ready(ready) : this.build(id, pool));
    this.made.set(id, image);
    return image;
  }

  /** An image in ECR, in this account or another, may then be pulled; others must be public. */
  private ready(uri: string): ContainerImage {
    const [, account, region, name, tag, digest] = ECR.exec(uri) ?? [];
    if (name === undefined) return ContainerImage.fromRegistry(uri);
    const at = { service: 'ecr', account, region, resource: 'repository', resourceName: name };
    const repositoryArn = Stack.of(this).formatArn(at);
    const found = { repositoryArn, repositoryName: name };
    const repository = Repository.fromRepositoryAttributes(this, uri.replaceAll('/', '.'), found);
    return ContainerImage.fromEcrRepository(repository, digest ?? tag);
  }

  private build(id: string, pool: ManagedPoolConfig): ContainerImage {
    const directory = join(this.props.contexts, imageContext(pool));
    const platform = pool.arch === 'x86_64' ? Platform.LINUX_AMD64 : Platform.LINUX_ARM64;
    if (this.props.config.buildImage === 'docker') {
      return ContainerImage.fromDockerImageAsset(
        new DockerImageAsset(this, id, { directory, platform }),
      );
    }
    // The rest of the tag is the hash of the context: one repository holds all images.
    const tagPrefix = `${id}.`;
    const repository = this.repositoryOfBuilds();
    repository.addLifecycleRule({ tagPrefixList: [tagPrefix], maxImageCount: KEPT_IMAGES });
    const props = { directory, platform, repository, tagPrefix };
    return new ContainerImageBuild(this, id, props).toEcsDockerImageCode();
  }

  private repositoryOfBuilds(): Repository {
    this.repository ??= new Repository(this, 'Repository', {
      imageScanOnPush: true,
      removalPolicy: RemovalPolicy.DESTROY,
      emptyOnDelete: true,
    });
    return this.repository;
  }
}

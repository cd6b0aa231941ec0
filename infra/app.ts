/** The CDK app: `npx cdk deploy` builds the dashboard, bundles the functions and synthesizes one stack per stage. */
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { buildLambdas } from './build.ts';
import { readConfig } from './config.ts';
import { stageImages } from './images.ts';
import { AssayStack } from './stack.ts';
import { currentWeb } from './web/current-web.ts';

// Nothing is looked up and nothing random goes in, so the same tree always gives the same template.
const app = new App({ analyticsReporting: false });
const config = readConfig((key) => app.node.tryGetContext(key));
// Inside this run's own output folder: two deployments at once must not share half-built bundles.
const bundles = join(app.outdir, 'bundles');
const images = join(app.outdir, 'images');
await Promise.all([
  currentWeb().then((ui) => buildLambdas(bundles, ui)),
  stageImages(config, images),
]);
new AssayStack(app, `Assay-${config.stage}`, {
  config,
  bundles,
  images,
  description: 'Assay: one serverless home for experiments',
});
app.synth();

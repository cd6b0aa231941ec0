/** A process of Node that does nothing: what is left when its memory is taken off the others'. */
import { serveAsChild } from '../frame/child.ts';

await serveAsChild(async () => ({ ready: {}, close: async () => undefined }));

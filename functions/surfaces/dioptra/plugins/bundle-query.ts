import * as z from 'zod';
import { fileTypes } from '#domain/archives/index.ts';

export const BundleQuery = z.object({ fileType: z.enum(fileTypes).default('tar_gz') });

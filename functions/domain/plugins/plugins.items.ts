import { key, prefix } from '#kernel/keys.ts';
import { type Key, put, type Write } from '#kernel/table.ts';
import type { Plugin } from './plugin.ts';

/** Entrypoints and artifacts name a version of a plugin by the snapshot's id alone. */
export const pluginSnapshotKey = (snapshot: number): Key =>
  key(`${prefix.resource}#PLUGIN_SNAPSHOT#${snapshot}`, 'PLUGIN');

export const pluginSnapshotWrite = (plugin: Plugin): Write =>
  put({ ...pluginSnapshotKey(plugin.snapshot), plugin: plugin.id });

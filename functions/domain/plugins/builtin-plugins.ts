export const builtinPlugins: readonly {
  readonly name: string;
  readonly modules: readonly string[];
}[] = [];

/** A package below `dioptra_builtins` that every MLproject of a workflow job can import. */
export interface BuiltinPlugin {
  readonly name: string;
  /** Names of its files, `__init__.py` aside. */
  readonly modules: readonly string[];
}

/**
 * What there is in `functions/worker/runtimes/mlproject/dioptra_builtins`, which comes with the worker:
 * known here, so that the API can list it without asking one.
 */
export const BUILTIN_PLUGINS: readonly BuiltinPlugin[] = [
  { name: 'artifacts', modules: ['mlflow.py', 'utils.py'] },
  { name: 'metrics', modules: ['distance.py', 'performance.py'] },
  { name: 'random', modules: ['rng.py', 'sample.py'] },
  { name: 'tracking', modules: ['mlflow.py'] },
];

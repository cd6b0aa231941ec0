/** The built-in plugins that need no server; those that do are in mlproject-runner.test.ts. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureJobPython } from '../../../../infra/local/sample/python.ts';

const mlproject = fileURLToPath(
  new URL('../../../../functions/worker/runtimes/mlproject', import.meta.url),
);

let python = '';
const folder = mkdtempSync(join(tmpdir(), 'assay-builtins-'));
beforeAll(async () => {
  python = await ensureJobPython();
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs it where the plugins can be imported, and gives what it prints as JSON. */
function run(script: string): unknown {
  const prelude = `
import json
import numpy as np
from dioptra import pyplugs
def call(name, *args, **kwargs):
    package, module, func = name.split(".")
    return pyplugs.call(f"dioptra_builtins.{package}", module, func, *args, **kwargs)
`;
  const env = { PYTHONPATH: mlproject, PYTHONDONTWRITEBYTECODE: '1', PATH: process.env.PATH };
  const done = spawnSync(python, ['-c', prelude + script], { cwd: folder, env, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}

describe('dioptra_builtins.metrics', () => {
  it('tell how well predictions fit', () => {
    const found = run(`
true, predicted = [0, 1, 2, 1], [0, 1, 1, 1]
names = ["accuracy", "balanced_accuracy", "mcc"]
values = {name: call(f"metrics.performance.{name}", true, predicted) for name in names}
for name in ("precision", "recall", "f1"):
    values[name] = call(f"metrics.performance.{name}", true, predicted, average="micro")
values["categorical"] = call("metrics.performance.categorical_accuracy", np.eye(3)[true], np.eye(3)[predicted])
values["auc"] = call("metrics.performance.roc_auc", [0, 1, 1], [0.1, 0.5, 0.9])
[(shown, metric)] = call("metrics.performance.get_performance_metric_list", [{"name": "acc", "func": "accuracy"}])
values[shown] = metric(true, predicted)
print(json.dumps(values))
`);

    expect(found).toEqual({
      accuracy: 0.75,
      balanced_accuracy: expect.closeTo(2 / 3),
      mcc: expect.closeTo(5 / Math.sqrt(60)),
      precision: 0.75,
      recall: 0.75,
      f1: 0.75,
      categorical: 0.75,
      auc: 1,
      acc: 0.75,
    });
  });

  it('tell how far arrays are apart, each pair by itself', () => {
    const found = run(`
a = np.array([[[3, 4], [0, 0]], [[1, 0], [0, 0]]])
b = np.array([[[0, 0], [0, 0]], [[1, 1], [0, 0]]])
names = ["l_inf_norm", "l_1_norm", "l_2_norm", "paired_euclidean_distances", "paired_manhattan_distances",
         "paired_cosine_similarities", "paired_wasserstein_distances"]
print(json.dumps({name: call(f"metrics.distance.{name}", a, b).tolist() for name in names}))
`);

    expect(found).toEqual({
      l_inf_norm: [4, 1],
      l_1_norm: [7, 1],
      l_2_norm: [5, 1],
      paired_euclidean_distances: [5, 1],
      paired_manhattan_distances: [7, 1],
      paired_cosine_similarities: [0, expect.closeTo(Math.SQRT1_2)],
      paired_wasserstein_distances: [1.75, 0.25],
    });
  });

  it('refuse shapes that are not alike, and names that they do not know', () => {
    const found = run(`
def error(*args):
    try:
        call(*args)
    except ValueError as error:
        return str(error)
print(json.dumps([
    error("metrics.distance.l_2_norm", [[1, 2]], [[1], [2]]),
    error("metrics.distance.get_distance_metric", "far"),
    error("metrics.performance.get_performance_metric", "good"),
]))
`);

    expect(found).toEqual([
      'both need the same shape, not (1, 2) and (2, 1)',
      expect.stringMatching(/^'far' is none of the distances l_inf_norm, /),
      expect.stringMatching(/^'good' is none of the metrics accuracy, /),
    ]);
  });
});

describe('dioptra_builtins.random', () => {
  it('draws the same from the same seed, and says which one it took', () => {
    const found = run(`
seed, rng = call("random.rng.init_rng")
again, other = call("random.rng.init_rng", seed)
numbers = [call("random.sample.draw_random_integer", r, 5, 8) for r in (rng, other)]
rows = [call("random.sample.draw_random_integers", r, size=(2, 3)).tolist() for r in (rng, other)]
print(json.dumps([seed == again, seed >= 0, numbers[0] == numbers[1], 5 <= numbers[0] < 8, rows[0] == rows[1], len(rows[0][1])]))
`);

    expect(found).toEqual([true, true, true, true, true, 3]);
  });
});

describe('dioptra_builtins.artifacts.utils', () => {
  it('makes folders, and unpacks nothing outside of its own', () => {
    const found = run(`
import io, os, tarfile
call("artifacts.utils.make_directories", ["a/b", "a", "c"])
def pack(name, member):
    with tarfile.open(name, "w:gz") as archive:
        info = tarfile.TarInfo(member)
        info.size = 2
        archive.addfile(info, io.BytesIO(b"hi"))
pack("good.tar.gz", "in/side.txt")
pack("bad.tar.gz", "../out.txt")
call("artifacts.utils.extract_tarfile", "good.tar.gz", output_dir="a/b")
try:
    call("artifacts.utils.extract_tarfile", "bad.tar.gz", output_dir="c")
    refused = None
except tarfile.FilterError as error:
    refused = type(error).__name__
print(json.dumps([open("a/b/in/side.txt").read(), refused, sorted(os.listdir("."))]))
`);

    const names = ['a', 'bad.tar.gz', 'c', 'good.tar.gz'];
    expect(found).toEqual(['hi', 'OutsideDestinationError', names]);
  });
});

import { describe, expect, it } from 'vitest';
import { groupCommit } from '#embedded/group-commit.ts';
import { openDatabase } from '#embedded/sqlite.ts';

function openCounted() {
  const database = openDatabase(':memory:', 'CREATE TABLE IF NOT EXISTS numbers (n INTEGER)');
  const insert = database.prepare('INSERT INTO numbers VALUES (?)');
  let begun = 0;
  const together = groupCommit({
    immediate(work) {
      begun += 1;
      return database.immediate(work);
    },
  });
  return {
    together,
    begun: () => begun,
    add: (n: number) => () => {
      insert.run(n);
      return n;
    },
    numbers: () =>
      database
        .prepare('SELECT n FROM numbers ORDER BY n')
        .all()
        .map(({ n }) => n),
    close: database.close,
  };
}

describe('groupCommit', () => {
  it('commits works that come in together at once, and gives each its own result', async () => {
    const { together, begun, add, numbers, close } = openCounted();

    const results = await Promise.all([1, 2, 3].map((n) => together(add(n))));

    expect(results).toEqual([1, 2, 3]);
    expect(numbers()).toEqual([1, 2, 3]);
    expect(begun()).toBe(1);
    close();
  });

  it('writes nothing before, and everything by the time that it settles', async () => {
    const { together, add, numbers, close } = openCounted();

    const written = together(add(1));
    const before = numbers();
    await written;

    expect(before).toEqual([]);
    expect(numbers()).toEqual([1]);
    close();
  });

  it('takes back only the work that fails', async () => {
    const { together, add, numbers, close } = openCounted();
    const failing = () => {
      add(2)();
      throw new Error('half done');
    };

    const outcomes = await Promise.allSettled([
      together(add(1)),
      together(failing),
      together(add(3)),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { message: 'half done' } });
    expect(numbers()).toEqual([1, 3]);
    close();
  });

  it('waits for a locked database once, not once for each work', async () => {
    let begun = 0;
    const together = groupCommit({
      immediate() {
        begun += 1;
        throw new Error('locked');
      },
    });

    const outcomes = await Promise.allSettled([together(() => 1), together(() => 2)]);

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(begun).toBe(1);
  });

  it('leaves the database to others after some works', async () => {
    const { together, begun, add, numbers, close } = openCounted();

    await Promise.all(Array.from({ length: 100 }, (_, n) => together(add(n))));

    expect(numbers()).toHaveLength(100);
    expect(begun()).toBe(2);
    close();
  });

  it('commits at once what waits when it is told to', () => {
    const { together, add, numbers, close } = openCounted();
    void together(add(1));

    together.flush();

    expect(numbers()).toEqual([1]);
    close();
  });
});

/**
 * Runs `task` on every item, at most `concurrency` at a time, and waits for all that were started: after a failure
 * nothing new starts, and nothing goes on in the background once the first error is thrown.
 */
export async function inParallel<Item>(
  items: Iterable<Item>,
  concurrency: number,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const work = async () => {
    for (let next = queue.next(); !next.done && failures.length === 0; next = queue.next())
      await task(next.value).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  if (failures.length > 0) throw failures[0];
}

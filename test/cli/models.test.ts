import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addModels } from '../../cli/models.js';
import { findChampion } from '../../registry/champion.js';
import { rejectModel } from '../../registry/rejections.js';
import { createFileStore } from '../../storage/file-store.js';
import { keys } from '../../storage/keys.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { finishRun, runAgain } from '../verification/finished-run.js';

let printed = '';

beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => vi.restoreAllMocks());

async function graft(root: string, ...args: readonly string[]): Promise<string> {
  printed = '';
  const program = new Command('graft').exitOverride().configureOutput({ writeErr: () => undefined });
  addModels(program);
  const [verb = '', ...rest] = args;
  await program.parseAsync(['node', 'graft', 'models', verb, '--store', root, ...rest]);
  return printed;
}

/** A folder with two completed runs of the same data set, whose heads differ, and their models' names; no champion. */
async function twoModels() {
  const { store: memory, summary } = await finishRun();
  const second = await runAgain(memory, '01a20000-0000-7000-8000-000000000002', { head: { C: 1e-6 } });
  for (const key of memory.objects.keys())
    if (key.startsWith('registry/') && !key.endsWith('/last.json')) memory.objects.delete(key);
  const root = await temporaryFolder();
  const store = createFileStore(root);
  for (const [key, body] of memory.objects) await store.replace(key, body);
  const keysOf = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const { key } of store.list('')) found.push(key);
    return found;
  };
  return { root, store, keysOf, first: summary.model, second: second.model };
}

describe('graft models', () => {
  test('lists the models of a data set, aligned, and marks the champion', async () => {
    const { root, store, first, second } = await twoModels();
    expect(await graft(root, 'list')).toMatch(/^meals · no champion yet$/m);
    await graft(root, 'promote', first.slice(0, 10));
    await rejectModel(store, 'meals', { model: second, runId: 'r', reason: 'no', at: '2026-01-02' });
    const lines = (await graft(root, 'list', '--dataset', 'meals')).split('\n');
    expect(lines[0]).toMatch(
      new RegExp(`^meals · champion ${first.slice(0, 12)}, promoted at the command line, 20\\d\\d-`),
    );
    expect(lines[2]).toMatch(
      new RegExp(
        `^● ${first.slice(0, 12)}  [01]\\.\\d{4} .* logistic regression, C 1 .* champion \\(entry 1\\)$`,
      ),
    );
    expect(lines[3]).toMatch(
      new RegExp(`^  ${second.slice(0, 12)} .* logistic regression, C 0\\.000001 .* rejected$`),
    );
    for (const column of ['backbone', 'trained', 'run']) expect(lines[1]?.indexOf(column)).toBeGreaterThan(0);
    expect(lines[2]?.indexOf('fake')).toBe(lines[1]?.indexOf('backbone'));
    const json = (await graft(root, 'list', '--json')).trim().split('\n');
    expect(json.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { model: first, champion: true, state: 'champion (entry 1)', entries: [1], head: { C: 1 } },
      { model: second, champion: false, state: 'rejected', entries: [] },
    ]);
  });

  test('lists a model whose run awaits approval', async () => {
    const { root, store, second } = await twoModels();
    const runId = '01a20000-0000-7000-8000-000000000002';
    const outcome = Buffer.from(await store.get(keys.runOutcome(runId))).toString();
    await store.delete(keys.runOutcome(runId));
    const offer = outcome.replace('"status":"completed"', '"status":"awaiting-approval"');
    await store.replace(keys.runOffer(runId), Buffer.from(offer));
    expect(await graft(root, 'list')).toMatch(
      new RegExp(`^  ${second.slice(0, 12)} .* awaits approval$`, 'm'),
    );
  });

  test('shows a model with its lineage, its scores and its history', async () => {
    const { root, first } = await twoModels();
    await graft(root, 'promote', first, '--reason', 'asked \u001b[31mfor');
    const shown = await graft(root, 'show', first.slice(0, 8));
    expect(shown).toContain(`Model        ${first}\nData set     meals, version `);
    expect(shown).toMatch(/^Accuracy +[01]\.\d{4} on 3 evaluation pictures \(95 %: /m);
    expect(shown).toMatch(/^History +entry 1, .*: asked \\x1b\[31mfor$/m);
    expect(shown).toMatch(/precision +recall/);
    expect(JSON.parse(await graft(root, 'show', first, '--json'))).toMatchObject({
      ...{
        model: first,
        state: 'champion (entry 1)',
        history: [{ number: 1, reason: 'asked \u001b[31mfor' }],
      },
    });
  });

  test('shows a model whose lineage and metrics are gone', async () => {
    const { root, store, first } = await twoModels();
    await store.delete(keys.lineage(first));
    await store.delete(keys.runMetrics('01a20000-0000-7000-8000-000000000001'));
    expect(await graft(root, 'show', first)).toMatch(/^Head +–\nTrained .* Graft unknown$/m);
  });

  test('compares two on the same pictures, with what the policy says, and writes nothing', async () => {
    const { root, keysOf, first, second } = await twoModels();
    const before = await keysOf();
    const shown = await graft(root, 'compare', first, second);
    expect(shown).toMatch(/^meals · 3 evaluation pictures of version [0-9a-f]{12}$/m);
    expect(shown).toMatch(/^McNemar +p = [\d.]+ \(exact, two-sided\)$/m);
    expect(shown).toMatch(/^The policy would ask somebody: Only 3 evaluation pictures are left/m);
    expect(JSON.parse(await graft(root, 'compare', first, second, '--json'))).toMatchObject({
      ...{ dataset: 'meals', champion: first, challenger: second, rows: 3, policy: { decision: 'wait' } },
    });
    expect(await keysOf()).toEqual(before);
  });

  test('takes the champion where one model alone is named, or none', async () => {
    const { root, first, second } = await twoModels();
    await expect(graft(root, 'show')).rejects.toThrow(/^No model of meals is the champion yet/);
    await graft(root, 'promote', first);
    expect(await graft(root, 'show')).toContain(`Model        ${first}\n`);
    expect(JSON.parse(await graft(root, 'compare', second, '--json'))).toMatchObject({
      ...{ champion: first, challenger: second },
    });
  });

  test('promotes by hand, says what the policy says, and rolls back', async () => {
    const { root, store, first, second } = await twoModels();
    expect(await graft(root, 'promote', first)).toMatch(
      /is the champion of meals now \(entry 1; it is the first\)\.\nThe policy would promote it: It is the first model of meals\.\nData checks/,
    );
    const promoted = await graft(root, 'promote', second);
    expect(promoted).toContain(
      `(entry 2; before: ${first.slice(0, 12)}).\nThe policy would ask somebody: Only 3`,
    );
    expect(await findChampion(store, 'meals')).toMatchObject({ model: second });
    const back = JSON.parse(await graft(root, 'rollback', '--reason', 'complaints', '--json')) as unknown;
    expect(back).toMatchObject({
      dataset: 'meals',
      number: 3,
      kind: 'rolled-back',
      to: 1,
      reason: 'complaints',
    });
    expect(await graft(root, 'rollback', '--to', '2', '--dataset', 'meals')).toBe(
      `${second.slice(0, 12)} is the champion of meals again (entry 4, as in entry 2; before: ${first.slice(0, 12)}).\n`,
    );
    expect(await findChampion(store, 'meals')).toMatchObject({ model: second, entry: { number: 4 } });
  });

  test('says in a sentence what is wrong with a request, and changes nothing', async () => {
    const { root, keysOf, first, second } = await twoModels();
    const refused = async (...args: readonly string[]) => {
      const before = await keysOf();
      const error: unknown = await graft(root, ...args).catch((thrown: unknown) => thrown);
      expect(await keysOf()).toEqual(before);
      return error instanceof Error ? error.message : 'it was done';
    };
    expect(await refused('show', 'zz')).toMatch(/^No completed run in file:.* begins with "zz"/);
    expect(await refused('promote', '')).toMatch(/^No completed run/);
    expect(await refused('promote', first, '--dataset', 'other')).toMatch(/a model of other that begins/);
    expect(await refused('compare', first, first)).toMatch(/^Expected two models/);
    expect(await refused('list', '--dataset', 'other')).toMatch(/\(meals\), received "other"/);
    expect(await refused('rollback')).toMatch(/has a champion yet, so there is nothing to roll back to/);
    await graft(root, 'promote', first);
    expect(await refused('promote', first)).toMatch(/is the champion of meals already/);
    expect(await refused('rollback')).toMatch(/^There is nothing to roll back to: .* is the first champion/);
    expect(await refused('rollback', '--dataset', 'other')).toMatch(/\(meals\), received "other"/);
    expect(await refused('rollback', '--to', '0')).toMatch(/1 or more/);
    await graft(root, 'promote', second);
    expect(await refused('rollback', '--to', '9')).toMatch(/history of meals \(1, 2\), received 9/);
  });

  test('says how many models a beginning names', async () => {
    const { root, store, first } = await twoModels();
    // A second run whose model begins likewise.
    const twin = `${first.slice(0, 40)}${'0'.repeat(24)}`;
    const runId = '01a20000-0000-7000-8000-000000000001';
    for (const key of [keys.runInput(runId), keys.runOutcome(runId)]) {
      const text = Buffer.from(await store.get(key)).toString();
      const copy = text.replaceAll(runId, 'a later run').replaceAll(first, twin);
      await store.replace(key.replace(runId, 'a later run'), Buffer.from(copy));
    }
    await expect(graft(root, 'show', first.slice(0, 12))).rejects.toThrow(/begins the names of 2 models: /);
    expect(await graft(root, 'show', first.slice(0, 41))).toContain(first);
  });

  test('lists nothing where there is nothing', async () => {
    expect(await graft(await temporaryFolder(), 'list')).toMatch(/^No models in file:.* yet\. Train one/);
  });
});

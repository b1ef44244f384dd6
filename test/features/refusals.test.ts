import { expect, test } from 'vitest';
import { RefusalDamaged, loadRefusals, writeRefusal } from '../../features/refusals.js';
import { keys } from '../../storage/keys.js';
import { FINGERPRINT, imageHash } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';

test('refusals are remembered per fingerprint, and the first reason stays', async () => {
  const store = new MemoryStore();
  const images = Array.from({ length: 40 }, (_, at) => imageHash(String(at)));
  for (const sha256 of images) await writeRefusal(store, FINGERPRINT, { sha256, reason: 'ends early' });
  await writeRefusal(store, FINGERPRINT, { sha256: images[0] ?? '', reason: 'in other words' });
  expect(await loadRefusals(store, FINGERPRINT)).toEqual(
    new Map(images.map((sha256) => [sha256, 'ends early'])),
  );
  expect(await loadRefusals(store, '0'.repeat(64))).toEqual(new Map());
});

test('a damaged refusal is named with what to do', async () => {
  const store = new MemoryStore();
  await store.putIfAbsent(keys.refusal(FINGERPRINT, 'a'), Buffer.from('{"sha256":'));
  await expect(loadRefusals(store, FINGERPRINT)).rejects.toThrow(RefusalDamaged);
  await expect(loadRefusals(store, FINGERPRINT)).rejects.toThrow(keys.refusal(FINGERPRINT, 'a'));
});

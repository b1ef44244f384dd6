import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { computeFingerprint } from '../../backbones/fingerprint.js';
import { BackboneDamaged } from '../../backbones/model-file.js';
import {
  listBackbones,
  readBackboneRecord,
  recordBackboneTest,
  registerBackbone,
  removeBackbone,
} from '../../backbones/registry.js';
import { BadInput } from '../../errors/graft-error.js';
import { keys } from '../../storage/keys.js';
import { MemoryStore } from '../support/memory-store.js';
import { draftOf } from './drafts.js';

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
const NETWORK = keys.backboneNetwork(sha256Of('weights'));
const RECORD = keys.backboneRecord('vgg16');

/** A store in which `vgg16` is registered, its changes forgotten. */
async function openStore(): Promise<MemoryStore> {
  const store = new MemoryStore();
  await registerBackbone(store, draftOf('vgg16'));
  store.changes.length = 0;
  return store;
}

describe('registering a network', () => {
  test('writes its bytes first and its record last, and tells its fingerprint', async () => {
    const store = new MemoryStore();
    const draft = draftOf('vgg16');
    const { outcome, backbone } = await registerBackbone(store, draft);
    expect(outcome).toBe('registered');
    expect(store.changes).toEqual([NETWORK, RECORD]);
    expect(backbone).toMatchObject({ name: 'vgg16', sha256: sha256Of('weights'), precision: 'float32' });
    expect(backbone.fingerprint).toBe(
      computeFingerprint({ backbone: sha256Of('weights'), recipe: draft.recipe }),
    );
    expect(await readBackboneRecord(store, 'vgg16')).toEqual(backbone);
  });

  test('changes nothing where the same network has the name already', async () => {
    const store = await openStore();
    const { outcome } = await registerBackbone(
      store,
      draftOf('vgg16', 'weights', { title: 'Another title' }),
    );
    expect(outcome).toBe('present');
    expect(store.changes).toEqual([]);
  });

  test('restores bytes that the store has lost', async () => {
    const store = await openStore();
    await store.delete(NETWORK);
    await registerBackbone(store, draftOf('vgg16'));
    expect(await store.head(NETWORK)).toBeDefined();
  });

  test.each([
    ['another network', draftOf('vgg16', 'other weights')],
    [
      'the same network with another recipe',
      draftOf('vgg16', 'weights', {
        recipe: { name: 'keras-nearest', side: 112, orientation: 'ignore', icc: 'ignore', alpha: 'drop' },
      }),
    ],
  ])('is refused where %s has the name, and writes nothing', async (_, draft) => {
    const store = await openStore();
    const refusal = registerBackbone(store, draft);
    await expect(refusal).rejects.toThrow(BadInput);
    await expect(refusal).rejects.toThrow(
      /stands for another network .*VGG16, from vgg16\.h5.*graft backbone remove vgg16.* another name/,
    );
    expect(store.changes).toEqual([]);
  });

  test('of two at once under one name registers one and refuses the other', async () => {
    const store = new MemoryStore();
    const ends = await Promise.allSettled(
      ['one', 'two'].map((bytes) => registerBackbone(store, draftOf('vgg16', bytes))),
    );
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await listBackbones(store)).toHaveLength(1);
  });

  test.each([
    ['efficientnet-lite0', 'comes with Graft'],
    ['VGG 16', 'expected a name of 1 to 63'],
    ['../escape', 'expected a name of 1 to 63'],
    ['', 'expected a name of 1 to 63'],
  ])('refuses the name %j and writes nothing', async (name, sentence) => {
    const store = new MemoryStore();
    await expect(registerBackbone(store, draftOf(name))).rejects.toThrow(sentence);
    expect(store.changes).toEqual([]);
  });

  test('refuses a draft that no record can hold, and writes nothing', async () => {
    const store = new MemoryStore();
    await expect(registerBackbone(store, draftOf('flat', 'x', { dimensions: 0 }))).rejects.toThrow(
      /dimensions/,
    );
    expect(store.changes).toEqual([]);
  });
});

describe('the registered networks', () => {
  test('are listed by name; networks and features are none of them', async () => {
    const store = await openStore();
    await registerBackbone(store, draftOf('resnet50', 'others'));
    await registerBackbone(store, draftOf('vgg16-int8', 'small'));
    await store.replace(keys.backbone('f'.repeat(64)), Buffer.from('{}'));
    await store.replace('backbones/Not Ours.json', Buffer.from('{}'));
    const names = ['resnet50', 'vgg16', 'vgg16-int8'];
    expect((await listBackbones(store)).map(({ name }) => name)).toEqual(names);
    await expect(removeBackbone(store, 'Not Ours')).rejects.toThrow(BadInput);
  });

  test('say which network they were quantised from and how they were tested', async () => {
    const store = await openStore();
    const { fingerprint } = await readBackboneRecord(store, 'vgg16');
    const quantisedFrom = { name: 'vgg16', fingerprint };
    const { backbone } = await registerBackbone(
      store,
      draftOf('vgg16-int8', 'small', { precision: 'int8', quantisedFrom }),
    );
    const result = {
      testedAt: '2026-01-02T03:04:05.000Z',
      against: quantisedFrom,
      images: 200,
      cosine: { mean: 0.998, least: 0.99 },
    };
    await recordBackboneTest(store, 'vgg16-int8', backbone.fingerprint, result);
    expect(await readBackboneRecord(store, 'vgg16-int8')).toEqual({
      ...backbone,
      quantisedFrom,
      test: result,
    });
    await expect(recordBackboneTest(store, 'vgg16-int8', fingerprint, result)).rejects.toThrow(
      'was replaced during its test',
    );
  });

  test('an unknown name is refused with the known ones and the command that adds one', async () => {
    const store = await openStore();
    for (const name of ['resnet9000', '../../etc/passwd']) {
      const refusal = readBackboneRecord(store, name);
      await expect(refusal).rejects.toThrow(BadInput);
      await expect(refusal).rejects.toThrow(
        /efficientnet-lite0.*bundled; registered in memory:\/\/: vgg16\); received .*graft backbone add/,
      );
    }
  });

  test.each([
    ['no JSON', 'x', 'JSON'],
    ['of another name', JSON.stringify({ name: 'vgg19' }), 'name|title'],
    ['of a recipe that this Graft does not know', undefined, 'recipe'],
  ])('a record that is %s is refused with what to do', async (_, text, detail) => {
    const store = await openStore();
    const record = JSON.parse(Buffer.from(await store.get(RECORD)).toString()) as object;
    const changed = text ?? JSON.stringify({ ...record, recipe: { name: 'guesswork' } });
    await store.replace(RECORD, Buffer.from(changed));
    const refusal = readBackboneRecord(store, 'vgg16');
    await expect(refusal).rejects.toThrow(BackboneDamaged);
    await expect(refusal).rejects.toThrow(new RegExp(`${detail}.*graft backbone remove vgg16`));
  });
});

test('a record that does not read is listed as its reason, beside the others', async () => {
  const store = await openStore();
  await registerBackbone(store, draftOf('broken'));
  await store.replace(keys.backboneRecord('broken'), Buffer.from('{'));
  const [broken, vgg16] = await listBackbones(store);
  expect(broken).toBeInstanceOf(BackboneDamaged);
  expect(vgg16).toMatchObject({ name: 'vgg16', title: 'VGG16' });
});

describe('removing a network', () => {
  test('removes its record first, then its bytes, and leaves its features', async () => {
    const store = await openStore();
    const { fingerprint } = await readBackboneRecord(store, 'vgg16');
    await store.putIfAbsent(keys.shard(fingerprint, 'a'), Buffer.from('features'));
    store.changes.length = 0;
    await removeBackbone(store, 'vgg16');
    expect(store.changes).toEqual([RECORD, NETWORK]);
    expect([...store.objects.keys()]).toEqual([keys.shard(fingerprint, 'a')]);
    const again = await registerBackbone(store, draftOf('vgg16'));
    expect(again.backbone.fingerprint).toBe(fingerprint);
  });

  test('keeps bytes that another name uses', async () => {
    const store = await openStore();
    await registerBackbone(store, draftOf('same'));
    await removeBackbone(store, 'vgg16');
    expect(await store.head(NETWORK)).toBeDefined();
    await removeBackbone(store, 'same');
    expect([...store.objects.keys()]).toEqual([]);
  });

  test('mends a store with a record that does not read, and keeps bytes that it may use', async () => {
    const store = await openStore();
    await registerBackbone(store, draftOf('broken'));
    await store.replace(keys.backboneRecord('broken'), Buffer.from('{'));
    await removeBackbone(store, 'vgg16');
    await removeBackbone(store, 'broken');
    expect([...store.objects.keys()]).toEqual([NETWORK]);
    expect(await listBackbones(store)).toEqual([]);
  });

  test('refuses bundled and unknown names', async () => {
    const store = await openStore();
    await expect(removeBackbone(store, 'efficientnet-lite0')).rejects.toThrow('cannot be removed');
    await expect(removeBackbone(store, 'vgg19')).rejects.toThrow('registered in memory://: vgg16');
    expect(store.changes).toEqual([]);
  });
});

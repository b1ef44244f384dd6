import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BackboneDamaged } from '../../backbones/model-file.js';
import {
  createBackboneLookup,
  createBackboneResolver,
  registerBackbone,
  resolveBackbone,
} from '../../backbones/registry.js';
import { keys } from '../../storage/keys.js';
import { MemoryStore } from '../support/memory-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { draftOf } from './drafts.js';

/** A store with `vgg16` in it, and machines that share nothing but the store. */
async function openStore() {
  const store = new MemoryStore();
  const { backbone: record } = await registerBackbone(store, draftOf('vgg16'));
  const network = keys.backboneNetwork(record.sha256);
  const fetched = (): number => store.reads.filter((key) => key === network).length;
  const machine = async () => {
    const cacheFolder = await temporaryFolder();
    return { cacheFolder, resolve: createBackboneResolver({ store, cacheFolder }) };
  };
  return { store, record, network, fetched, machine };
}

test('each machine fetches a registered network once and keeps it under its hash', async () => {
  const { record, fetched, machine } = await openStore();
  for (const which of [1, 2]) {
    const { cacheFolder, resolve } = await machine();
    const backbone = await resolve('vgg16');
    expect(backbone).toMatchObject({ name: 'vgg16', dimensions: 4, fingerprint: record.fingerprint });
    expect(backbone.file).toBe(join(cacheFolder, 'backbones', `${record.sha256}.onnx`));
    expect(await readFile(backbone.file, 'utf8')).toBe('weights');
    expect(await resolve('vgg16')).toEqual(backbone);
    expect(fetched()).toBe(which);
  }
});

test('those who ask at once wait for one download', async () => {
  const { fetched, machine } = await openStore();
  const { resolve, cacheFolder } = await machine();
  await Promise.all([resolve('vgg16'), resolve('vgg16'), resolve('vgg16')]);
  expect(fetched()).toBe(1);
  expect(
    (await readdir(join(cacheFolder, 'backbones'))).filter((name) => name.endsWith('.onnx')),
  ).toHaveLength(1);
});

test('a kept file that is damaged or gone is fetched again', async () => {
  const { fetched, machine } = await openStore();
  const { resolve } = await machine();
  const { file } = await resolve('vgg16');
  await writeFile(file, 'weighty');
  expect(await readFile((await resolve('vgg16')).file, 'utf8')).toBe('weights');
  await rm(file);
  expect(await readFile((await resolve('vgg16')).file, 'utf8')).toBe('weights');
  expect(fetched()).toBe(3);
});

test('a network that is damaged or gone in the store is refused, and nothing is kept of it', async () => {
  const { store, network, machine } = await openStore();
  const { resolve, cacheFolder } = await machine();
  await store.replace(network, Buffer.from('weighty'));
  await expect(resolve('vgg16')).rejects.toThrow(/"vgg16" is damaged in the store.*graft backbone add/);
  await store.delete(network);
  await expect(resolve('vgg16')).rejects.toThrow(BackboneDamaged);
  await expect(resolve('vgg16')).rejects.toThrow(/is not in the store/);
  await expect(readdir(join(cacheFolder, 'backbones'))).rejects.toThrow();
});

test('bundled networks come from the package, whatever the store holds', async () => {
  const { store, machine } = await openStore();
  const { resolve } = await machine();
  store.reads.length = 0;
  expect(await resolve('efficientnet-lite0')).toEqual(await resolveBackbone('efficientnet-lite0'));
  expect(store.reads).toEqual([]);
});

test('looking a name up moves no network', async () => {
  const { store, record, fetched } = await openStore();
  const lookUp = createBackboneLookup(store);
  expect(await lookUp('vgg16')).toMatchObject({ title: 'VGG16', fingerprint: record.fingerprint });
  expect((await lookUp('efficientnet-lite0')).dimensions).toBe(1280);
  await expect(lookUp('vgg19')).rejects.toThrow('registered in memory://: vgg16); received "vgg19"');
  expect(fetched()).toBe(0);
});

test('a store without networks of its own says so', async () => {
  await expect(createBackboneLookup(new MemoryStore())('vgg16')).rejects.toThrow(
    'none is registered in memory://); received "vgg16"',
  );
});

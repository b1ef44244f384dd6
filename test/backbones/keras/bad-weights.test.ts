import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importVgg } from '../../../backbones/keras/import-vgg.js';
import { BadInput } from '../../../errors/graft-error.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { craft, craftLegacy, type CraftedLayer, craftUnnamed, smallVgg } from './craft-weights.js';

const KERAS3 = 'test/fixtures/vgg16/vgg16-keras3.weights.h5';

/** What a person is told; the test fails where the file is taken. */
async function refusalOf(file: string, kind: 'vgg16' | 'vgg19' = 'vgg16'): Promise<string> {
  const failure: unknown = await importVgg({ kind, file, shown: 'my.h5' }).then(
    () => 'no failure',
    (error: unknown) => error,
  );
  if (!(failure instanceof BadInput)) throw new Error(`expected BadInput, received ${String(failure)}`);
  return failure.message;
}

async function writeTemporary(bytes: Uint8Array): Promise<string> {
  const file = join(await temporaryFolder(), 'weights.h5');
  await writeFile(file, bytes);
  return file;
}

/** Small VGG16 with one layer changed. */
const changed = (name: string, change: (layer: CraftedLayer) => void): CraftedLayer[] => {
  const layers = smallVgg('vgg16');
  for (const layer of layers) if (layer.name === name) change(layer);
  return layers;
};

test('a file that is absent, a folder or no HDF5 is refused', async () => {
  const folder = await temporaryFolder();
  expect(await refusalOf(join(folder, 'none.h5'))).toMatch(
    /^my\.h5 cannot be read: expected .*Check the path/,
  );
  await mkdir(join(folder, 'some.h5'));
  expect(await refusalOf(join(folder, 'some.h5'))).toMatch(/^my\.h5 cannot be read/);
  expect(await refusalOf(await writeTemporary(Buffer.alloc(0)))).toMatch(/is not HDF5.* It is empty/);
  expect(await refusalOf(await writeTemporary(Buffer.from('<html>')))).toMatch(/is not HDF5.* no web page/);
  expect(await refusalOf(await writeTemporary(Buffer.from('PK\x03\x04')))).toMatch(/\.keras archive/);
});

test('a file cut anywhere is refused', async () => {
  for (const path of [KERAS3, 'test/fixtures/vgg16/vgg16-mini.h5']) {
    const whole = await readFile(path);
    for (const share of [0.0001, 0.001, 0.1, 0.5, 0.9, 0.99, 0.99999]) {
      const file = await writeTemporary(whole.subarray(0, 8 + Math.floor((whole.length - 8) * share)));
      expect(await refusalOf(file)).toMatch(/^my\.h5 is cut off: expected .* bytes by its header, found/);
    }
  }
}, 60_000);

test('a file whose header agrees with the cut is refused as damaged', async () => {
  const whole = await readFile(KERAS3);
  for (const length of [3000, 20_000, 50_000]) {
    const cut = Buffer.from(whole.subarray(0, length));
    cut.writeBigUInt64LE(BigInt(length), 40);
    expect(await refusalOf(await writeTemporary(cut))).toMatch(/^my\.h5 (is damaged|has no layer|holds no)/);
  }
}, 60_000);

test('HDF5 without Keras weights is refused with what is there', async () => {
  const file = await craft((root) => void root.create_group('pictures'));
  expect(await refusalOf(file)).toMatch(
    /expected "layer_names", .* at its root, found "pictures"\. Save them/,
  );
});

test('a missing layer is named, with those that are there', async () => {
  const layers = smallVgg('vgg16').filter(({ name }) => name !== 'block3_conv2');
  expect(await refusalOf(await craftLegacy(layers))).toMatch(
    /no layer "block3_conv2": expected vgg16's 13 convolutions, found the layers "input_1", "block1_conv1".*"block5_conv3"\./,
  );
});

test('VGG19 is not taken for VGG16, nor the other way round', async () => {
  expect(await refusalOf(await craftLegacy(smallVgg('vgg19')))).toMatch(/"block3_conv4".* Add it as vgg19/);
  expect(await refusalOf(await craftLegacy(smallVgg('vgg16')), 'vgg19')).toMatch(/no layer "block3_conv4"/);
  expect(await refusalOf(await craftUnnamed(smallVgg('vgg19')))).toMatch(
    /has 16 convolutions: expected vgg16's 13/,
  );
});

test('other shapes and other numbers are refused with layer, expected and received', async () => {
  const swapped = changed('block1_conv1', ({ arrays }) => arrays[0]?.shape.splice(0, 4, 2, 3, 3, 3));
  expect(await refusalOf(await craftLegacy(swapped))).toMatch(
    /^my\.h5, layer "block1_conv1": expected a kernel 3×3×3×out .*received 2×3×3×3 float32 and 2 float32/,
  );
  const broken = changed('block2_conv1', ({ arrays }) => {
    arrays[0] = { shape: [3, 3, 4, 2], data: new Float32Array(72) };
  });
  expect(await refusalOf(await craftLegacy(broken))).toMatch(/"block2_conv1": expected a kernel 3×3×2×out/);
  const doubles = changed('block4_conv2', ({ arrays }) => {
    arrays[0] = { shape: [3, 3, 2, 2], data: new Float64Array(36) };
  });
  expect(await refusalOf(await craftLegacy(doubles))).toMatch(/received 3×3×2×2 float64 and 2 float32/);
  const unbiased = changed('block5_conv3', ({ arrays }) => arrays.pop());
  expect(await refusalOf(await craftLegacy(unbiased))).toMatch(/"block5_conv3".* received 3×3×2×2 float32\./);
});

test.each([Number.NaN, Infinity])('weights that hold %d are refused', async (value) => {
  for (const array of [0, 1]) {
    const layers = changed('block4_conv1', ({ arrays }) => arrays[array]?.data.fill(value, 1, 2));
    expect(await refusalOf(await craftLegacy(layers))).toMatch(
      new RegExp(`layer "block4_conv1", ${array === 0 ? 'kernel' : 'bias'}: .* received ${value} at place 1`),
    );
  }
});

test('a good file is taken after all that, whatever its name', async () => {
  const file = join(await temporaryFolder(), 'Gewichte für 猫 #1.h5');
  await copyFile(KERAS3, file);
  await expect(importVgg({ kind: 'vgg16', file })).resolves.toMatchObject({ dimensions: 196 });
});

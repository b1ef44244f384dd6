import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CropBicubicRecipe } from '../../backbones/backbone.js';
import { computeFingerprint } from '../../backbones/fingerprint.js';
import { BackboneDamaged, readModelFile } from '../../backbones/model-file.js';
import { CROP_BICUBIC } from '../../backbones/recipes.js';
import { BACKBONE_NAMES, resolveBackbone } from '../../backbones/registry.js';
import { BadInput } from '../../errors/graft-error.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test('the bundled backbone resolves to its file, shape and fingerprint', async () => {
  const backbone = await resolveBackbone('efficientnet-lite0');
  expect(backbone).toMatchObject({ title: 'EfficientNet-Lite0', dimensions: 1280, inputSize: 224 });
  expect(backbone.fingerprint).toBe(
    computeFingerprint({ backbone: backbone.sha256, recipe: backbone.recipe }),
  );
});

test('every known backbone resolves', async () => {
  expect(BACKBONE_NAMES).not.toHaveLength(0);
  for (const name of BACKBONE_NAMES) expect((await resolveBackbone(name)).name).toBe(name);
});

test('the fast recipe has features of its own', async () => {
  const [careful, fast] = await Promise.all(BACKBONE_NAMES.map(resolveBackbone));
  expect(fast).toMatchObject({ name: 'efficientnet-lite0-fast', sha256: careful?.sha256 });
  expect(fast?.fingerprint).not.toBe(careful?.fingerprint);
});

test('an unknown name is refused with the names that are known', async () => {
  const failure: unknown = await resolveBackbone('resnet"50').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(BadInput);
  expect(String(failure)).toContain(
    'expected one of efficientnet-lite0, efficientnet-lite0-fast; received "resnet\\"50"',
  );
});

test('a damaged or missing file is refused with what was expected', async () => {
  const backbone = await resolveBackbone('efficientnet-lite0');
  const file = join(await temporaryFolder(), 'copy.onnx');
  await expect(readModelFile({ ...backbone, file })).rejects.toThrow('cannot be read');
  await copyFile(backbone.file, file);
  await expect(readModelFile({ ...backbone, file })).resolves.toHaveLength(13_416_052);
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(5_000_000) ^ 1, 5_000_000);
  await writeFile(file, bytes);
  const failure: unknown = await readModelFile({ ...backbone, file }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(BackboneDamaged);
  expect(String(failure)).toContain(`expected ${backbone.sha256}`);
});

test('the fingerprint is a fixed value: it names features in stores that exist', () => {
  expect(computeFingerprint({ backbone: 'e0'.repeat(32), recipe: CROP_BICUBIC })).toBe(
    'e5e894c9a04775a1753a6ffd99130545206ae66835f72680bba30567dfc99ac5',
  );
});

test('the fingerprint depends on backbone, schema and every field of the recipe, and on no order', () => {
  const origin = { backbone: 'ab'.repeat(32), recipe: CROP_BICUBIC };
  const changes: readonly Partial<CropBicubicRecipe>[] = [
    { shortSide: 232 },
    { crop: 192 },
    { orientation: 'ignore' },
    { icc: 'convert' },
    { alpha: 'white' },
  ];
  const fingerprints = [
    computeFingerprint(origin),
    computeFingerprint({ ...origin, backbone: 'ac'.repeat(32) }),
    computeFingerprint({ ...origin, schema: 2 }),
    ...changes.map((change) => computeFingerprint({ ...origin, recipe: { ...CROP_BICUBIC, ...change } })),
  ];
  expect(new Set(fingerprints).size).toBe(fingerprints.length);
  const { alpha, ...rest } = CROP_BICUBIC;
  expect(computeFingerprint({ ...origin, recipe: { alpha, ...rest } })).toBe(fingerprints[0]);
});

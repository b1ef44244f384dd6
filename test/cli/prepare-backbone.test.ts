import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { prepareBackbone } from '../../cli/prepare-backbone.js';
import { createBackboneResolver } from '../../backbones/registry.js';
import type { Announcement } from '../../infra/announcement.js';
import { craftLegacy, smallVgg } from '../backbones/keras/craft-weights.js';
import { MemoryStore } from '../support/memory-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const MINI = 'test/fixtures/vgg16/vgg16-mini.h5';
const WITHOUT_DOWNLOAD = false;

/** Prepares a backbone as `graft run` does; `steps` is what it tells meanwhile. */
function openPreparation() {
  const store = new MemoryStore();
  const steps: string[] = [];
  const announce = ({ text }: Announcement): void => void steps.push(text);
  const prepare = (options: { backbone?: string; weights?: string }, mayDownload = WITHOUT_DOWNLOAD) =>
    prepareBackbone(store, options, mayDownload, announce);
  return { store, steps, prepare };
}

describe('the backbone of a run', () => {
  test('is the bundled one where none is named', async () => {
    const { store, steps, prepare } = openPreparation();
    expect((await prepare({})).name).toBe('efficientnet-lite0');
    expect(steps).toEqual([]);
    expect(store.changes).toEqual([]);
  });

  test('is made of the weights, tested and registered, once', async () => {
    const { store, steps, prepare } = openPreparation();
    const made = await prepare({ backbone: 'vgg16', weights: MINI });
    expect(made).toMatchObject({ name: 'vgg16', title: 'VGG16', dimensions: 3136 });
    expect(steps).toContain('Testing the network');
    expect(steps.at(-1)).toBe('Registered vgg16 in memory://');
    steps.length = 0;
    store.changes.length = 0;
    expect((await prepare({ backbone: 'vgg16', weights: MINI })).fingerprint).toBe(made.fingerprint);
    expect(steps).toEqual([`Reading ${MINI}`]);
    expect(store.changes).toEqual([]);

    expect(await prepare({ backbone: 'vgg16' })).toMatchObject({ fingerprint: made.fingerprint });
    const elsewhere = createBackboneResolver({ store, cacheFolder: await temporaryFolder() });
    expect((await elsewhere('vgg16')).fingerprint).toBe(made.fingerprint);
  });

  test('is asked for nowhere else where it is registered, though it may be downloaded', async () => {
    const { steps, prepare } = openPreparation();
    const made = await prepare({ backbone: 'vgg16', weights: MINI });
    steps.length = 0;
    expect((await prepare({ backbone: 'vgg16' }, true)).fingerprint).toBe(made.fingerprint);
    expect(steps).toEqual([]);
  });

  test.each([
    [{ backbone: 'vgg16' }, 'Register it first: graft backbone add vgg16.'],
    [{ backbone: 'resnet50' }, 'Register it first: graft backbone add resnet50 --onnx file.onnx.'],
    [{ backbone: '../x' }, 'graft backbone add --help shows how'],
    [{ weights: MINI }, '--weights belongs to --backbone vgg16 or vgg19'],
    [{ backbone: 'vgg19', weights: MINI }, 'block3_conv4'],
    [{ backbone: 'vgg16', weights: 'package.json' }, 'not HDF5'],
    [{ backbone: 'vgg16', weights: 'nowhere.h5' }, 'nowhere.h5 cannot be read'],
  ])('as %j is refused with a sentence, and nothing is registered', async (options, sentence) => {
    const { store, prepare } = openPreparation();
    await expect(prepare(options)).rejects.toThrow(sentence);
    expect(store.changes).toEqual([]);
  });
});

test('weights that make every picture the same are refused, with no word of options that VGG has not', async () => {
  const { store, prepare } = openPreparation();
  const blank = smallVgg('vgg16').map(({ name, arrays }) => ({
    name,
    arrays: arrays.map(({ shape, data }) => ({ shape, data: data.fill(0) })),
  }));
  await expect(prepare({ backbone: 'vgg16', weights: await craftLegacy(blank) })).rejects.toThrow(
    /failed its self-test: it gives the same features for different pictures\. Pass other weights\.$/,
  );
  expect(store.changes).toEqual([]);
});

describe('weights that are downloaded', () => {
  beforeEach(async () => {
    vi.stubEnv('GRAFT_CACHE', await temporaryFolder());
    vi.stubEnv('GRAFT_WEIGHTS_MIRROR', '');
  });
  afterEach(() => vi.unstubAllEnvs());

  test('are refused where their server sends something else, and nothing is registered', async () => {
    const { store, prepare } = openPreparation();
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('<html>log in</html>')));
    await expect(prepare({ backbone: 'vgg16' }, true)).rejects.toThrow(/expected an HDF5 file.*--weights/);
    vi.unstubAllGlobals();
    expect(store.changes).toEqual([]);
  });
});

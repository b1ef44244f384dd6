import { fc } from '../support/properties.js';
import { expect, test } from 'vitest';
import { EngineUnavailable } from '../../engines/engine-unavailable.js';
import { createHalvingNetwork } from '../../engines/sizing/halving-network.js';
import { isOutOfMemory } from '../../engines/sizing/out-of-memory.js';
import { fakeNetwork, ROWS } from './fake-network.js';

test('every picture gets its own features, whatever fits into memory', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 70 }),
      async (most, count) => {
        const pixels = Uint8Array.from({ length: count * ROWS.pixels }, (_, at) => at);
        const halving = createHalvingNetwork(fakeNetwork(most).network, ROWS, () => undefined);
        const expected = await fakeNetwork(Number.POSITIVE_INFINITY).network.run(pixels, count);
        expect(await halving.run(pixels, count)).toEqual(expected);
        expect(await halving.run(pixels, count)).toEqual(expected);
      },
    ),
  );
});

test('the size is halved until it fits, and stays so for the next micro-batches', async () => {
  const { network, sizes } = fakeNetwork(10);
  const halved: number[] = [];
  const halving = createHalvingNetwork(network, ROWS, (size) => halved.push(size));
  const pixels = new Uint8Array(64 * ROWS.pixels);
  await halving.run(pixels, 64);
  expect(halved).toEqual([32, 16, 8]);
  expect(sizes).toEqual([64, 32, 16, ...Array.from({ length: 8 }, () => 8)]);
  sizes.length = 0;
  await halving.run(pixels, 64);
  expect(sizes).toEqual(Array.from({ length: 8 }, () => 8));
  expect(halved).toHaveLength(3);
});

test('memory for not even one picture is one sentence with what to do', async () => {
  const halving = createHalvingNetwork(fakeNetwork(0).network, ROWS, () => undefined);
  const failure: unknown = await halving.run(new Uint8Array(6), 2).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EngineUnavailable);
  expect(String(failure)).toContain('(fake) does not suffice for one picture: end what else uses it');
});

test('any other failure passes as it is, and halves nothing', async () => {
  const halved: number[] = [];
  const { network } = fakeNetwork(0, 'CUDA failure 700: an illegal memory access was encountered');
  const halving = createHalvingNetwork(network, ROWS, (size) => halved.push(size));
  await expect(halving.run(new Uint8Array(6), 2)).rejects.toThrow('illegal memory access');
  expect(halved).toEqual([]);
});

test.each([
  'Non-zero status code returned while running FusedConv node. Status Message: bfc_arena.cc:376 AllocateRawInternal Failed to allocate memory for requested buffer of size 411041792',
  'Available memory of 0 is smaller than requested bytes of 25690112',
  'CUDA failure 2: out of memory ; GPU=0 ; hostname=worker ; expr=cudaMalloc((void**)&p, size);',
  'CUDNN failure 4: CUDNN_STATUS_ALLOC_FAILED ; GPU=0',
  'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[64,64,224,224] and type float',
  'std::bad_alloc',
])('want of memory is known by its words: %s', (message) => {
  expect(isOutOfMemory(new Error(message))).toBe(true);
});

test.each(['an illegal memory access was encountered', 'Unexpected input data type', ''])(
  'other trouble is not taken for want of memory: %s',
  (message) => expect(isOutOfMemory(new Error(message))).toBe(false),
);

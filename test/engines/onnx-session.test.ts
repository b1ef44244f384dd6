import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveBackbone } from '../../backbones/registry.js';
import { EngineUnavailable } from '../../engines/engine-unavailable.js';
import { openOnnxSession } from '../../engines/onnx/onnx-session.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test('a file that is no network is refused in one sentence', async () => {
  const bytes = Buffer.from('This is not a network.');
  const file = join(await temporaryFolder(), 'no-network.onnx');
  await writeFile(file, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const backbone = { ...(await resolveBackbone('efficientnet-lite0')), file, sha256 };
  const failure: unknown = await openOnnxSession(backbone, 1).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EngineUnavailable);
  expect(String(failure)).toContain('is not an ONNX network that onnxruntime can run');
});

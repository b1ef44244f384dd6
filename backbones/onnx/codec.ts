import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { BadInput } from '../../errors/graft-error.js';
import { packageRoot } from '../../runs/package-root.js';
import type { OnnxModel } from './model.js';

/** The schema as the ONNX project publishes it (onnx 1.23.2, onnx-ml.proto); parsed at first use. */
const SCHEMA = join(packageRoot, 'backbones/onnx/onnx-ml.proto');

let modelType: protobuf.Type | undefined;
const openSchema = (): protobuf.Type =>
  (modelType ??= protobuf.parse(readFileSync(SCHEMA, 'utf8')).root.lookupType('onnx.ModelProto'));

/**
 * Reads an ONNX file. Weights stay views into `bytes`.
 *
 * @param shown what a message calls the file.
 * @throws BadInput where the bytes are no ONNX model.
 */
export function decodeModel(bytes: Uint8Array, shown: string): OnnxModel {
  let model: OnnxModel;
  try {
    model = openSchema().decode(bytes) as unknown as OnnxModel;
  } catch (cause) {
    throw notOnnx(shown, cause);
  }
  if (model.graph === undefined || model.graph === null || model.opsetImport.length === 0)
    throw notOnnx(shown);
  return model;
}

const notOnnx = (shown: string, cause?: unknown): BadInput =>
  new BadInput(
    `${shown} is not an ONNX model, or it is cut off: expected a file that an exporter wrote in one piece. ` +
      'Export or download it again.',
    { cause },
  );

/** Writes an ONNX file. Fields that Graft does not know are written as they were read. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const type = openSchema();
  return type.encode(type.fromObject(model)).finish();
}

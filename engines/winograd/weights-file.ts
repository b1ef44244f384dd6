import { closeSync, openSync, writeSync } from 'node:fs';
import { DATA_TYPE } from '../../backbones/onnx/model.js';
import type { PlaceWeights } from './graph-part.js';

/** Where a tensor may begin: whole pages, as systems map files. */
const PAGE = 4096;

/** A file of weights beside an ONNX file. */
export interface WeightsFile {
  /** Appends weights; the tensor says where they are. */
  readonly place: PlaceWeights;
  readonly close: () => void;
}

/** @param name of the new file, in the folder where the ONNX file will be. */
export function createWeightsFile(path: string, name: string): WeightsFile {
  const file = openSync(path, 'wx');
  let end = 0;
  return {
    place: (tensor, dims, { buffer, byteOffset, byteLength }) => {
      const offset = Math.ceil(end / PAGE) * PAGE;
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      for (let done = 0; done < byteLength;)
        done += writeSync(file, bytes, done, byteLength - done, offset + done);
      end = offset + byteLength;
      const entries = { location: name, offset: String(offset), length: String(byteLength) };
      return {
        name: tensor,
        dims: [...dims],
        dataType: DATA_TYPE.float,
        rawData: new Uint8Array(),
        floatData: [],
        int32Data: [],
        int64Data: [],
        dataLocation: 1,
        externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
      };
    },
    close: () => closeSync(file),
  };
}

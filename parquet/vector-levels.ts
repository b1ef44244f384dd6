import type { Levels } from './data-page.js';

/**
 * Repetition and definition levels of `rows` lists of `length` floats without a null: a new list starts where the
 * repetition level is 0, and every value is defined.
 *
 * Both are run-length encoded in one bit: a run is its length twice over as a varint, then the level. Reference:
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
 */
export function encodeVectorLevels(rows: number, length: number): Levels {
  const list = length === 1 ? encodeRun(1, 0) : Buffer.concat([encodeRun(1, 0), encodeRun(length - 1, 1)]);
  return {
    repetition: Buffer.alloc(rows * list.byteLength, list),
    definition: encodeRun(rows * length, 1),
  };
}

function encodeRun(length: number, level: 0 | 1): Buffer {
  const bytes: number[] = [];
  let rest = length * 2;
  // Division, because bit operators would cut a run of 2^30 values and more.
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest, level]);
}

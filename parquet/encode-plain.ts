/** What a column of a table holds. */
export type ColumnType = 'string' | 'int32' | 'int64' | 'double';

/** Values of one required column in Parquet's PLAIN encoding. Throws `TypeError` where a value does not fit its column. */
export function encodePlain(type: ColumnType, column: string, values: readonly unknown[]): Buffer {
  return type === 'string' ? encodeStrings(column, values) : encodeNumbers(type, column, values);
}

/** Half a character, which UTF-8 cannot hold: it would come back as another string. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function encodeStrings(column: string, values: readonly unknown[]): Buffer {
  let size = 0;
  for (const value of values) {
    if (typeof value !== 'string' || LONE_SURROGATE.test(value))
      throw misfit(column, 'a string of whole characters', value);
    size += 4 + Buffer.byteLength(value);
  }
  const bytes = Buffer.allocUnsafe(size);
  let offset = 0;
  for (const value of values as readonly string[]) {
    const length = bytes.write(value, offset + 4);
    bytes.writeUInt32LE(length, offset);
    offset += 4 + length;
  }
  return bytes;
}

const NUMBERS = {
  int32: {
    width: 4,
    expected: 'a whole number of 32 bits',
    fits: (value: number) => (value | 0) === value,
    write: (bytes: Buffer, value: number, offset: number) => bytes.writeInt32LE(value, offset),
  },
  int64: {
    width: 8,
    expected: 'a whole number of at most 2^53 - 1',
    fits: (value: number) => Number.isSafeInteger(value),
    write: (bytes: Buffer, value: number, offset: number) => bytes.writeBigInt64LE(BigInt(value), offset),
  },
  double: {
    width: 8,
    expected: 'a number',
    fits: () => true,
    write: (bytes: Buffer, value: number, offset: number) => bytes.writeDoubleLE(value, offset),
  },
} as const;

function encodeNumbers(type: keyof typeof NUMBERS, column: string, values: readonly unknown[]): Buffer {
  const { width, expected, fits, write } = NUMBERS[type];
  const bytes = Buffer.allocUnsafe(width * values.length);
  for (const [row, value] of values.entries()) {
    if (typeof value !== 'number' || !fits(value)) throw misfit(column, expected, value);
    write(bytes, value, row * width);
  }
  return bytes;
}

const misfit = (column: string, expected: string, received: unknown) =>
  new TypeError(
    `column "${column}" expects ${expected}, received ${JSON.stringify(received)} (${typeof received})`,
  );

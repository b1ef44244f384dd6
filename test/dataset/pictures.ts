/** The head of a JPEG of 16 × 8 pixels, told from others by a comment: enough for all that does not decode. */
export function tinyJpeg(comment: string | number, width = 16, height = 8): Uint8Array {
  const text = Buffer.from(String(comment));
  const segment = Buffer.alloc(4);
  segment.writeUInt16BE(0xfffe, 0);
  segment.writeUInt16BE(text.length + 2, 2);
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), segment, text, frame, Buffer.from([0xff, 0xd9])]);
}

/** Pictures of two classes in three splits, `<split>/<class>/<n>.jpg`. */
export function smallDataset(perClass = 3): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const split of ['training', 'validation', 'evaluation'])
    for (const name of ['food', 'non_food'])
      for (let n = 0; n < perClass; n++)
        files[`${split}/${name}/${n}.jpg`] = tinyJpeg(`${split} ${name} ${n}`);
  return files;
}

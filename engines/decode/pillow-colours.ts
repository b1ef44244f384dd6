/**
 * CMYK (as printers have it: 0 is no ink) to RGB without a profile, as Pillow's `convert('RGB')` does: each colour is
 * what its ink leaves of what black leaves (Pillow, src/libImaging/Convert.c, `cmyk2rgb`).
 *
 * @returns 3 bytes a pixel for 4.
 */
export function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  for (let from = 0, to = 0; from < cmyk.length; from += 4) {
    const paper = 255 - (cmyk[from + 3] ?? 0);
    for (let ink = 0; ink < 3; ink++) rgb[to++] = paper - multiplyBytes(cmyk[from + ink] ?? 0, paper);
  }
  return rgb;
}

/** `a × b / 255`, rounded (Pillow, src/libImaging/ImagingUtils.h, `MULDIV255`). */
function multiplyBytes(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/**
 * Grey of 16 bits to three equal channels of 8, as Pillow's `convert('RGB')` does: all above 255 becomes white.
 *
 * @returns 3 bytes a pixel.
 */
export function clipToRgb(grey: Uint16Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (const [at, level] of grey.entries()) rgb.fill(Math.min(level, 255), at * 3, at * 3 + 3);
  return rgb;
}

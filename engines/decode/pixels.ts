/** A decoded picture: `width × height × 3` bytes, RGB, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Width and height in pixels. */
export type Size = Pick<Pixels, 'width' | 'height'>;

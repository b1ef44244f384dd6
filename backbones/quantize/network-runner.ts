/** A network that is loaded somewhere and may be run many times; `openOnnxProbe` of engines/ gives one. */
export interface NetworkRunner {
  run(
    feeds: Readonly<Record<string, { readonly dims: readonly number[]; readonly data: Uint8Array }>>,
    outputs: readonly string[],
  ): Promise<Readonly<Record<string, { readonly data: ArrayLike<unknown> }>>>;
  close(): Promise<void>;
}

/** Loads a network; `shown` is what a message calls it. */
export type OpenNetwork = (
  network: Uint8Array,
  options: { readonly shown: string },
) => Promise<NetworkRunner>;

/** Numbers of an output; empty where the network gave none. */
export const numbersOf = (output: { readonly data: ArrayLike<unknown> } | undefined): Float64Array =>
  Float64Array.from(output?.data ?? [], Number);

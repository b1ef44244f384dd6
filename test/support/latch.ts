/** What tests hold activities with, so that what they do meanwhile has all the time that it takes. */
export interface Latch {
  /** Resolves once it is open. */
  readonly opened: Promise<void>;
  open(): void;
}

export function createLatch(): Latch {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

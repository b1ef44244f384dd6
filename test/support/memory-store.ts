import {
  type ByteRange,
  ObjectConflict,
  ObjectNotFound,
  type ObjectStore,
  type StoredObject,
} from '../../storage/object-store.js';

/** An {@link ObjectStore} in memory, with the port's semantics; it remembers what was read and changed. */
export class MemoryStore implements ObjectStore {
  readonly url = 'memory://';
  readonly objects = new Map<string, Uint8Array>();
  /** When objects were written, as listings tell it; set one to let an object be old. */
  readonly modified = new Map<string, Date>();
  /** Keys in the order in which they were read. */
  readonly reads: string[] = [];
  /** Keys in the order in which they were written, replaced or deleted. */
  readonly changes: string[] = [];

  async get(key: string, range?: ByteRange): Promise<Uint8Array> {
    await turn();
    this.reads.push(key);
    const body = this.objects.get(key);
    if (body === undefined) throw new ObjectNotFound(`no object ${key}`);
    return range === undefined ? body.slice() : body.slice(range.offset, range.offset + range.length);
  }

  async head(key: string): Promise<StoredObject | undefined> {
    await turn();
    const body = this.objects.get(key);
    return body && { key, size: body.byteLength };
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<'written' | 'present'> {
    await turn();
    const there = this.objects.get(key);
    if (there === undefined) {
      this.set(key, body);
      return 'written';
    }
    if (Buffer.compare(there, body) === 0) return 'present';
    throw new ObjectConflict(`another object has the name ${key}`);
  }

  async replace(key: string, body: Uint8Array): Promise<void> {
    await turn();
    this.set(key, body);
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    await turn();
    const found = [...this.objects].filter(([key]) => key.startsWith(prefix));
    found.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const [key, body] of found) {
      const modified = this.modified.get(key);
      yield { key, size: body.byteLength, ...(modified !== undefined && { modified }) };
    }
  }

  async delete(key: string): Promise<void> {
    await turn();
    if (this.objects.delete(key)) this.changes.push(key);
  }

  async check(): Promise<void> {
    await turn();
  }

  private set(key: string, body: Uint8Array): void {
    this.objects.set(key, body.slice());
    this.modified.set(key, new Date());
    this.changes.push(key);
  }
}

/** Real stores answer later: whoever forgets to wait finds out. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

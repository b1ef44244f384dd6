import { expect, test } from 'vitest';
import { createDryStore } from '../../storage/dry-store.js';
import { ObjectConflict } from '../../storage/object-store.js';
import { MemoryStore } from '../support/memory-store.js';

test('reads what is there, answers writes as the store would, and changes nothing', async () => {
  const store = new MemoryStore();
  await store.putIfAbsent('a', Buffer.from('there'));
  const before = new Map(store.objects);
  const dry = createDryStore(store);

  expect(await dry.putIfAbsent('a', Buffer.from('there'))).toBe('present');
  expect(await dry.putIfAbsent('b', Buffer.from('new'))).toBe('written');
  await expect(dry.putIfAbsent('a', Buffer.from('other'))).rejects.toBeInstanceOf(ObjectConflict);
  await dry.replace('a', Buffer.from('other'));
  await dry.delete('a');
  await dry.check();

  expect(Buffer.from(await dry.get('a')).toString()).toBe('there');
  expect(await dry.head('b')).toBeUndefined();
  const listed: string[] = [];
  for await (const { key } of dry.list('')) listed.push(key);
  expect(listed).toEqual(['a']);
  expect(store.objects).toEqual(before);
});

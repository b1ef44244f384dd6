import { expect, test } from 'vitest';
import { eventsOfChildren, messagesPerChild } from '../../workflows/message-budget.js';

test('a child alone may send 50 messages, and so may each of sixteen: a million pictures', () => {
  expect([1, 16, 30].map(messagesPerChild)).toEqual([50, 50, 50]);
});

test('messages become fewer as children become more, so that the parent’s history stays below 10,000 events', () => {
  for (let children = 1; children <= 1_050; children++)
    expect(eventsOfChildren(children)).toBeLessThan(9_600);
  expect(messagesPerChild(100)).toBe(15);
  expect(messagesPerChild(800)).toBe(0);
});

test('children that fill the history by themselves send nothing until they end', () => {
  expect(messagesPerChild(1_563)).toBe(0);
});

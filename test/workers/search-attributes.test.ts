import { expect, test } from 'vitest';
import { registrationCommand } from '../../workers/search-attributes.js';

const ALL = ['GraftDataset', 'GraftBackbone', 'GraftStage', 'GraftAccuracy'];

test('there is nothing to register where the server knows every search attribute', () => {
  expect(registrationCommand([...ALL, 'SomebodyElses'], 'default')).toBeUndefined();
});

test('the command registers what is missing, each with its type, in the namespace', () => {
  expect(registrationCommand(['GraftDataset', 'GraftBackbone'], 'pictures')).toBe(
    'temporal operator search-attribute create --namespace pictures --name GraftStage --type Keyword --name GraftAccuracy --type Double',
  );
});

test('a server that knows none is given them all', () => {
  const command = registrationCommand([], 'default');
  for (const name of ALL) expect(command).toContain(`--name ${name} --type `);
});

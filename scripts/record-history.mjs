// Records the histories of one finished run, parent and children, as test/histories/<name>[-child-N].json, with neutral
// identities. Histories are only ever added: an existing file is never overwritten.
//   node scripts/record-history.mjs <name> <workflow id> [address]        (needs the Temporal CLI on the PATH)
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const [name, workflowId, address = '127.0.0.1:7233'] = process.argv.slice(2);
if (!name || !workflowId)
  throw new Error('usage: node scripts/record-history.mjs <name> <workflow id> [address]');

const { events } = record(name, workflowId);
const children = events.flatMap(
  (event) => event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId ?? [],
);
for (const [number, child] of children.entries()) record(`${name}-child-${number}`, child);

/** Neither who recorded it nor where: stack traces name folders. */
function neutralise(key, value) {
  if (key === 'identity') return 'graft';
  return key === 'stackTrace' ? '' : value;
}

function record(file, id) {
  const show = ['workflow', 'show', '--address', address, '--workflow-id', id, '--output', 'json'];
  const history = JSON.parse(execFileSync('temporal', show, { encoding: 'utf8', maxBuffer: 2 ** 28 }));
  const neutral = JSON.stringify(history, neutralise, 1);
  writeFileSync(`test/histories/${file}.json`, `${neutral.replace(/\b\d+@[\w.-]+\b/g, 'graft')}\n`, {
    flag: 'wx',
  });
  console.log(`test/histories/${file}.json: ${history.events.length} events`);
  return history;
}

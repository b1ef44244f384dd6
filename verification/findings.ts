import { z } from 'zod';
import { GraftError } from '../errors/graft-error.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore, StoreRefused, StoreUnavailable } from '../storage/object-store.js';
import type { Examination, Finding, Findings } from './finding.js';

/** An empty list of findings. */
export function createFindings(): Findings {
  const list: Finding[] = [];
  return {
    list,
    add: (finding) => void list.push(finding),
    async attempt(about, work) {
      try {
        return await work();
      } catch (error) {
        list.push(await asFinding(error, about));
        return undefined;
      }
    },
  };
}

/** What an error says of the object that was worked on. Throws the error where it says nothing of it. */
async function asFinding(error: unknown, about: Examination): Promise<Finding> {
  const { what, object, consequence } = about;
  const found = (problem: string, detail: string): Finding => {
    const sentence = detail.replace(/\.$/, '');
    return {
      kind: `${what} ${problem}`,
      object,
      detail: consequence === undefined ? sentence : `${sentence}; ${consequence}`,
    };
  };
  if (error instanceof ObjectNotFound) return found('missing', 'the store has no such object');
  if (error instanceof StoreUnavailable || error instanceof StoreRefused) {
    if (!(await answers(about.store))) throw error;
    return found('unreadable', error.message);
  }
  if (error instanceof GraftError) return found('damaged', error.message);
  if (error instanceof z.ZodError) return found('damaged', `not as Graft writes it: ${explainIssue(error)}`);
  if (error instanceof SyntaxError) return found('damaged', `expected JSON (${error.message})`);
  throw error;
}

/** Whether the store works but for the object that could not be read: a bad sector, or one file's permissions. */
async function answers(store: ObjectStore): Promise<boolean> {
  try {
    for await (const object of store.list(keys.runs())) return object.size >= 0;
    return true;
  } catch {
    return false;
  }
}

function explainIssue({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return 'unknown';
  const where = issue.path.map(String).join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}

import type { Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { graftSearchAttributes } from '../infra/search-attributes.js';

/** Names of all custom search attributes that a namespace knows; none where the server does not tell. */
export async function listSearchAttributes(
  { operatorService }: Pick<Connection | NativeConnection, 'operatorService'>,
  namespace: string,
): Promise<readonly string[]> {
  try {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    return Object.keys(customAttributes);
  } catch {
    // Some servers keep the operator service to their operators; a run without search attributes is still a run.
    return [];
  }
}

/** The command that registers those of Graft's search attributes that a server lacks; undefined where none is missing. */
export function registrationCommand(known: readonly string[], namespace: string): string | undefined {
  const missing = Object.entries(graftSearchAttributes).filter(([name]) => !known.includes(name));
  if (missing.length === 0) return undefined;
  const flags = missing.map(([name, type]) => `--name ${name} --type ${type}`).join(' ');
  return `temporal operator search-attribute create --namespace ${namespace} ${flags}`;
}

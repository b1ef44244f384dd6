import { Connection } from '@temporalio/client';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { GraftError } from '../errors/graft-error.js';
import type { Environment } from '../infra/environment.js';

/** A Temporal server and how to reach it. */
export interface TemporalProfile {
  readonly address: string;
  readonly namespace: string;
  /** What client and worker connect with. */
  readonly connection: ClientConnectConfig['connectionOptions'] & { readonly address: string };
}

/** Temporal does not answer, or refuses. */
export class TemporalUnreachable extends GraftError {}

/** A server without credentials, such as Graft's own. */
export const plainProfile = (address: string): TemporalProfile => ({
  address,
  namespace: 'default',
  connection: { address },
});

/**
 * The server that the environment names: TEMPORAL_ADDRESS and its like, or a profile of Temporal's configuration file
 * asked for by TEMPORAL_PROFILE or TEMPORAL_CONFIG_FILE. Undefined where nothing names one: then Graft uses its own.
 */
export function environmentProfile(environment: Environment = process.env): TemporalProfile | undefined {
  const names = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];
  if (!names.some((name) => environment[name])) return undefined;
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const address = connectionOptions.address ?? '127.0.0.1:7233';
  return { address, namespace: namespace ?? 'default', connection: { ...connectionOptions, address } };
}

/** Connects within 10 seconds. Throws {@link TemporalUnreachable}. */
export async function connectTemporal(profile: TemporalProfile): Promise<Connection> {
  try {
    return await Connection.connect({ ...profile.connection, connectTimeout: '10 seconds' });
  } catch (cause) {
    throw new TemporalUnreachable(
      `No Temporal server answers at ${profile.address}. Start it, correct TEMPORAL_ADDRESS, or unset it to let Graft start its own.`,
      { cause },
    );
  }
}

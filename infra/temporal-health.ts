import { Connection } from '@temporalio/client';
import { connect } from 'node:net';

/** What a server answers about itself; `clusterId` stays the same for a database, whichever process serves it. */
export interface TemporalHealth {
  readonly clusterId: string;
  readonly serverVersion: string;
}

/**
 * Asks the server at `host:port` who it is and whether its `default` namespace is there.
 *
 * Returns `undefined` when there is no healthy answer within `timeoutMs` (default 5,000).
 */
export async function askHealth(address: string, timeoutMs = 5_000): Promise<TemporalHealth | undefined> {
  if (!(await accepts(address))) return undefined;
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: timeoutMs });
    const service = connection.workflowService;
    const cluster = await connection.withDeadline(Date.now() + timeoutMs, async () => {
      await service.describeNamespace({ namespace: 'default' });
      return service.getClusterInfo({});
    });
    return { clusterId: cluster.clusterId, serverVersion: cluster.serverVersion };
  } catch {
    return undefined;
  } finally {
    await connection?.close();
  }
}

/** gRPC waits a second before it tries a refused port again; a bare connection tells at once. */
function accepts(address: string): Promise<boolean> {
  const { hostname: host, port } = new URL(`tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const answer = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(2_000, () => answer(false));
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

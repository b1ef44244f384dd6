import getPort, { clearLockedPorts } from 'get-port';
import { BadInput } from '../errors/graft-error.js';
import { describePortHolder } from './port-holder.js';

/** Where people and their tools expect Temporal and its Web UI; taken when free. */
const USUAL_PORT = 7233;
const USUAL_UI_PORT = 8233;

export interface TemporalPorts {
  readonly port: number;
  readonly uiPort: number;
}

export interface DemandedPorts {
  /** The port of the gRPC frontend. Default 7233 if that is free, else any free one. */
  readonly port?: number | undefined;
  /** The port of the Web UI. Default 8233 if that is free, else any free one. */
  readonly uiPort?: number | undefined;
}

/** Chooses two free ports; throws BadInput where a demanded one is taken or is no port. */
export async function choosePorts(demanded: DemandedPorts): Promise<TemporalPorts> {
  const port = await choose('--port', demanded.port, USUAL_PORT);
  return { port, uiPort: await choose('--ui-port', demanded.uiPort, USUAL_UI_PORT, port) };
}

async function choose(
  option: string,
  demanded: number | undefined,
  usual: number,
  ...exclude: number[]
): Promise<number> {
  if (demanded === undefined) return getPort({ port: usual, exclude });
  if (!Number.isInteger(demanded) || demanded < 1024 || demanded > 65535)
    throw new BadInput(`${option}: expected a port from 1024 to 65535, received ${demanded}.`);
  if (exclude.includes(demanded))
    throw new BadInput(`${option}: expected another port than --port, received ${demanded} for both.`);
  // For up to half a minute getPort refuses what it gave before: a server that died so young is started at its ports again.
  clearLockedPorts();
  if ((await getPort({ port: demanded })) !== demanded) throw await portTaken(option, demanded);
  return demanded;
}

/** The sentence for a port that the user asked for and that somebody else has. */
export async function portTaken(option: string, port: number): Promise<BadInput> {
  const holder = await describePortHolder(port);
  return new BadInput(
    `${option}: expected a free port, but ${holder ?? 'another program'} listens on ${port}. ` +
      `Stop it, or leave ${option} out and Graft takes a free port.`,
  );
}

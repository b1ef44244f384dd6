// A process that holds a share in a folder's server until it is killed: node server-owner.mjs <dist> <folder> <cli> <kind>
import { pathToFileURL } from 'node:url';

const [dist, dataFolder, path, kind] = process.argv.slice(2);
const { connectOrStartServer } = await import(pathToFileURL(`${dist}/infra/server-lock.js`).href);
const { role, server } = await connectOrStartServer({
  dataFolder,
  kind,
  findCli: async () => ({ path }),
  announce: () => undefined,
});
console.log(JSON.stringify({ role, pid: server.pid, address: server.address }));
setInterval(() => undefined, 60_000);

/**
 * Main of a thread that kills its process once the parent of that process is gone. The main thread cannot see it while a
 * native call keeps it: a network without end would run on for ever.
 */
import { workerData } from 'node:worker_threads';

const LOOK_EVERY_MS = 1_000;

setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL');
}, LOOK_EVERY_MS);

/** One attempt of an activity, as the worker that made it wrote it down. */
export interface Attempt {
  /** Pid of the worker. */
  readonly worker: number;
  readonly workflowId: string;
  readonly activityId: string;
  readonly activityType: string;
  /** The how-manieth that the server handed out, from 1. */
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Absent: the worker died over it, or has not ended it yet. */
  readonly endedAt?: number;
  readonly end?: 'completed' | 'failed' | 'cancelled';
  /** Why it failed. */
  readonly message?: string;
}

/** What all workers did. */
export interface Journal {
  /** Reads a line of a worker's log; whatever is no line about an activity is left alone. */
  read(line: string): void;
  readonly attempts: readonly Attempt[];
}

interface Line {
  readonly msg?: string;
  readonly time?: number;
  readonly pid?: number;
  readonly workflowId?: string;
  readonly activityId?: string;
  readonly activityType?: string;
  readonly attempt?: number;
  readonly taskToken?: string;
  readonly error?: { readonly message?: string };
}

const ENDS: Readonly<Record<string, NonNullable<Attempt['end']>>> = {
  'Activity completed': 'completed',
  'Activity failed': 'failed',
  'Activity completed as cancelled': 'cancelled',
};

/** Collects the attempts from the lines that Temporal's SDK logs at level `debug`. */
export function createJournal(): Journal {
  const attempts: Attempt[] = [];
  const open = new Map<string, number>();
  const begin = (key: string, { pid = 0, time = 0, ...line }: Line): void => {
    const { workflowId = '', activityId = '', activityType = '', attempt = 1 } = line;
    open.set(key, attempts.length);
    attempts.push({ worker: pid, workflowId, activityId, activityType, attempt, startedAt: time });
  };
  const finish = (key: string, { time = 0, error }: Line, end: NonNullable<Attempt['end']>): void => {
    const at = open.get(key);
    const attempt = at === undefined ? undefined : attempts[at];
    if (at === undefined || attempt === undefined) return;
    open.delete(key);
    const message = error?.message;
    attempts[at] = { ...attempt, endedAt: time, end, ...(message !== undefined && { message }) };
  };
  return {
    attempts,
    read(text) {
      const line = parse(text);
      if (line?.taskToken === undefined || line.msg === undefined) return;
      const key = `${line.pid ?? 0} ${line.taskToken}`;
      const end = ENDS[line.msg];
      if (line.msg === 'Activity started') begin(key, line);
      else if (end !== undefined) finish(key, line, end);
    },
  };
}

function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined; // a sentence for people
  }
}

/** Whether an attempt was one at a batch. */
export const isBatch = ({ activityType }: Attempt): boolean => activityType === 'extractBatch';

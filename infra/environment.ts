/** Environment variables as `process.env` has them; handed in where a test wants others. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment without TEMPORAL_*: nobody's profile, address or key may reach Graft's own server. */
export function withoutTemporalSettings(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !/^TEMPORAL_/i.test(entry[0]),
    ),
  );
}

/** Where an S3 store is and how to talk to it. Never a secret: those come from the SDK's own credential chain. */
export interface S3Settings {
  readonly bucket: string;
  /** What every key starts with, without a `/` at either end; `''` for the whole bucket. */
  readonly prefix: string;
  /** Of a server other than AWS, e.g. `http://127.0.0.1:9000`. Default: AWS. */
  readonly endpoint?: string;
  /** Default: the SDK's own (environment, profile), and `us-east-1` where there is an endpoint. */
  readonly region?: string;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. Default: true where there is an endpoint. */
  readonly forcePathStyle?: boolean;
}

/**
 * Reads endpoint, region and path style from the environment: `GRAFT_S3_ENDPOINT`, `GRAFT_S3_REGION` and
 * `GRAFT_S3_FORCE_PATH_STYLE` (`1` or `0`) first, then the names that every AWS tool knows.
 */
export function readS3Environment(env: NodeJS.ProcessEnv): Omit<S3Settings, 'bucket' | 'prefix'> {
  const endpoint =
    env['GRAFT_S3_ENDPOINT'] || env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || undefined;
  const region = env['GRAFT_S3_REGION'] || env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined;
  const pathStyle = env['GRAFT_S3_FORCE_PATH_STYLE'] || undefined;
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(pathStyle !== undefined && { forcePathStyle: ['1', 'true'].includes(pathStyle) }),
  };
}

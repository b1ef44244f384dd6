import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { createS3Client } from '../storage/s3-client.js';
import { readS3Environment } from '../storage/s3-settings.js';

/** What S3 says when the bucket is there already and ours. */
const PRESENT = new Set(['BucketAlreadyOwnedByYou', 'BucketAlreadyExists']);

/**
 * The compose file's one-shot step: `node dist/infra/create-bucket.js <bucket>` creates the bucket at the endpoint that
 * the environment names, and is content where it exists.
 */
async function createBucket(bucket: string): Promise<void> {
  const client = createS3Client({ ...readS3Environment(process.env), bucket, prefix: '' });
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    console.log(`created the bucket ${bucket}`);
  } catch (error) {
    if (!(error instanceof Error) || !PRESENT.has(error.name)) throw error;
    console.log(`the bucket ${bucket} is there already`);
  } finally {
    client.destroy();
  }
}

const [bucket] = process.argv.slice(2);
if (bucket === undefined) throw new Error('expected the name of a bucket: create-bucket.js <bucket>');
await createBucket(bucket);

import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
  type ListPartsCommandOutput,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { UnfinishedWrite } from './object-store.js';
import { statusOf } from './s3-errors.js';

/** Folders of the layout (docs/formats.md): other uploads into the same bucket are somebody else's. */
const OWN_FOLDERS = /^(datasets|backbones|features|runs|models|registry)\//;

interface UploadPlace {
  readonly Bucket: string;
  /** What the store's keys start with. */
  readonly Prefix: string;
}

/**
 * Uploads in parts that were neither completed nor aborted, below a store's own folders. Graft writes in one piece; other
 * tools that copy into its folders do not, and what they leave behind is paid for and in no listing.
 */
export async function* listUploads(client: S3Client, place: UploadPlace): AsyncGenerator<UnfinishedWrite> {
  for await (const { Key = '', UploadId, Initiated } of pages(client, place)) {
    const name = Key.slice(place.Prefix.length);
    if (!OWN_FOLDERS.test(name) || UploadId === undefined || Initiated === undefined) continue;
    const upload = { Bucket: place.Bucket, Key, UploadId };
    const remove = async (): Promise<void> => {
      await client.send(new AbortMultipartUploadCommand(upload)).catch(unlessGone);
    };
    yield { name, size: await sumParts(client, upload), modified: Initiated, remove };
  }
}

async function* pages(client: S3Client, { Bucket, Prefix }: UploadPlace): AsyncGenerator<MultipartUpload> {
  let after: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  while (after !== undefined) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix, ...after }),
    );
    yield* page.Uploads ?? [];
    after = nextPage(page);
  }
}

const nextPage = ({ IsTruncated, NextKeyMarker, NextUploadIdMarker }: ListMultipartUploadsCommandOutput) =>
  IsTruncated === true && NextKeyMarker !== undefined
    ? {
        KeyMarker: NextKeyMarker,
        ...(NextUploadIdMarker !== undefined && { UploadIdMarker: NextUploadIdMarker }),
      }
    : undefined;

async function sumParts(
  client: S3Client,
  upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
): Promise<number> {
  let size = 0;
  let after: string | undefined;
  try {
    do {
      const page: ListPartsCommandOutput = await client.send(
        new ListPartsCommand({ ...upload, ...(after !== undefined && { PartNumberMarker: after }) }),
      );
      for (const { Size = 0 } of page.Parts ?? []) size += Size;
      // Not the SDK's paginator: it goes on while there is a marker, and servers send one with the last page, too.
      after = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    } while (after !== undefined);
  } catch (error) {
    unlessGone(error);
  }
  return size;
}

/** It was completed or aborted meanwhile. */
function unlessGone(error: unknown): void {
  if (statusOf(error) !== 404) throw error;
}

import type { CorrectedLabels } from '../dataset/corrections/corrected-labels.js';
import { readCorrections } from '../dataset/corrections/stored-corrections.js';
import { type OpenedSource, openSource } from '../dataset/open-source.js';
import { restructure } from '../dataset/restructure.js';
import { checkCounts } from '../heads/training/check-counts.js';
import type { RunSettings } from '../runs/run-settings.js';
import type { ObjectStore } from '../storage/object-store.js';
import { type Tell, withHeartbeats } from './heartbeats.js';

export interface DatasetDeps {
  readonly store: ObjectStore;
  /** Local sources must lie under one of these folders; asked for each source anew. */
  readonly allowedRoots: () => Promise<readonly string[]>;
  /** Downloads are kept here. */
  readonly cacheFolder: string;
}

export interface FetchedDataset {
  /** For people: never a credential. */
  readonly description: string;
}

export interface RestructuredDataset {
  /** Version of the data set. */
  readonly version: string;
  readonly images: number;
  readonly quarantined: number;
  /** Pictures that the store did not have before. */
  readonly written: number;
  /** Pictures that were read, for the others have not changed since the source was listed; absent in older histories. */
  readonly read?: number;
}

export type DatasetActivities = ReturnType<typeof createDatasetActivities>;

export function createDatasetActivities({ store, allowedRoots, cacheFolder }: DatasetDeps) {
  return {
    /** Downloads what has to be downloaded, and makes sure that the source opens. */
    fetchDataset({ settings }: { readonly settings: RunSettings }): Promise<FetchedDataset> {
      return withHeartbeats(async (signal, tell) => {
        await readLabels(settings); // what is wrong there costs no download
        return useSource(settings, signal, tell, ({ source }) =>
          Promise.resolve({ description: source.description }),
        );
      });
    },

    /**
     * Brings the pictures into the store and writes the version that they make. Opens the source again, downloading it if
     * need be: this may be another machine than the one that fetched it.
     */
    restructureDataset({ settings }: { readonly settings: RunSettings }): Promise<RestructuredDataset> {
      return withHeartbeats((signal, tell) =>
        useSource(settings, signal, tell, async (opened) => {
          const { manifest, written, read } = await restructure({
            ...opened,
            store,
            name: settings.dataset,
            layoutOptions: { classMap: opened.classMap, seed: settings.seed },
            maxBadImageRate: settings.maxBadImageRate,
            rehash: settings.rehash,
            corrections: await readLabels(settings),
            check: (counts) => checkCounts(counts, settings.head),
            signal,
            onProgress: (progress) => tell({ ...progress }),
          });
          const { version, images, quarantined } = manifest;
          return { version, images, quarantined, written, read };
        }),
      );
    },
  };

  async function readLabels({ labels }: RunSettings): Promise<CorrectedLabels | undefined> {
    return labels === undefined ? undefined : readCorrections(store, labels);
  }

  async function useSource<Result>(
    settings: RunSettings,
    signal: AbortSignal,
    tell: Tell,
    use: (opened: OpenedSource) => Promise<Result>,
  ): Promise<Result> {
    const onProgress = ({ received }: { readonly received: number }): void => tell({ received });
    const opened = await openSource(settings, {
      allowedRoots: await allowedRoots(),
      cacheFolder,
      signal,
      onProgress,
    });
    try {
      return await use(opened);
    } finally {
      await opened.source.close();
    }
  }
}

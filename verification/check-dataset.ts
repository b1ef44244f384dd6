import type { DatasetManifest, IndexRow, QuarantinedImage } from '../dataset/dataset.js';
import { readIndex, readManifest, readQuarantine } from '../dataset/dataset-store.js';
import { versionOf } from '../dataset/dataset-version.js';
import { countClasses } from '../dataset/trainable.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { keys } from '../storage/keys.js';
import type { Examined, Findings } from './finding.js';
import type { Subject } from './open-run.js';

/** What could be read of a data set's version; a part that could not is absent. */
export interface ExaminedDataset {
  readonly manifest: DatasetManifest | undefined;
  readonly rows: readonly IndexRow[] | undefined;
  readonly quarantined: readonly QuarantinedImage[] | undefined;
}

/** Examines index, manifest and quarantine table: whether they read, hash to the version and agree. */
export async function checkDataset(
  { store, outcome: { dataset, version } }: Subject,
  findings: Findings,
): Promise<Examined & ExaminedDataset> {
  const key = {
    index: keys.datasetIndex(dataset, version),
    quarantine: keys.datasetQuarantine(dataset, version),
    manifest: keys.datasetManifest(dataset, version),
  };
  const rows = await findings.attempt({ store, what: 'index', object: key.index }, () =>
    readIndex(store, dataset, version),
  );
  const quarantined = await findings.attempt(
    { store, what: 'quarantine table', object: key.quarantine },
    () => readQuarantine(store, dataset, version),
  );
  const manifest = await findings.attempt({ store, what: 'manifest', object: key.manifest }, () =>
    readManifest(store, dataset, version),
  );
  if (rows !== undefined) assertVersion(rows, version, key.index, findings);
  if (manifest !== undefined) compareManifest(manifest, rows, quarantined, key.manifest, version, findings);
  const counts = { pictures: rows?.length ?? 0, quarantined: quarantined?.length ?? 0, objects: 3 };
  return { counts, rows, quarantined, manifest };
}

function assertVersion(rows: readonly IndexRow[], version: string, object: string, findings: Findings): void {
  const found = versionOf(rows);
  if (found === version) return;
  const detail = `expected rows of version ${version}, found ${rows.length} rows of version ${found}`;
  findings.add({ kind: 'index altered', object, detail });
}

function compareManifest(
  manifest: DatasetManifest,
  rows: readonly IndexRow[] | undefined,
  quarantined: readonly QuarantinedImage[] | undefined,
  object: string,
  version: string,
  findings: Findings,
): void {
  const compare = (what: string, found: unknown, expected: unknown): void => {
    if (canonicalJson(found) === canonicalJson(expected)) return;
    const detail = `${what}: expected ${canonicalJson(expected)}, found ${canonicalJson(found)}`;
    findings.add({ kind: 'manifest disagrees', object, detail });
  };
  compare('version', manifest.version, version);
  if (quarantined !== undefined) compare('quarantined', manifest.quarantined, quarantined.length);
  if (rows === undefined) return;
  compare('images', manifest.images, rows.length);
  compare('counts', manifest.counts, countClasses(rows));
}

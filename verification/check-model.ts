import { getIfThere } from '../dataset/optional-object.js';
import { decodeHead } from '../heads/head-file.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { nameModel } from '../runs/model-name.js';
import { keys } from '../storage/keys.js';
import type { Examined, Findings } from './finding.js';
import type { Subject } from './open-run.js';

type PartName = 'head' | 'label encoder' | 'lineage' | 'calibrator' | 'selection';

/** One object of a model. */
interface Part {
  readonly name: PartName;
  readonly object: string;
  readonly bytes: Uint8Array;
  /** What the run says that it holds; absent where only the model's name vouches for it. */
  readonly expected?: string;
}

/**
 * Examines a model's objects: their bytes together give its name. Where they do not, the ones that do not fit the run are
 * named. Calibrator and selection are there or not, as the name says.
 *
 * @param classes of the data set; `undefined` where its manifest does not read
 */
export async function checkModel(
  subject: Subject,
  classes: readonly string[] | undefined,
  findings: Findings,
): Promise<Examined> {
  const { store, outcome } = subject;
  const { model } = outcome;
  const read = async (name: PartName, object: string): Promise<Part | undefined> => {
    const bytes = await findings.attempt({ store, what: name, object }, () => store.get(object));
    return bytes === undefined ? undefined : { name, object, bytes };
  };
  const head = await read('head', keys.head(model));
  const encoder = await read('label encoder', keys.labelEncoder(model));
  const lineage = await read('lineage', keys.lineage(model));
  const calibrator = await readOptional(subject, 'calibrator', keys.calibrator(model), findings);
  const selection = await readOptional(subject, 'selection', keys.selection(model), findings);
  const counts = { objects: 3 + [calibrator, selection].filter((part) => part !== undefined).length };
  if (head === undefined || encoder === undefined || lineage === undefined) return { counts };

  const found = nameModel({
    head: head.bytes,
    labelEncoder: encoder.bytes,
    lineage: lineage.bytes,
    calibrator: calibrator?.bytes,
    selection: selection?.bytes,
  });
  if (found !== model) {
    const expected = classes === undefined ? {} : { expected: canonicalJson({ classes }) };
    const parts = [
      { ...encoder, ...expected },
      { ...lineage, expected: expectedLineage(subject, lineage.bytes) },
    ];
    nameAltered(head, parts, found, findings);
  } else await findings.attempt({ store, what: 'head', object: head.object }, () => decodeHead(head.bytes));
  return { counts };
}

/** An object that a model need not have. */
async function readOptional(
  { store }: Subject,
  name: PartName,
  object: string,
  findings: Findings,
): Promise<Part | undefined> {
  const bytes = await findings.attempt({ store, what: name, object }, () => getIfThere(store, object));
  return bytes === undefined ? undefined : { name, object, bytes };
}

/** Whatever is not as the run says; where all else is, it is the head. */
function nameAltered(head: Part, others: readonly Part[], found: string, findings: Findings): void {
  const sum = `the model's objects together have SHA-256 ${found}, not its name`;
  const wrong = others.filter(
    ({ bytes, expected }) => expected !== undefined && Buffer.from(bytes).toString() !== expected,
  );
  for (const { name, object, expected } of wrong)
    findings.add({ kind: `${name} altered`, object, detail: `${sum}; expected ${expected ?? ''}` });
  if (wrong.length > 0) return;
  const detail = `${sum}, while label encoder and lineage are as the run says: the head, its calibrator or its selection was changed, or one of these two is gone; delete the head and run again, it is trained anew`;
  findings.add({ kind: 'head altered', object: head.object, detail });
}

/** The lineage that the run's records give; only the release of Graft that trained stands nowhere else. */
function expectedLineage({ run, outcome }: Subject, bytes: Uint8Array): string {
  const { dataset, version, backbone, fingerprint, receipt } = outcome;
  const { contentHash } = receipt;
  const graft = releaseIn(bytes);
  return canonicalJson({
    dataset,
    version,
    backbone,
    fingerprint,
    contentHash,
    head: run.settings.head,
    graft,
  });
}

function releaseIn(lineage: Uint8Array): string {
  const found = /"graft":"([^"]*)"/.exec(Buffer.from(lineage).toString());
  return found?.[1] ?? 'a release of Graft';
}

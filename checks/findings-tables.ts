import { encodeCsv } from '../dataset/corrections/csv.js';
import { fileName } from '../dataset/object-name.js';
import type { Findings, FoundPicture } from './findings.js';

const SUSPECT_COLUMNS = [
  ...[
    'picture',
    'split',
    'given',
    'suggested',
    'self_confidence',
    'suggested_confidence',
    'label',
    'key',
    'sha256',
  ],
] as const;

/**
 * `suspects.csv`: the labels that are likely wrong, least self-confident first. `label` is the given one: whoever corrects it
 * there can feed the file back as `--labels`; rows that are left alone change nothing.
 */
export function encodeSuspects({ labels }: Findings): string {
  const suspects = typeof labels === 'string' ? [] : labels.suspects;
  return encodeCsv(
    SUSPECT_COLUMNS,
    suspects.map(({ picture, suggested, selfConfidence, suggestedConfidence }) => [
      ...[fileName(picture.key), picture.split, picture.class, suggested],
      ...[selfConfidence.toFixed(4), suggestedConfidence.toFixed(4)],
      ...[picture.class, picture.key, picture.sha256],
    ]),
  );
}

const DUPLICATE_COLUMNS = [
  'kind',
  'group',
  'picture',
  'split',
  'class',
  'key',
  'sha256',
  'cosine',
  'layout',
  'detail',
];

/** `duplicates.csv`: every group of identical files, then every pair of near duplicates, most similar first. */
export function encodeDuplicates({ identical, near }: Findings): string {
  const line = (kind: string, group: number, picture: FoundPicture, likeness: readonly string[]) => [
    ...[kind, group, fileName(picture.key), picture.split, picture.class, picture.key, picture.sha256],
    ...likeness,
  ];
  const pairs = typeof near === 'string' ? [] : near.pairs;
  return encodeCsv(DUPLICATE_COLUMNS, [
    ...identical.flatMap((files, at) =>
      files.map((file) => line('identical', at + 1, file, ['1', '1', '1'])),
    ),
    ...pairs.flatMap(({ pictures, cosine, layout, detail }, at) => {
      const likeness = [cosine, layout, detail].map((value) => value.toFixed(4));
      return pictures.map((picture) => line('near', at + 1, picture, likeness));
    }),
  ]);
}

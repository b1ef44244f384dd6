/** What a download must be: how its file begins, how messages call it, and what it is kept as. */
export interface DownloadKind {
  /** Bytes that every such file begins with, as Latin-1; empty where there are none. */
  readonly magic: string;
  /** For people: `a zip file`. */
  readonly expected: string;
  /** Ending of the kept file's name. */
  readonly ending: string;
  /** The option that takes a file which was downloaded by other means. */
  readonly option: string;
}

export const ZIP_ARCHIVE: DownloadKind = {
  magic: 'PK',
  expected: 'a zip file',
  ending: '.zip',
  option: '--source',
};

/** Weights as Keras publishes them. */
export const HDF5_WEIGHTS: DownloadKind = {
  magic: '\x89HDF\r\n\x1a\n',
  expected: 'an HDF5 file',
  ending: '.h5',
  option: '--weights',
};

/** A protobuf message whose first field is the version of its representation, as every known exporter writes it. */
export const ONNX_NETWORK: DownloadKind = {
  magic: '\x08',
  expected: 'an ONNX file',
  ending: '.onnx',
  option: '--onnx',
};

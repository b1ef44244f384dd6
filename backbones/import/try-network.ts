import { openOnnxProbe, type OnnxProbe } from '../../engines/probe/probe-onnx.js';
import { BadInput } from '../../errors/graft-error.js';
import { makeTrialPictures } from './trial-pictures.js';

/** A network that takes uint8 `[N,S,S,3]` and gives nobody knows what. */
export interface TriedNetwork {
  readonly onnx: Uint8Array;
  /** Side of its square input, pixels. */
  readonly size: number;
  /** What a message calls the file. */
  readonly shown: string;
}

/** The one output, as a run on two pictures gave it. */
export interface TrialOutput {
  /** onnxruntime's name of its type. */
  readonly type: string;
  /** For two pictures: the first is 2. */
  readonly dims: readonly number[];
}

/**
 * Runs a network on one picture and on two, in a process of its own, to learn what it gives.
 *
 * @throws BadInput where onnxruntime refuses it, it runs on one picture at a time only, or gives no floating-point
 *   numbers; EngineUnavailable where it takes its process down.
 */
export async function tryNetwork({ onnx, size, shown }: TriedNetwork): Promise<TrialOutput> {
  const probe = await openOnnxProbe(onnx, { shown }).catch((error: unknown) => {
    throw explain(error, shown);
  });
  try {
    const one = await runOnce(probe, [0], size);
    const two = await runOnce(probe, [0, 1], size).catch((error: unknown) => {
      throw error instanceof BadInput ? fixedBatch(shown, error) : error;
    });
    if (!['float32', 'float16', 'float64'].includes(two.type))
      throw new BadInput(
        `${shown}: output "${two.name}" holds no features: expected float32 or float16 numbers, received ${two.type}. ` +
          'Choose another with --output.',
      );
    const grown = one.dims.map((length, axis) => (axis === 0 ? 2 : length));
    if (one.dims[0] !== 1 || two.dims.join() !== grown.join()) throw fixedBatch(shown);
    return two;
  } finally {
    await probe.close();
  }
}

async function runOnce(probe: OnnxProbe, numbers: readonly number[], side: number) {
  const data = makeTrialPictures(numbers, side);
  const [input] = probe.inputs;
  const feeds = { [input?.name ?? '']: { dims: [numbers.length, side, side, 3], data } };
  const [[name, { type, dims }] = ['', { type: 'nothing', dims: [] }]] = Object.entries(
    await probe.run(feeds),
  );
  return { name, type, dims };
}

const fixedBatch = (shown: string, cause?: unknown): BadInput =>
  new BadInput(
    `${shown} runs on a fixed number of pictures only: expected one that takes 1, 2 or more at once. ` +
      'Export it with a dynamic batch axis: torch.onnx.export(…, dynamic_axes={"input": {0: "N"}}, dynamo=False).',
    { cause },
  );

/** Says what to do about the refusals that are common. */
function explain(error: unknown, shown: string): unknown {
  if (!(error instanceof BadInput) || !(error.cause instanceof Error)) return error;
  const { message } = error.cause;
  const operator = /(\S+?)(?:\(-?\d+\))? is not a registered function\/op|No Op registered for (\S+)/.exec(
    message,
  );
  if (operator !== null)
    return new BadInput(
      `${shown} uses the operator ${operator[1] ?? operator[2] ?? ''}, which onnxruntime does not have: ` +
        'expected standard ONNX operators. Export it with them, or choose an --output before it.',
      { cause: error.cause },
    );
  const opset = /opset (\d+) is under development.*?till opset (\d+)/is.exec(message);
  if (opset !== null)
    return new BadInput(
      `${shown} uses ONNX opset ${opset[1] ?? ''}: expected at most ${opset[2] ?? ''}, which onnxruntime here knows. ` +
        'Export it with opset_version=17.',
      { cause: error.cause },
    );
  return error;
}

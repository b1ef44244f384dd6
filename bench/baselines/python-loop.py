"""The fastest plain script that one would write in Python: two threads of Pillow decode ahead, onnxruntime runs
micro-batches on two threads of its own, nothing is stored.

    python python-loop.py <model.onnx> <micro-batch> <spinning: 0 or 1>    (pictures from standard input)

prints what one pass after a warm-up took, as JSON.
"""

import json
import resource
import sys
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
from PIL import Image

THREADS = 2
SHORT_SIDE = 256
SIDE = 224
# Micro-batches in decoding while one is in the network.
AHEAD = 3


def open_session(model, spinning):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", spinning)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def decode(path):
    """Short side to 256, bicubic, from all stored pixels (no draft mode); floor-centred 224."""
    with Image.open(path) as stored:
        picture = stored.convert("RGB")
    width, height = picture.size
    scale = SHORT_SIDE / min(width, height)
    size = (round(width * scale), round(height * scale))
    left, top = (size[0] - SIDE) // 2, (size[1] - SIDE) // 2
    resized = picture.resize(size, Image.Resampling.BICUBIC)
    return np.asarray(resized.crop((left, top, left + SIDE, top + SIDE)))


def extract(session, pool, pictures, micro_batch):
    batches = [pictures[at : at + micro_batch] for at in range(0, len(pictures), micro_batch)]
    decoding = deque([pool.submit(decode, path) for path in batch] for batch in batches[:AHEAD])
    features = []
    for following in batches[AHEAD:] + [[]] * AHEAD:
        if not decoding:
            break
        pixels = np.stack([picture.result() for picture in decoding.popleft()])
        if following:
            decoding.append([pool.submit(decode, path) for path in following])
        features.append(session.run(["features"], {"image": pixels})[0])
    return np.concatenate(features)


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure(session, pool, pictures, micro_batch):
    extract(session, pool, pictures[: 4 * micro_batch], micro_batch)
    started, spent = time.perf_counter(), processor_seconds()
    features = extract(session, pool, pictures, micro_batch)
    seconds, processor = time.perf_counter() - started, processor_seconds() - spent
    return {"images": len(features), "seconds": seconds, "processorSeconds": [processor]}


def main():
    model, micro_batch, spinning = sys.argv[1:]
    pictures = sys.stdin.read().splitlines()
    session = open_session(model, spinning)
    with ThreadPoolExecutor(THREADS) as pool:
        print(json.dumps(measure(session, pool, pictures, int(micro_batch))))


main()

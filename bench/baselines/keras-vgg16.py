"""VGG16 as Keras' own documentation uses it: `VGG16(include_top=False)`, `preprocess_input`, the features flattened.

    python keras-vgg16.py <weights.h5> <pixels: uint8, N x 224 x 224 x 3> <predict or function> <batch>

`predict` is `model.predict`, `function` a `tf.function` around preprocessing and model. Prints what one pass after a
warm-up took, as JSON.
"""

import json
import os
import resource
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf
from keras.applications.vgg16 import VGG16, preprocess_input


def open_model(weights):
    model = VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
    model.load_weights(weights)
    return model


def by_predict(model, batch):
    def extract(pixels):
        prepared = preprocess_input(pixels.astype(np.float32))
        return model.predict(prepared, batch_size=batch, verbose=0).reshape(len(pixels), -1)

    return extract


def by_function(model, batch):
    @tf.function(input_signature=[tf.TensorSpec((None, 224, 224, 3), tf.uint8)])
    def infer(pixels):
        return model(preprocess_input(tf.cast(pixels, tf.float32)), training=False)

    def extract(pixels):
        parts = [infer(pixels[at : at + batch]).numpy() for at in range(0, len(pixels), batch)]
        return np.concatenate(parts).reshape(len(pixels), -1)

    return extract


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    weights, file, way, batch = sys.argv[1:]
    batch = int(batch)
    pixels = np.fromfile(file, np.uint8).reshape(-1, 224, 224, 3)
    extract = {"predict": by_predict, "function": by_function}[way](open_model(weights), batch)
    extract(pixels[:batch])
    started, spent = time.perf_counter(), processor_seconds()
    features = extract(pixels)
    seconds, processor = time.perf_counter() - started, processor_seconds() - spent
    print(json.dumps({"images": len(features), "seconds": seconds, "processorSeconds": [processor]}))


main()

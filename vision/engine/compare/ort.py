"""Times ONNX Runtime for compare: reads "FILE PRECISION THREADS RUNS" a line, answers milliseconds a run."""

import os
import sys
import tempfile
import time

import numpy
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

folder = tempfile.TemporaryDirectory()


class Inputs(CalibrationDataReader):
    """A few inputs to calibrate with: speed does not depend on them."""

    def __init__(self, name, shape):
        random = numpy.random.default_rng(2)
        self.left = [{name: random.random(shape, dtype=numpy.float32) * 2 - 1} for _ in range(8)]

    def get_next(self):
        return self.left.pop() if self.left else None


def session(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def quantized(path):
    """Writes the network in int8: static, weights by channel, as ONNX Runtime's own guide advises for CPUs with VNNI."""
    to = os.path.join(folder.name, os.path.basename(path))
    if not os.path.exists(to):
        network = session(path, 1).get_inputs()[0]
        quantize_static(path, to, Inputs(network.name, network.shape), quant_format=QuantFormat.QDQ, per_channel=True,
                        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
    return to


sessions = {}
for line in sys.stdin:
    path, precision, threads, runs = line.split()
    key = path, precision, threads
    if key not in sessions:
        s = session(quantized(path) if precision == "int8" else path, int(threads))
        x = s.get_inputs()[0]
        sessions[key] = s, {x.name: numpy.random.default_rng(1).random(x.shape, dtype=numpy.float32)}
    s, feed = sessions[key]
    last = [s.get_outputs()[-1].name]
    times = []
    for _ in range(int(runs)):
        start = time.perf_counter()
        s.run(last, feed)
        times.append((time.perf_counter() - start) * 1e3)
    print(*times, flush=True)

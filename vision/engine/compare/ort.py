"""Times ONNX Runtime for compare: reads "FILE THREADS RUNS" a line, answers milliseconds a run."""

import sys
import time

import numpy
import onnxruntime

sessions = {}
for line in sys.stdin:
    path, threads, runs = line.split()
    if (path, threads) not in sessions:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(threads)
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        shape = session.get_inputs()[0].shape
        feed = {session.get_inputs()[0].name: numpy.random.default_rng(1).random(shape, dtype=numpy.float32)}
        sessions[path, threads] = session, feed
    session, feed = sessions[path, threads]
    last = [session.get_outputs()[-1].name]
    times = []
    for _ in range(int(runs)):
        start = time.perf_counter()
        session.run(last, feed)
        times.append((time.perf_counter() - start) * 1e3)
    print(*times, flush=True)

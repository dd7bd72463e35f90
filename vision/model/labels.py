#!/usr/bin/env python3
"""Write labels.csv: the 1000 classes of ImageNet-1k in the order of the logits.

    pip download --no-deps timm==1.0.31
    python labels.py timm-1.0.31-py3-none-any.whl

The WordNet ids and lemmas come from the lists in timm (Apache-2.0), which has them from WordNet
3.0; the groups are ours. Columns: index, WordNet id, name (the first lemma), group (a key of the
tree in model.go; empty for things).
"""
import csv
import sys
import zipfile

# Last index of a run of classes, and the group of the run.
GROUPS = [
    (1, "bony-fish"), (6, "shark-ray"), (8, "gamebird"), (9, "ostrich"), (20, "songbird"), (23, "raptor"), (24, "owl"),
    (29, "salamander"), (32, "frog"), (37, "turtle"), (48, "lizard"), (50, "crocodilian"), (51, "dinosaur"), (68, "snake"),
    (69, "trilobite"), (78, "arachnid"), (79, "centipede"), (86, "gamebird"), (90, "parrot"), (93, "hornbill-toucan"),
    (94, "hummingbird"), (96, "hornbill-toucan"), (100, "waterfowl"), (101, "elephant"), (103, "egg-laying-mammal"),
    (106, "marsupial"), (109, "jelly-coral"), (111, "worm"), (117, "mollusc"), (126, "crustacean"), (143, "wader"),
    (146, "seabird"), (148, "whale"), (149, "sea-cow"), (150, "sea-lion"), (268, "domestic-dog"), (275, "wolf"),
    (276, "hyena"), (280, "fox"), (285, "small-cat"), (286, "big-cat"), (287, "small-cat"), (293, "big-cat"), (297, "bear"),
    (299, "mongoose"), (307, "beetle"), (320, "other-insect"), (326, "butterfly"), (329, "echinoderm"), (332, "rabbit"),
    (338, "rodent"), (340, "horse"), (343, "pig"), (344, "hippo"), (347, "cattle"), (350, "sheep-goat"), (353, "antelope"),
    (355, "camel"), (362, "mustelid"), (364, "armadillo-sloth"), (369, "ape"), (376, "old-world-monkey"),
    (382, "new-world-monkey"), (384, "lemur"), (386, "elephant"), (387, "red-panda"), (388, "bear"), (397, "bony-fish"),
    (999, ""),
]


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: python labels.py TIMM_WHEEL")
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        read = lambda name: wheel.read("timm/data/_info/" + name).decode().splitlines()
        lemmas = dict(line.split("\t") for line in read("imagenet_synset_to_lemma.txt"))
        synsets = read("imagenet_synsets.txt")
    with open("labels.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["index", "wordnet", "name", "group"])
        for i, synset in enumerate(synsets):
            group = next(group for last, group in GROUPS if i <= last)
            out.writerow([i, synset, lemmas[synset].split(", ")[0], group])


if __name__ == "__main__":
    main()

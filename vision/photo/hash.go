package photo

import (
	"math"
	"math/bits"
	"slices"
)

const (
	hashSize  = 32 // pixels a side of the picture that is hashed
	hashWaves = 8  // lowest frequencies kept in each direction
)

// hashCosines is the cosine transform's table, [wave][pixel].
var hashCosines = func() (table [hashWaves][hashSize]float64) {
	for u := range table {
		for x := range table[u] {
			table[u][x] = math.Cos(math.Pi / hashSize * (float64(x) + 0.5) * float64(u))
		}
	}
	return table
}()

// Hash is the photo's perceptual hash (pHash; Zauner 2010): the signs of its 64 slowest cosine
// waves relative to their median. Photos of the same thing, re-encoded or resized, differ in few
// bits; see [Distance].
func (p *Photo) Hash() uint64 {
	upright, _ := p.Hashes()
	return upright
}

// Hashes gives the photo's hash, and the one it would have if it were flipped left to right.
func (p *Photo) Hashes() (upright, mirrored uint64) {
	var rgb [3 * hashSize * hashSize]float32
	p.Sample(rgb[:], p.Bounds(), hashSize)
	var half [hashSize][hashWaves]float64 // transformed along each line
	for y := range half {
		for x := range hashSize {
			i := y*hashSize + x
			grey := 0.299*float64(rgb[i]) + 0.587*float64(rgb[i+hashSize*hashSize]) + 0.114*float64(rgb[i+2*hashSize*hashSize])
			for u := range hashWaves {
				half[y][u] += grey * hashCosines[u][x]
			}
		}
	}
	var waves [hashWaves * hashWaves]float64
	for v := range hashWaves {
		for y := range hashSize {
			for u := range hashWaves {
				waves[v*hashWaves+u] += half[y][u] * hashCosines[v][y]
			}
		}
	}
	upright = signs(&waves)
	for i := 1; i < len(waves); i += 2 {
		waves[i] = -waves[i] // of the waves across, every other one is odd
	}
	return upright, signs(&waves)
}

// signs has a bit for each wave that is above their median.
func signs(waves *[hashWaves * hashWaves]float64) (hash uint64) {
	sorted := *waves
	slices.Sort(sorted[:])
	median := (sorted[len(sorted)/2-1] + sorted[len(sorted)/2]) / 2
	for i, w := range waves {
		if w > median {
			hash |= 1 << i
		}
	}
	return hash
}

// Distance is in how many of their 64 bits two hashes differ.
func Distance(a, b uint64) int { return bits.OnesCount64(a ^ b) }

package teach

import "slices"

// fold deals photos to k folds for cross-validation: each species evenly, and photos of one group
// into the same fold. species and group number each photo's; the result does not depend on chance.
func fold(species, group []int, k int) []int {
	type bunch struct {
		species int
		members []int
	}
	at := map[int]int{}
	var bunches []bunch
	for i, g := range group {
		b, ok := at[g]
		if !ok {
			b = len(bunches)
			at[g] = b
			bunches = append(bunches, bunch{species: species[i]})
		}
		bunches[b].members = append(bunches[b].members, i)
	}
	slices.SortStableFunc(bunches, func(a, b bunch) int { return len(b.members) - len(a.members) })
	folds := make([]int, len(species))
	type key struct{ species, fold int }
	size, total := map[key]int{}, make([]int, k)
	for _, b := range bunches {
		best := 0
		for f := 1; f < k; f++ {
			here, there := size[key{b.species, f}], size[key{b.species, best}]
			if here < there || here == there && total[f] < total[best] {
				best = f
			}
		}
		for _, i := range b.members {
			folds[i] = best
			size[key{species[i], best}]++
			total[best]++
		}
	}
	return folds
}
